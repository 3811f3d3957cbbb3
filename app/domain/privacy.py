"""What of a collection goes public: classes of fields, each of which its owner may tick.

Only what is named here is ever read for a site. Custom fields, prices, stickers, crates, tags of
one's own, user names and everything about other people have no class, and so stay at home.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldClass:
    """Fields that go public together. `fields` says exactly which, in words people use."""

    name: str
    title: str
    fields: tuple[str, ...]
    by_default: bool
    note: str = ""


ALWAYS = FieldClass(
    "records",
    "Records",
    (
        *("artist", "title", "labels and catalogue numbers", "country", "formats"),
        *("release date", "original year", "genres and styles", "track list", "credits"),
        *("barcodes, run-outs and other numbers on it", "who pressed, recorded and published it"),
        *("Discogs, master and MusicBrainz numbers", "addresses it had under other names"),
        "day of the last sync",
    ),
    True,
)
CLASSES = (
    FieldClass("added", "When you added it", ("date and time added",), True),
    FieldClass(
        "links",
        "Links",
        ("addresses at other services",),
        True,
        "Only sure ones: a guess never leaves.",
    ),
    FieldClass(
        "texts", "Texts", ("Wikipedia extracts", "Discogs profiles", "profiles you wrote"), True
    ),
    FieldClass(
        "release_notes",
        "Notes of the release",
        ("notes at Discogs", "what you wrote instead of them"),
        True,
    ),
    FieldClass("videos", "Videos", ("YouTube numbers and titles",), True),
    FieldClass(
        "coverart",
        "Covers from the Cover Art Archive",
        ("cover", "colour of the sleeve"),
        True,
        "They belong to their makers; publishing them is your decision.",
    ),
    FieldClass("own_covers", "Covers you put in", ("cover", "colour of the sleeve"), False),
    FieldClass(
        "discogs_covers",
        "Covers from Discogs",
        ("cover", "colour of the sleeve"),
        False,
        "Discogs asks not to republish its pictures.",
    ),
    FieldClass(
        "further_pictures",
        "Links to further pictures",
        ("addresses of the other pictures at Discogs",),
        False,
        "Linked, not copied or loaded. Discogs changes these addresses now and then.",
    ),
    FieldClass("own_notes", "Your notes", ("notes of your copies",), False),
    FieldClass("grades", "Your grades", ("rating", "media condition", "sleeve condition"), False),
    FieldClass("folders", "Your folders", ("folder names", "a page for each folder"), False),
    FieldClass("copies", "How many you own", ("number of copies",), False),
)
NEVER = (
    *("custom fields", "prices", "stickers", "crates and tags", "user names", "tokens", "guesses"),
    *("covers from Apple and Spotify", "copies you put away"),
)
PREFERENCE = "publish.public"


def chosen(stored: object) -> frozenset[str]:
    """The classes that go public, by what was stored for it (a mapping, or nothing yet)."""
    told: Mapping[str, object] = stored if isinstance(stored, Mapping) else {}
    return frozenset(each.name for each in CLASSES if told.get(each.name, each.by_default) is True)


def as_stored(ticked: Iterable[str]) -> dict[str, bool]:
    """What to store for a choice of classes; names we do not know are passed over."""
    names = set(ticked)
    return {each.name: each.name in names for each in CLASSES}


def goes_public(public: frozenset[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Exactly what goes public: (class, its fields) for each class that is ticked."""
    ticked = (ALWAYS, *(each for each in CLASSES if each.name in public))
    return [(each.title, each.fields) for each in ticked]
