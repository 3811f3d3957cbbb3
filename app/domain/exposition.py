"""Numbers as Prometheus reads them.

https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPED = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


@dataclass(frozen=True, slots=True)
class Family:
    """One metric: `kind` is gauge or counter, `samples` are (labels, number)."""

    name: str
    kind: str
    about: str
    samples: Sequence[tuple[Mapping[str, str], float]]


def exposition(families: Iterable[Family]) -> str:
    """All families as text; those without a sample are left out."""
    return "".join(f"{line}\n" for family in families if family.samples for line in _lines(family))


def _lines(family: Family) -> Iterable[str]:
    yield f"# HELP {family.name} {family.about}"
    yield f"# TYPE {family.name} {family.kind}"
    for labels, number in family.samples:
        yield f"{family.name}{_labelled(labels)} {_written(number)}"


def _labelled(labels: Mapping[str, str]) -> str:
    told = ",".join(f'{name}="{text.translate(_ESCAPED)}"' for name, text in labels.items())
    return f"{{{told}}}" if told else ""


def _written(number: float) -> str:
    if math.isfinite(number) and number == int(number):
        return str(int(number))
    return repr(round(number, 3)) if math.isfinite(number) else "NaN"
