"""Where to go after a form, when the form says so itself."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Browsers drop control characters and read "\" as "/", so "/\evil" and "/<tab>/evil" lead away.
_TREACHEROUS = re.compile(r"[\x00-\x20\x7f\\]")


def path_here(wanted: str, otherwise: str) -> str:
    """`wanted` if it is an address on this site, written as a path; else `otherwise`."""
    if not wanted.startswith("/") or wanted.startswith("//") or _TREACHEROUS.search(wanted):
        return otherwise
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else wanted
