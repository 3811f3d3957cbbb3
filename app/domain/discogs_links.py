"""Release numbers out of what people paste: a number, [r123], or an address at Discogs."""

from __future__ import annotations

import re

from app.errors import InvalidInputError

LARGEST_ID = 2**53 - 1
LONGEST = 2_000
_NUMBER = re.compile(r"\[?r?(\d{1,17})\]?", re.ASCII | re.IGNORECASE)
_HOST = re.compile(r"(?:https?://)?(?:(?:www|api|m)\.)?discogs\.com(?=/)", re.IGNORECASE)
# …/release/123-Artist-Title, …/de/release/123, …/Artist-Title/release/123, …/sell/release/123
_KIND = re.compile(
    r"/(releases?|masters?|artists?|labels?|user|lists?|item)(?=[/?#]|$)", re.IGNORECASE
)
_ID = re.compile(r"/(\d{1,17})(?=[-/?#.]|$)", re.ASCII)
_OTHER_KINDS = {
    "master": "This is the address of a master, which stands for all pressings of a title. Open "
    "the pressing you own at Discogs and paste its address.",
    "artist": "This is the address of an artist. Open the record you own and paste its address.",
    "label": "This is the address of a label. Open the record you own and paste its address.",
}
_NO_ADDRESS = (
    "Type the release's number at Discogs, or paste its address: https://www.discogs.com/release/…"
)


def release_id_in(text: str) -> int:
    """The Discogs release id that `text` names.

    Raises InvalidInputError at "discogs", saying what else it is.
    """
    text = text.strip()[:LONGEST]
    if match := _NUMBER.fullmatch(text):
        return _checked(int(match[1]))
    host = _HOST.match(text)
    kind = _KIND.search(text, host.end()) if host else None
    if kind is None:
        raise _refusal(_NO_ADDRESS)
    word = kind[1].lower().removesuffix("s")
    if word != "release":
        raise _refusal(_OTHER_KINDS.get(word, _NO_ADDRESS))
    number = _ID.match(text, kind.end())
    if number is None:
        raise _refusal(_NO_ADDRESS)
    return _checked(int(number[1]))


def _checked(number: int) -> int:
    if not 0 < number <= LARGEST_ID:
        raise _refusal(_NO_ADDRESS)
    return number


def _refusal(sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, {"discogs": [sentence]})
