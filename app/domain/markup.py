"""Discogs' markup in notes and profiles, as plain text.

`[a=Name]`, `[l=Label]`, `[b]`, `[i]`, `[u]`, `[url=…]text[/url]`, `[a123]`, `[r123]`, `[m123]`,
`[img=…]` are what people write there; whatever else stands in brackets is their own text.
"""

from __future__ import annotations

import re

from app.domain.names import display_name

_NAMED = re.compile(r"\[[alrm]=([^\[\]]{1,300})\]")
_NUMBERED = re.compile(r"\[([alrm])=?(\d{1,12})\]")
_LINK = re.compile(r"\[url=?([^\[\]]{0,2000})\]([^\[]{0,2000})\[/url\]")
_DRESSING = re.compile(r"\[/?(?:b|i|u|url(?:=[^\[\]]{0,2000})?)\]")
_PICTURE = re.compile(r"\[img=[^\[\]]{0,2000}\]")
_KINDS = {"a": "artist", "l": "label", "r": "release", "m": "master"}


def plain_text(marked_up: str) -> str:
    """The text without its markup: names stay, links keep their words, pictures go."""
    text = _NUMBERED.sub(lambda m: f"({_KINDS[m[1]]} {m[2]})", marked_up)
    text = _NAMED.sub(lambda m: display_name(m[1]), text)
    text = _LINK.sub(lambda m: m[2].strip() or m[1], text)
    text = _PICTURE.sub("", text)
    return _DRESSING.sub("", text).replace("\r\n", "\n").strip()
