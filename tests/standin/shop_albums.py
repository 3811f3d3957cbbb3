"""The albums the stand-ins of iTunes, Apple Music and Spotify sell, and how their searches find."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter


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

    # Searches look through all there is, so words are told apart once.
    @cached_property
    def title_words(self) -> set[str]:
        """The words of the title, plain and in lower case."""
        return _words(self.title)

    @cached_property
    def artist_words(self) -> set[str]:
        """The words of all artists, plain and in lower case."""
        return _words(self.artist)

    @cached_property
    def all_words(self) -> set[str]:
        """The words of title and artists."""
        return self.title_words | self.artist_words


def found(albums: Iterable[ShopAlbum], words: str, limit: int) -> list[ShopAlbum]:
    """Albums that have most of `words` in title or artist, those with more of them first.

    Like real searches it does not care which word is where, so tributes come too.
    """
    return _ranked(albums, attrgetter("all_words"), words)[:limit]


def matching(albums: Iterable[ShopAlbum], artist: str, title: str) -> list[ShopAlbum]:
    """Albums with most words of `artist` among the artists and of `title` in the title."""
    named = _ranked(albums, attrgetter("artist_words"), artist)
    return _ranked(named, attrgetter("title_words"), title)


def sold_as(albums: Iterable[ShopAlbum], upc: str) -> list[ShopAlbum]:
    """Albums with this barcode, with or without leading zeros."""
    return [album for album in albums if album.upc and album.upc.lstrip("0") == upc.lstrip("0")]


def _ranked(
    albums: Iterable[ShopAlbum], words_of: Callable[[ShopAlbum], set[str]], words: str
) -> list[ShopAlbum]:
    wanted = _words(words)
    least = 0.6 * len(wanted)
    shared = ((len(wanted & words_of(album)), album) for album in albums)
    enough = [(count, album) for count, album in shared if count >= least]
    return [album for _, album in sorted(enough, key=lambda each: -each[0])]


def _words(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return set(
        re.findall(r"\w+", "".join(mark for mark in plain if not unicodedata.combining(mark)))
    )
