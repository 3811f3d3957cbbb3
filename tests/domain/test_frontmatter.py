from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import yaml

from app.domain.frontmatter import Block, front_matter

NASTY = (
    "AC\\DC", '"', "'", "|", "{{< x >}}", "a: b # c", "- a", "? a", "%TAG", "---", "...", "~",
    "null", "yes", "1e3", "0o7", "2001-01-01", "\x00\x07\x1b", "\x7f\x85\x9f", "a\u2028b\u2029c",
    "\ufeff", "\uffff", "\ud800", "😀", "שלום", "久石譲", "\ttab", " blank ", "x" * 5_000, "a\nb\n",
)  # fmt: skip


def read(text: str) -> Any:
    assert text.startswith("---\n")
    assert text.endswith("\n---\n")
    return yaml.safe_load(text.removesuffix("---\n"))


@pytest.mark.parametrize("text", NASTY)
def test_any_text_is_read_back_as_it_was(text: str) -> None:
    fields = {"plain": text, "block": Block(text), "list": [text], "map": {"in": [{"a": text}]}}

    found = read(front_matter(fields))

    # Python's parser leaves an escaped surrogate as it is, like ours.
    assert found == {key: str(v) if isinstance(v, str) else v for key, v in fields.items()}


def test_what_is_empty_is_left_out() -> None:
    assert front_matter({"a": "", "b": None, "c": [], "d": {"e": {}}, "f": [{"g": ""}]}) == (
        "---\n---\n"
    )


def test_moments_are_utc_to_the_microsecond() -> None:
    moment = datetime(2019, 3, 1, 23, 0, tzinfo=timezone(timedelta(hours=-7)))

    assert front_matter({"date": moment}) == "---\ndate: 2019-03-02T06:00:00.000000Z\n---\n"
    assert read(front_matter({"date": moment})) == {"date": moment.astimezone(UTC)}


def test_lines_of_a_summary_stand_below_its_key() -> None:
    assert front_matter({"summary": Block("One: two.\n\nThree.")}) == (
        "---\nsummary: |-\n  One: two.\n\n  Three.\n---\n"
    )
