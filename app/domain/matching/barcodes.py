"""Barcodes as one number, however they are written on a sleeve."""

from __future__ import annotations

import re
from collections.abc import Iterable

_SEPARATORS = re.compile(r"[\s\-.·_<>|*]+")
_LENGTHS = frozenset({8, 12, 13, 14})


def normal_barcode(text: str) -> str:
    """The 13 digits of an EAN-13 or UPC-A ("" unless the check digit is right), 8 for an EAN-8.

    "5 099902 987613" and "0731451442227" are numbers; a UPC-A gets its leading zero.
    """
    digits = _SEPARATORS.sub("", text[:100])
    if not (digits.isascii() and digits.isdigit()) or len(digits) not in _LENGTHS:
        return ""
    if not _is_checked(digits) or not digits.strip("0"):
        return ""
    return digits if len(digits) == 8 else digits.lstrip("0").zfill(13)


def _is_checked(digits: str) -> bool:
    weighed = sum(
        int(digit) * (1 if place % 2 == 0 else 3) for place, digit in enumerate(reversed(digits))
    )
    return weighed % 10 == 0


def printed_barcode(digits: str) -> str:
    """A normal barcode as a sleeve and most catalogues have it: a UPC-A with its 12 digits."""
    return digits[1:] if len(digits) == 13 and digits.startswith("0") else digits


def usable_barcodes(texts: Iterable[str]) -> tuple[str, ...]:
    """The normal barcodes among what people typed, each once, in their order."""
    return tuple(dict.fromkeys(filter(None, map(normal_barcode, texts))))


def written_barcode(digits: str) -> str:
    """13 digits as printed under the bars: "5 099902 987613"."""
    return f"{digits[0]} {digits[1:7]} {digits[7:]}" if len(digits) == 13 else digits
