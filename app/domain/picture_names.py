"""What a picture is called, whatever its address is this week."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote, urlsplit

MOST_LETTERS = 300
NO_PICTURE = "spacer.gif"

# .../<signature>/rs:fit/g:sm/q:90/h:595/w:600/<name in base64, cut by "/">.jpeg
_OPTION = re.compile(r"[a-z]{1,3}:[^/]*")
_DOUBLE_ENDING = re.compile(r"(\.(?:jpe?g|png|gif|webp))\.(?:jpe?g|png|gif|webp)$", re.IGNORECASE)


def discogs_key(url: str) -> str | None:
    """The name of the picture at a Discogs address: "R-6279933-1415470633-4125.jpeg".

    The address changes with size and signature, the name stays. None where there is no picture.
    """
    try:
        parts = unquote(urlsplit(url).path).strip("/").split("/")
    except ValueError:
        return None
    options = [place for place, part in enumerate(parts) if _OPTION.fullmatch(part)]
    name = _decoded("".join(parts[options[-1] + 1 :])) if options else ""
    name = name or parts[-1]
    if not name or name == NO_PICTURE:
        return None
    return _DOUBLE_ENDING.sub(r"\1", name)[:MOST_LETTERS]


def _decoded(packed: str) -> str:
    """The last part of the name in base64; all of it undecoded if it is none, as unique as that."""
    packed = packed.rsplit(".", 1)[0]
    try:
        whole = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return packed
    return whole.rsplit("/", 1)[-1]
