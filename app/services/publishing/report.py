"""What to publish, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Wish:
    """What to publish. `everything` looks at every page anew; `album` and `artist` are Discogs ids,
    `release` is our own. `artists`: the pages of all artists, and nothing else.

    `overwrite`: also pages that somebody changed by hand, or only those in `overwrite_only`. `dry`:
    change nothing. `diffs`: the lines that change of so many pages of each state in `diffs_of`.
    `gives_addresses`: whether new pages get theirs for good. `images`: where pictures lie, "bundle"
    or "static"; "" as before.
    """

    everything: bool = False
    album: int | None = None
    artist: int | None = None
    artists: bool = False
    release: int | None = None
    overwrite: bool = False
    overwrite_only: frozenset[str] = frozenset()
    dry: bool = False
    diffs: int = 0
    diffs_of: tuple[str, ...] = ("new", "changed")
    gives_addresses: bool = True
    images: str = ""

    @property
    def is_one_album(self) -> bool:
        """Whether it is about one record alone."""
        return self.album is not None or self.release is not None

    @property
    def is_whole(self) -> bool:
        """Whether it is about the whole shelf."""
        return not (self.is_one_album or self.artist is not None or self.artists)

    def replaces(self, path: str) -> bool:
        """Whether this file may go although somebody changed it by hand."""
        return self.overwrite or path in self.overwrite_only


class Missing(NamedTuple):
    """A record without a picture: its title, why, and our id of it."""

    title: str
    why: str
    release_id: int


@dataclass(slots=True)
class Report:
    """What was (or would be) done: paths by what became of them.

    `edited` are pages somebody changed by hand, which were left alone, `left` those among them
    whose record has left; `missing` are records without a picture; `diffs` (path, lines).
    """

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unchanged: int = 0
    missing: list[Missing] = field(default_factory=list)
    diffs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def written(self) -> int:
        """How many files were (or would be) written."""
        return len(self.new) + len(self.changed)
