"""What is in a sleeve, in words and as words to filter by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from app.domain.records import FormatRecord

# "All Media" carries what applies to every part; it is no medium of its own.
ALL_MEDIA = "All Media"


def format_text(parts: Sequence[FormatRecord]) -> str:
    """`2×Vinyl, LP, Album (180 gram) + CD, Enhanced`, or "" when nothing is known."""
    return " + ".join(_part_text(part) for part in parts)


def _part_text(part: FormatRecord) -> str:
    count = f"{part.qty}\N{MULTIPLICATION SIGN}" if part.qty > 1 else ""
    words = ", ".join((f"{count}{part.name}", *part.descriptions))
    return f"{words} ({part.text})" if part.text else words


def format_words(parts: Sequence[FormatRecord]) -> list[str]:
    """Every name and description once, in order: the words a collector filters by."""
    words: dict[str, None] = {}
    for part in parts:
        if part.name != ALL_MEDIA:
            words[part.name] = None
        words.update(dict.fromkeys(part.descriptions))
    return list(words)


def format_json(parts: Sequence[FormatRecord]) -> list[dict[str, Any]]:
    """`parts` as the list of plain dicts that is stored and edited."""
    return [
        {"name": p.name, "qty": p.qty, "text": p.text, "descriptions": list(p.descriptions)}
        for p in parts
    ]


def format_digest(parts: Sequence[FormatRecord]) -> str:
    """A key under which equal formats are one (32 hex characters)."""
    plain = json.dumps(format_json(parts), ensure_ascii=True, sort_keys=True)
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()
