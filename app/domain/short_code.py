"""Short names for numbers, as they stand in the address behind a printed code."""

from __future__ import annotations

import re

from app.domain.ids import LARGEST_ID

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_CODE = re.compile(r"[0-9a-z]{1,13}", re.IGNORECASE | re.ASCII)


def short_code(number: int) -> str:
    """A positive number in base 36: 12345 is "9ix"."""
    code = ""
    while number:
        number, digit = divmod(number, 36)
        code = _DIGITS[digit] + code
    return code or "0"


def number_of(code: str) -> int | None:
    """The number a code stands for, in either case of letters; None if it is no code of ours."""
    if not _CODE.fullmatch(code):
        return None
    number = int(code, 36)
    return number if number <= LARGEST_ID else None
