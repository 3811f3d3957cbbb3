"""The albums the stand-ins of iTunes, Apple Music and Spotify sell, and how their searches find."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class ShopAlbum:
    """One album on sale; `kind` is album, single, ep or compilation.

    `released` is a date or only a year. `number` is its id at Apple, `code` at Spotify.
    """

    number: int
    title: str
    artists: tuple[str, ...]
    released: str = ""
    tracks: int = 10
    upc: str = ""
    kind: str = "album"

    @property
    def code(self) -> str:
        """22 letters and digits, as Spotify's ids are."""
        return f"{self.number:022d}"

    @property
    def name(self) -> str:
        """The title as Apple shows it."""
        suffix = {"single": " - Single", "ep": " - EP"}.get(self.kind, "")
        return self.title + suffix

    @property
    def artist(self) -> str:
        """All artists in one line, as Apple shows them."""
        return " & ".join(self.artists)


def found(albums: Iterable[ShopAlbum], words: str, limit: int) -> list[ShopAlbum]:
    """Albums that have most of `words` in title or artist, those with more of them first.

    Like real searches it does not care which word is where, so tributes come too.
    """
    wanted = _words(words)
    return _ranked([(album, _words(f"{album.title} {album.artist}")) for album in albums], wanted)[
        :limit
    ]


def matching(albums: Iterable[ShopAlbum], artist: str, title: str) -> list[ShopAlbum]:
    """Albums with most words of `artist` among the artists and of `title` in the title."""
    named = _ranked([(album, _words(album.artist)) for album in albums], _words(artist))
    return _ranked([(album, _words(album.title)) for album in named], _words(title))


def sold_as(albums: Iterable[ShopAlbum], upc: str) -> list[ShopAlbum]:
    """Albums with this barcode, with or without leading zeros."""
    return [album for album in albums if album.upc and album.upc.lstrip("0") == upc.lstrip("0")]


def _ranked(albums: list[tuple[ShopAlbum, set[str]]], wanted: set[str]) -> list[ShopAlbum]:
    def share(words: set[str]) -> float:
        return len(words & wanted) / len(wanted) if wanted else 1.0

    ranked = sorted(albums, key=lambda each: -share(each[1]))
    return [album for album, words in ranked if share(words) >= 0.6]


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return set(
        re.findall(r"\w+", "".join(mark for mark in plain if not unicodedata.combining(mark)))
    )
