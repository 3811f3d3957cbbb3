"""What the shops (iTunes, Apple Music, Spotify) have in common in what they ask and answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

from app.clients.errors import NothingThereError, Provider
from app.clients.json_node import Node
from app.errors import OddAnswerError

_SUFFIX = re.compile(r"\s+-\s+(single|ep)\s*$", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")


@contextmanager
def nothing_is_odd(provider: Provider) -> Iterator[None]:
    """Around a search: who finds nothing answers so with an empty list; 404 is a wrong address."""
    try:
        yield
    except NothingThereError as error:
        message = f"{provider.title} does not answer searches at this address."
        raise OddAnswerError(provider.name, message, "status 404") from error


def parted_title(name: str) -> tuple[str, str]:
    """The title without the " - Single" or " - EP" Apple hangs on, and that as a kind, or ""."""
    found = _SUFFIX.search(name)
    title = name[: found.start()].strip() if found else ""
    if found is None or not title:
        return name.strip(), ""
    return title, found[1].lower()


def year_of(node: Node, key: str) -> int | None:
    """The year of the date at `key` ("1959", "1959-08-17", "1959-08-17T07:00:00Z"), if any."""
    found = re.match(r"[0-9]{4}(?![0-9])", node.text(key).strip())
    return (int(found[0]) or None) if found else None


def page_address(node: Node, key: str) -> str:
    """The address at `key` without its query, which only tells the shop who sends it visitors.

    "" if it is not told; OddAnswerError if a browser should rather not open it.
    """
    told = node.text(key).strip()
    if not told:
        return ""
    try:
        parts = urlsplit(told)
    except ValueError:
        node.odd(key, "is not an address")
    if parts.scheme not in ("https", "http") or not parts.netloc:
        node.odd(key, "is not an address")
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))


def barcode_digits(text: str) -> str:
    """The 8 to 14 digits of a barcode as people write it ("5 099749-522428"), "" if it is none."""
    digits = re.sub(r"[^0-9]", "", text)
    return digits if 8 <= len(digits) <= 14 else ""


def search_words(text: str, longest: int) -> str:
    """`text` with single blanks, cut between words so that it has at most `longest` characters."""
    words = _BLANKS.sub(" ", text).strip()
    if len(words) <= longest:
        return words
    return words[: longest + 1].rpartition(" ")[0] or words[:longest]
