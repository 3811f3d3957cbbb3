"""What the Discogs stand-in knows: collectors with their copies, and how to make them up."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

Json = dict[str, Any]

GRADES = [
    "Mint (M)",
    "Near Mint (NM or M-)",
    "Very Good Plus (VG+)",
    "Very Good (VG)",
    "Good Plus (G+)",
    "Good (G)",
    "Fair (F)",
    "Poor (P)",
]
PACIFIC_SUMMER = timezone(timedelta(hours=-7))


def default_fields() -> list[Json]:
    """The three fields every collection starts with."""
    sleeve = ["Generic", "No Cover", *GRADES]
    dropdown: Json = {"type": "dropdown", "public": False}
    return [
        {"id": 1, "name": "Media Condition", "position": 1, "options": GRADES, **dropdown},
        {"id": 2, "name": "Sleeve Condition", "position": 2, "options": sleeve, **dropdown},
        {"id": 3, "name": "Notes", "type": "textarea", "position": 3, "public": False, "lines": 3},
    ]


@dataclass
class Collector:
    """A Discogs user. `folders` maps id to name, without "All"; `items` are made by `item`.

    `token` is the personal one; empty it to revoke it.
    """

    username: str
    user_id: int = 1
    token: str = ""
    private: bool = False
    folders: dict[int, str] = field(default_factory=lambda: {1: "Uncategorized"})
    fields: list[Json] = field(default_factory=default_fields)
    items: list[Json] = field(default_factory=list)

    def remove(self, instance_id: int) -> None:
        """Take a copy out of the collection."""
        self.items = [item for item in self.items if item["instance_id"] != instance_id]


def credit(name: str, artist_id: int, **more: str) -> Json:
    """An artist as credited; `anv`, `join`, `role`, `tracks` if given."""
    return {"name": name, "anv": "", "join": "", "role": "", "tracks": "", "id": artist_id, **more}


def label(name: str, catno: str = "none", label_id: int = 1) -> Json:
    """A label as credited."""
    return {
        "name": name,
        "catno": catno,
        "entity_type": "1",
        "entity_type_name": "Label",
        "id": label_id,
    }


def item(
    instance_id: int,
    release_id: int,
    *,
    title: str = "Untitled",
    artist: str | list[Json] = "Nobody",
    folder_id: int = 1,
    rating: int = 0,
    added: str = "2020-06-24T11:44:41-07:00",
    genres: list[str] | None = None,
    styles: list[str] | None = None,
    labels: list[Json] | None = None,
    formats: list[Json] | None = None,
    year: int = 0,
    master_id: int = 0,
    notes: dict[int, str] | None = None,
    picture: bool = False,
    **basic: Any,
) -> Json:
    """One copy, in the shape Discogs lists it; `notes` maps field ids to values.

    More keywords go into `basic_information`; `picture` gives it a thumb and a cover.
    """
    entry: Json = {
        "id": release_id,
        "instance_id": instance_id,
        "folder_id": folder_id,
        "rating": rating,
        "date_added": added,
        "basic_information": {
            "id": release_id,
            "title": title,
            "year": year,
            "master_id": master_id,
            "artists": _artists(artist),
            "labels": labels if labels is not None else [label("Not On Label")],
            "formats": formats if formats is not None else [vinyl()],
            "genres": genres if genres is not None else ["Electronic"],
            "styles": styles or [],
            "picture": picture,
            **basic,
        },
    }
    if notes is not None:  # Discogs leaves the key out when there are none
        entry["notes"] = [{"field_id": key, "value": value} for key, value in notes.items()]
    return entry


def release(release_id: int, *, title: str = "Untitled", **keys: Any) -> Json:
    """A release in full: what a listing tells (see `item`) and any more keys Discogs has."""
    listed = ("artist", "genres", "styles", "labels", "formats", "year", "master_id", "picture")
    basic = {key: keys.pop(key) for key in listed if key in keys}
    entry = item(1, release_id, title=title, **basic)
    return in_full(entry["basic_information"]) | keys


def in_full(basic: Json) -> Json:
    """A release made from what a listing tells about it. Keys without a value are left out."""
    full = {key: value for key, value in basic.items() if value not in ([], 0)}
    full.setdefault("year", 0)  # year is the exception: 0, never left out
    return full | {
        "status": "Accepted",
        "data_quality": "Correct",
        "country": "UK",
        "tracklist": [
            {"position": position, "type_": "track", "title": f"Side {position[0]}", "duration": ""}
            for position in ("A1", "B1")
        ],
    }


def vinyl(qty: str = "1", *descriptions: str, text: str = "") -> Json:
    """A format: so many records."""
    made: Json = {"name": "Vinyl", "qty": qty, "descriptions": list(descriptions or ("LP",))}
    return made | {"text": text} if text else made


def generated_items(count: int, seed: int = 1) -> list[Json]:
    """A collection of `count` different copies, always the same for the same seed."""
    chance = random.Random(seed)
    first = datetime(2015, 1, 1, tzinfo=PACIFIC_SUMMER)
    return [
        item(
            700_000_000 + number,
            1_000 + number,
            title=f"{chance.choice(_ADJECTIVES)} {chance.choice(_NOUNS)} {number}",
            artist=[_some_artist(chance)],
            rating=chance.randrange(6),
            added=(first + timedelta(hours=7 * number)).isoformat(),
            genres=[chance.choice(_GENRES)],
            year=chance.choice([0, *range(1958, 2024)]),
            master_id=chance.choice([0, 500 + number]),
            labels=[label(f"Label {number % 40}", f"CAT {number}", 1 + number % 40)],
            notes={1: chance.choice(GRADES)} if number % 3 else None,
            picture=bool(number % 5),
        )
        for number in range(1, count + 1)
    ]


_ADJECTIVES = ["Blue", "Electric", "Quiet", "Second", "Golden", "Endless", "Broken", "Distant"]
_NOUNS = ["Garden", "Machine", "River", "Letters", "Suite", "Weather", "Signals", "Rooms"]
_GENRES = ["Electronic", "Jazz", "Rock", "Folk, World, & Country", "Funk / Soul", "Classical"]


def _some_artist(chance: random.Random) -> Json:
    number = chance.randrange(1, 120)
    return credit(f"Artist {number}" + (" (2)" if number % 9 == 0 else ""), 10_000 + number)


def _artists(artist: str | list[Json]) -> list[Json]:
    if isinstance(artist, list):
        return artist
    # An id of its own for each name, the same in every run.
    return [credit(artist, 100_000 + sum(map(ord, artist)) * 7 + len(artist))]
