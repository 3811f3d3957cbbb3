"""What text shows: whether there is anything to see, and whether it is shown as it is written.

One rule for the form, the editor and files, so that a name is welcome everywhere or nowhere.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

REVERSING: Final = "\u202a-\u202e\u2066-\u2069"
"""Characters that change the direction of what follows, as a range for a character class."""

# Letters and a symbol by their category, but blank in every font.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_REVERSING = re.compile(f"[{REVERSING}]")


def shows_something(text: str) -> bool:
    """Whether `text` has a letter, a digit, a sign of punctuation or a symbol ("†" is a title)."""
    return any(
        unicodedata.category(char)[0] in "LNPS" and char not in _BLANK_LETTERS for char in text
    )


def reverses_what_is_shown(text: str) -> bool:
    """Whether `text` holds a character that makes it, or what stands behind it, read otherwise."""
    return _REVERSING.search(text) is not None
