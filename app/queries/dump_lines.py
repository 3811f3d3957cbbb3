"""Lines of a dump: how they are written, called and put in order."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

AT_ONCE = 20_000
Line = dict[str, Any]
Key = dict[str, Any]


def text_of(line: Line) -> str:
    """The one way a line is written."""
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def moment_of(value: datetime | None) -> str | None:
    """A moment as it stands in a line."""
    return value.isoformat().replace("+00:00", "Z") if value else None


class Names:
    """Calls things that have no number at Discogs by what their line says; twins are counted."""

    def __init__(self) -> None:
        self._twins: Counter[bytes] = Counter()

    def name(self, line: Line) -> str:
        """The next thing that says this."""
        digest = hashlib.sha256(text_of(line).encode("utf-8", "surrogatepass")).digest()[:16]
        self._twins[digest] += 1
        # Of one length, so that the order of the lines is that of the numbers.
        return f"{digest.hex()}-{self._twins[digest]:06}"


def in_order(lines: Iterable[Line], at_once: int = AT_ONCE) -> Iterator[str]:
    """All lines as text, sorted. So many are held at a time, the others wait on disk."""
    remaining = (text_of(line).encode("utf-8", "surrogatepass") + b"\n" for line in lines)
    with ExitStack() as files:
        runs: list[Iterable[bytes]] = []
        while run := sorted(islice(remaining, at_once)):
            if len(run) < at_once:
                runs.append(run)
                break
            file = files.enter_context(TemporaryFile())
            file.writelines(run)
            file.seek(0)
            runs.append(file)
        # Bytes of UTF-8 sort as the characters they stand for; a line end comes before all else.
        for line in heapq.merge(*runs):
            yield line[:-1].decode("utf-8", "surrogatepass")
