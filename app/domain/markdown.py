"""Text of others as Markdown that shows it and does nothing.

Whatever stands in a title or a note, it makes no HTML, no shortcode of Hugo, no heading, no link
and no cell of a table. Discogs' own markup becomes Markdown: names, bold, italics, links.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from string import punctuation
from urllib.parse import quote, urlsplit

from app.domain.names import display_name
from app.domain.text import clean
from app.domain.visible import REVERSING

Namer = Callable[[str, int], str]
"""Gives the name of a thing by its kind ("a" artist, "l" label, …) and Discogs id, or ""."""

# Entities are never taken for markup; a brace opens Hugo's shortcodes, a pipe the cell of a table.
_ENTITIES = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    "{": "&#123;",
    "}": "&#125;",
    "|": "&#124;",
    "`": "&#96;",
    "$": "&#36;",
}
_ESCAPES = {**_ENTITIES, **{char: "\\" + char for char in "\\*_[]~^#!"}}
_SPECIAL = re.compile("[" + re.escape("".join(_ESCAPES)) + "]")
# What opens a list, a rule, an underlined heading or a definition at the beginning of a line.
_OPENING = re.compile(r"^[ \t]*(?:([-+=:])|(\d{1,9})([.)]))", re.MULTILINE)
_REVERSING = re.compile(f"[{REVERSING}]")
_BLANKS = re.compile(r"\s+")
# Text and addresses that are the same afterwards: most are, and this is asked a dozen times a page.
_UNPLAIN = re.compile(r"[^ -~]|[&<>{}|`$\\*_\[\]~^#!]|  |^ | $")
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.:-]+(?:/[A-Za-z0-9%/:?#@=&~+,;.\-_!$*']*)?")
_ALLOWED_IN_URL = "%/:?#@=&~+,;.-_!$*'"
_TAG = re.compile(
    r"\[(?P<kind>[alrm])=?(?P<id>\d{1,12})\]"
    r"|\[[alrm]=(?P<name>[^\[\]]{1,300})\]"
    r"|\[url=(?P<to>[^\[\]]{0,2000})\](?P<words>.{0,2000}?)\[/url\]"
    r"|\[url\](?P<bare>[^\[\]]{0,2000})\[/url\]"
    r"|\[b\](?P<bold>.{0,2000}?)\[/b\]"
    r"|\[i\](?P<italic>.{0,2000}?)\[/i\]"
    r"|\[img=[^\[\]]{0,2000}\]|\[/?(?:b|i|u|url)\]|\[url=[^\[\]]{0,2000}\]",
    re.DOTALL | re.IGNORECASE,
)
_KINDS = {"a": "artist", "l": "label", "r": "release", "m": "master"}
# Stands between two marks that would be read as one, and shows nothing.
_NOTHING = "&#8203;"


class _Marked(str):
    """Words between marks of emphasis."""

    __slots__ = ()


def shown(text: str) -> str:
    """`text` without what cannot be shown or would turn what follows it around."""
    return text if text.isascii() and text.isprintable() else _REVERSING.sub("", clean(text))


def line(text: str) -> str:
    """`text` on one line, for a cell, a heading or the words of a link."""
    if not _UNPLAIN.search(text):
        return text
    return _escaped(_BLANKS.sub(" ", shown(text)).strip())


def paragraphs(text: str) -> str:
    """`text` as paragraphs; its own line ends stay line ends."""
    return _opened(_escaped(shown(text).strip()))


def link(words: str, url: str) -> str:
    """A link, or only its words where the address is none of the web."""
    address = web_address(url)
    return f"[{line(words)}]({address})" if address else line(words)


def web_address(url: str) -> str:
    """`url` fit for a link, a quoted parameter and a cell; "" unless it is http or https."""
    if _PLAIN_URL.fullmatch(url):
        return url
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return quote(url.strip(), safe=_ALLOWED_IN_URL)


def from_discogs(marked_up: str, name_of: Namer) -> str:
    """A note or profile of Discogs as Markdown, in paragraphs."""
    return _opened(_translated(shown(marked_up), name_of).strip())


def from_discogs_on_a_line(marked_up: str, name_of: Namer) -> str:
    """The same on one line, for a cell."""
    return _translated(_BLANKS.sub(" ", shown(marked_up)), name_of).strip()


def _translated(text: str, name_of: Namer) -> str:
    pieces: list[str] = []
    at = 0
    for tag in _TAG.finditer(text):
        pieces.append(_escaped(text[at : tag.start()]))
        mark, inner = ("**", tag["bold"]) if tag["bold"] else ("*", tag["italic"])
        pieces += _emphasis(mark, inner, name_of) if inner else (_tag(tag, name_of),)
        at = tag.end()
    return _joined((*pieces, _escaped(text[at:])))


def _emphasis(mark: str, inner: str, name_of: Namer) -> Iterator[str]:
    """Words between marks, with the blanks around them outside: Markdown wants it so."""
    words = _translated(_BLANKS.sub(" ", inner).strip(), name_of)
    yield inner[0] if inner[0].isspace() else ""
    if words:
        yield _Marked(f"{mark}{words}{mark}")
        yield inner[-1] if inner[-1].isspace() else ""


def _joined(pieces: Iterable[str]) -> str:
    """Pieces one after the other.

    A mark between a letter and a sign would be no mark: then the letter becomes an entity.
    """
    text, before = "", ""
    for piece in filter(None, pieces):
        after = piece
        if type(piece) is _Marked:
            if type(before) is _Marked:
                text += _NOTHING
            elif not piece.strip("*")[:1].isalnum():
                text = text[:-1] + _entity(text[-1:])
        elif type(before) is _Marked and not before.strip("*")[-1:].isalnum():
            after = _entity(piece[0]) + piece[1:]
        text, before = text + after, piece
    return text


def _entity(char: str) -> str:
    """A character as an entity, unless it parts words anyway."""
    return char if char in punctuation or char.isspace() else f"&#{ord(char)};"


def _tag(tag: re.Match[str], name_of: Namer) -> str:
    """Any tag but emphasis."""
    if number := tag["id"]:
        kind = tag["kind"].lower()
        return line(name_of(kind, int(number)) or f"({_KINDS[kind]} {number})")
    if tag["name"]:
        return line(display_name(tag["name"]))
    if tag["to"] is not None:
        return link(_plain(tag["words"], name_of) or tag["to"], tag["to"])
    return link(tag["bare"], tag["bare"]) if tag["bare"] else ""


def plain_from_discogs(marked_up: str, name_of: Namer) -> str:
    """A note or profile as plain text: names and words stay, the rest goes."""
    return _plain(shown(marked_up), name_of).strip()


def _plain(text: str, name_of: Namer) -> str:
    def words(tag: re.Match[str]) -> str:
        if tag["id"]:
            kind = tag["kind"].lower()
            return name_of(kind, int(tag["id"])) or f"({_KINDS[kind]} {tag['id']})"
        if tag["name"]:
            return display_name(tag["name"])
        inner = tag["words"] or tag["bare"] or tag["bold"] or tag["italic"] or tag["to"] or ""
        return _TAG.sub(words, inner)

    return _TAG.sub(words, text)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], text)


def _opened(text: str) -> str:
    """Lines that begin like a list or a heading, made to begin like text."""
    return _OPENING.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", text)
