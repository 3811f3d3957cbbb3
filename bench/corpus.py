"""Seeded collections of any size, the same each time, as records, as a CSV export and as a listing.

They have what makes real collections slow: artists and labels of which few own most records,
hundreds of formats, names with accents and in other scripts, and now and then a second copy.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import IO, Any, NamedTuple

from app.domain.discogs_csv import DISCOGS_COLUMNS, parse_format
from app.domain.records import CopyRecord, CreditRecord, LabelRecord, ReleaseRecord
from bench import words

SEED = 7
SECOND_COPIES = 0.03
OTHER_SCRIPT = 0.02
FIRST_DAY = datetime(2004, 3, 1, tzinfo=UTC)
YEARS = (*range(1955, 2026), *range(1965, 1985), *range(1970, 1981), *range(2012, 2026))


class Made(NamedTuple):
    """A copy, with its format and folder in the words of the export."""

    copy: CopyRecord
    format_cell: str
    folder: str


def collection(size: int, seed: int = SEED) -> Iterator[Made]:
    """`size` copies of somewhat fewer releases."""
    return _Maker(size, seed).copies()


def facet_values(size: int, seed: int = SEED) -> Iterator[tuple[str, str]]:
    """(facet, value) of every copy, for each value a collection can be filtered by."""
    for made in collection(size, seed):
        release = made.copy.release
        formats = {text for part in release.formats for text in (part.name, *part.descriptions)}
        yield "folder", made.folder
        yield from (("genre", name) for name in release.genres or ())
        yield from (("style", name) for name in release.styles or ())
        yield from (("format", text) for text in formats)
        if release.year:
            yield "decade", f"{release.year // 10 * 10}s"
        yield "country", release.country or ""
        yield "letter", release.artists[0].name[0].lower()


def write_csv(target: Path, size: int, seed: int = SEED) -> Path:
    """Discogs' export of that collection."""
    with target.open("w", newline="", encoding="utf-8") as file:
        _write_rows(file, size, seed)
    return target


def _write_rows(file: IO[str], size: int, seed: int) -> None:
    rows = csv.writer(file)
    rows.writerow(DISCOGS_COLUMNS)
    for made in collection(size, seed):
        copy, release = made.copy, made.copy.release
        rows.writerow(
            (
                ", ".join(label.catno for label in release.labels),
                release.artists[0].name,
                release.title,
                ", ".join(label.name for label in release.labels),
                made.format_cell,
                copy.rating or "",
                release.year or 0,
                release.discogs_id,
                made.folder,
                f"{copy.added_at:%Y-%m-%d %H:%M:%S}",
                copy.media_condition or "",
                copy.sleeve_condition or "",
                copy.notes or "",
            )
        )


def listing(size: int, seed: int = SEED) -> Iterator[dict[str, Any]]:
    """The same copies as Discogs' collection listing tells them, one item each."""
    for made in collection(size, seed):
        copy, release = made.copy, made.copy.release
        basic = {
            "id": release.discogs_id,
            "title": release.title,
            "year": release.year or 0,
            "master_id": 0,
            "artists": [_credit_json(credit) for credit in release.artists],
            "labels": [_label_json(label) for label in release.labels],
            "formats": [
                {"name": f.name, "qty": str(f.qty), "descriptions": list(f.descriptions)}
                for f in release.formats
            ],
            "genres": list(release.genres or ()),
            "styles": list(release.styles or ()),
            "picture": False,
        }
        yield {
            "id": release.discogs_id,
            "instance_id": copy.instance_id,
            "folder_id": copy.folder_discogs_id,
            "rating": copy.rating or 0,
            "date_added": f"{copy.added_at:%Y-%m-%dT%H:%M:%S}-00:00",
            "basic_information": basic,
        }


def _credit_json(credit: CreditRecord) -> dict[str, Any]:
    blank = {"anv": "", "join": "", "role": "", "tracks": ""}
    return {"name": credit.name, "id": credit.discogs_id, **blank}


def _label_json(label: LabelRecord) -> dict[str, Any]:
    kind = {"entity_type": "1", "entity_type_name": "Label"}
    return {"name": label.name, "catno": label.catno, "id": label.discogs_id, **kind}


class _Maker:
    """Draws everything from one seeded source; pools of names grow with the collection."""

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.chance = random.Random(seed)
        self.artists = max(size * 2 // 5, 20)
        self.labels = max(size // 8, 10)

    def copies(self) -> Iterator[Made]:
        release_ids = count(1_000)
        recent: list[Made] = []
        for number in range(self.size):
            if recent and self.chance.random() < SECOND_COPIES:
                again = self.chance.choice(recent)
                release, cell = again.copy.release, again.format_cell
            else:
                release, cell = self._release(next(release_ids))
            made = self._copy(number, release, cell)
            recent = [*recent[-20:], made]
            yield made

    def _copy(self, number: int, release: ReleaseRecord, cell: str) -> Made:
        chance = self.chance
        folder = chance.randrange(len(words.FOLDERS))
        graded = chance.random() < 0.3
        copy = CopyRecord(
            release=release,
            instance_id=900_000 + number,
            folder_discogs_id=max(folder - 1, 1),
            added_at=FIRST_DAY + timedelta(minutes=number * 7_000_000 // self.size, seconds=number),
            rating=chance.randrange(1, 6) if chance.random() < 0.15 else None,
            media_condition=chance.choice(words.GRADES) if graded else None,
            sleeve_condition=chance.choice(words.GRADES) if graded else None,
            notes=chance.choice(words.NOTES) if chance.random() < 0.03 else None,
        )
        return Made(copy, cell, words.FOLDERS[folder])

    def _release(self, release_id: int) -> tuple[ReleaseRecord, str]:
        chance = self.chance
        cell = self._format()
        genre = _skewed(chance, tuple(words.GENRES))
        styles = words.GENRES[genre].split(",")
        artist = int(self.artists * chance.random() ** 2.2)
        release = ReleaseRecord(
            title=self._title(),
            discogs_id=release_id,
            artists=(CreditRecord(_artist_name(artist), 10_000 + artist),),
            labels=self._labels(),
            formats=parse_format(cell),
            year=None if chance.random() < 0.02 else chance.choice(YEARS),
            genres=(genre,),
            styles=tuple(sorted({_skewed(chance, styles) for _ in range(chance.randrange(3))})),
            country=chance.choice(words.COUNTRIES),
        )
        return release, cell

    def _title(self) -> str:
        chance = self.chance
        if chance.random() < OTHER_SCRIPT:
            return chance.choice(words.OTHER_SCRIPTS)
        title = f"{chance.choice(words.FIRST)} {chance.choice(words.SECOND)}"
        more = chance.random()
        if more < 0.3:
            return f"The {title} Of {chance.choice(words.SECOND)}"
        return f"{title}, Vol. {chance.randrange(1, 9)}" if more > 0.9 else title

    def _labels(self) -> tuple[LabelRecord, ...]:
        chance = self.chance
        many = chance.choices((1, 2, 3), (60, 33, 7))[0]
        places = {int(self.labels * chance.random() ** 2.5): None for _ in range(many)}
        return tuple(
            LabelRecord(label_name(place), self._catno(place), 500 + place) for place in places
        )

    def _catno(self, place: int) -> str:
        if self.chance.random() < 0.04:
            return "none"
        return f"{label_name(place)[:3].upper()} {self.chance.randrange(1, 9_999):03}"

    def _format(self) -> str:
        chance = self.chance
        parts = [chance.choice(words.MEDIA), chance.choice(words.KINDS)]
        if chance.random() < 0.55:
            parts.append(_skewed(chance, words.EXTRAS))
        if chance.random() < 0.15:
            parts.append(chance.choice(words.COLOURS))
        return ", ".join(filter(None, parts))


def _skewed(chance: random.Random, things: Sequence[str]) -> str:
    """One of `things`, the first ones far more often."""
    return things[int(len(things) * chance.random() ** 2)]


@cache
def _artist_name(number: int) -> str:
    """The name of artist `number`, the same in every collection."""
    chance = random.Random(f"artist {number}")
    kind = chance.random()
    if number == 0:
        return "Various"
    if kind < OTHER_SCRIPT:
        return f"{chance.choice(words.OTHER_SCRIPTS)} {number}"
    if kind < 0.5:
        name = f"{chance.choice(words.GIVEN)} {chance.choice(words.FAMILY)}"
    elif kind < 0.7:
        name = f"The {chance.choice(words.FIRST)} {chance.choice(words.SECOND)}s"
    else:
        name = f"{chance.choice(words.FIRST)} {chance.choice(words.SECOND)}"
    return _told_apart(name, chance)


@cache
def label_name(number: int) -> str:
    """The name of label `number`; most records are on the first ones."""
    chance = random.Random(f"label {number}")
    name = f"{chance.choice(words.FIRST)} {chance.choice(words.SECOND)}"
    ending = chance.choice(words.LABEL_ENDINGS)
    name = f"{name}, {ending}" if ending == "Inc." else f"{name} {ending}".strip()
    return _told_apart(name, chance)


def _told_apart(name: str, chance: random.Random) -> str:
    """Some names carry the number by which Discogs tells namesakes apart."""
    return f"{name} ({chance.randrange(2, 9)})" if chance.random() < 0.07 else name
