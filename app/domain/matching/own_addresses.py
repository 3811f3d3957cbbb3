"""The page of a record at another service, as a person pastes its address."""

from __future__ import annotations

import re
from typing import Final

from app.domain.matching.addresses import Address, recognise
from app.errors import InvalidInputError

# What a page about a whole record is called by addresses.recognise.
_ALBUM_THINGS: Final = frozenset({"album", "item", "article", "video"})
_MUSICBRAINZ = re.compile(
    r"https?://(?:www\.|beta\.)?musicbrainz\.org/(release-group|release)"
    r"/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#].*)?",
    re.ASCII | re.IGNORECASE,
)
KNOWN: Final = (
    "MusicBrainz, Spotify, Apple Music, Bandcamp, YouTube, Wikipedia, Wikidata or AllMusic"
)


def album_address(text: str) -> Address:
    """The page about a record whose address `text` is.

    Raises InvalidInputError at "address" for all that is none of a service we know.
    """
    text = text.strip()
    if not text:
        raise _wrong("Paste the address of its page.")
    if found := _MUSICBRAINZ.fullmatch(text):
        thing, mbid = found[1].lower(), found[2].lower()
        return Address("musicbrainz", "album", mbid, f"https://musicbrainz.org/{thing}/{mbid}")
    address = recognise(text if "://" in text else f"https://{text}")
    if address is None:
        raise _wrong(f"Paste the address of a page at {KNOWN}.")
    if address.provider == "discogs":
        raise _wrong("That is its page at Discogs. Paste that of another service.")
    if address.thing not in _ALBUM_THINGS:
        raise _wrong("That is the page of an artist. Paste that of the record.")
    return address


def _wrong(sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, {"address": [sentence]})
