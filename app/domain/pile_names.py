"""What people call their crates and their own tags."""

from __future__ import annotations

from app.domain.text import clean

LONGEST_CRATE_NAME = 200
LONGEST_TAG = 100
LONGEST_NOTE = 10_000


def crate_name(typed: str) -> str:
    """The name as it is kept: one line, at most 200 characters; "" where nothing is left."""
    return _one_line(typed, LONGEST_CRATE_NAME)


def tag_names(typed: str) -> list[str]:
    """The tags in a text that parts them by commas, each once in whatever case."""
    names = (_one_line(part, LONGEST_TAG) for part in typed.split(","))
    return list({name.casefold(): name for name in reversed(list(names)) if name}.values())[::-1]


def _one_line(typed: str, most: int) -> str:
    """Quotation marks go: in the search box they are what a name is put in."""
    return " ".join(clean(typed).replace('"', "").split())[:most].rstrip()
