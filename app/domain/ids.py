"""Row ids and numbers of others: how large they may be, and how they are written."""

from __future__ import annotations

import re
from typing import Final

# The largest whole number both of our databases hold.
LARGEST_ID: Final = 2**63 - 1
_WRITTEN = re.compile(r"[1-9]\d{0,18}", re.ASCII)


def id_in(text: str) -> int | None:
    """The id that `text` is; None when it is none, or larger than any database could hold."""
    number = int(text) if _WRITTEN.fullmatch(text) else 0
    return number if 0 < number <= LARGEST_ID else None
