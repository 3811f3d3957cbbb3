"""The gaps in what is known of a shelf that a person can fill: what each is called, and its fix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

LATER_DAYS: Final = 30
# What Discogs writes where a label printed no number.
NO_NUMBER: Final = "none"
# What it calls the label of a record that has none; more may follow in brackets.
NO_LABEL: Final = "Not On Label"


@dataclass(frozen=True, slots=True)
class Check:
    """One kind of gap.

    `entity` is what has it: a release, a copy, an artist or a label. `fix` names the form that
    fills it, `fields` are the fields of the document that the form changes.
    """

    name: str
    title: str
    question: str
    entity: str
    fix: str
    fields: Sequence[str] = ()


CHECKS: Final[Sequence[Check]] = (
    Check("cover", "No cover", "What does it look like?", "release", "cover"),
    Check("year", "Unknown year", "When did it come out?", "release", "year", ("year",)),
    Check(
        "too-early",
        "Older than the work itself",
        "This pressing is said to be older than the first one. When did it come out?",
        "release",
        "year",
        ("year",),
    ),
    Check("country", "No country", "Where did it come out?", "release", "country", ("country",)),
    Check("genre", "No genre", "What kind of music is it?", "release", "genres", ("genres",)),
    Check(
        "number", "No catalogue number", "What is on the spine?", "release", "number", ("labels",)
    ),
    Check("format", "Odd format", "What is in the sleeve?", "release", "format", ("formats",)),
    Check("tracks", "No tracks", "What is on it?", "release", "tracks", ("tracks",)),
    Check("durations", "No durations", "How long are they?", "release", "durations", ("tracks",)),
    Check(
        "barcode",
        "Same barcode twice",
        "Another record of yours has this barcode too. Is it on this one?",
        "release",
        "barcode",
        ("identifiers",),
    ),
    Check("link", "Found nowhere else", "Where else is it to be found?", "release", "address"),
    Check(
        "grade",
        "Not graded",
        "In which state are the record and its sleeve?",
        "copy",
        "grade",
        ("media_condition", "sleeve_condition"),
    ),
    Check("folder", "In no folder", "Where does it stand?", "copy", "folder", ("folder",)),
    Check("twice", "Owned twice", "What sets this copy apart?", "copy", "note", ("notes",)),
    Check("name", "Same name, two pages", "Is it the same artist?", "artist", "merge"),
    Check("label", "Label without a number", "Which label is it?", "label", "relabel"),
)
BY_NAME: Final[Mapping[str, Check]] = MappingProxyType({check.name: check for check in CHECKS})

# Offered while a country is typed, as Discogs writes them; any other can be typed as well.
COUNTRIES: Final = (
    *("Argentina", "Australia", "Austria", "Belgium", "Brazil", "Bulgaria", "Canada", "Chile"),
    *("China", "Colombia", "Croatia", "Cuba", "Czech Republic", "Czechoslovakia", "Denmark"),
    *("Estonia", "Europe", "Finland", "France", "German Democratic Republic (GDR)", "Germany"),
    *("Ghana", "Greece", "Hong Kong", "Hungary", "Iceland", "India", "Indonesia", "Ireland"),
    *("Israel", "Italy", "Jamaica", "Japan", "Lebanon", "Luxembourg", "Mexico", "Netherlands"),
    *("New Zealand", "Nigeria", "Norway", "Peru", "Philippines", "Poland", "Portugal", "Romania"),
    *("Russia", "South Africa", "South Korea", "Spain", "Sweden", "Switzerland", "Taiwan"),
    *("Thailand", "Turkey", "UK", "UK & Europe", "USSR", "US", "USA & Canada", "USA & Europe"),
    *("Venezuela", "Yugoslavia"),
)

# Formats without a groove, those with one, and words that only the latter can have.
GROOVELESS: Final = ("CD", "CDr", "SACD", "Cassette", "File", "DVD", "DVDr", "Minidisc", "Blu-ray")
GROOVED: Final = ("Vinyl", "Acetate", "Flexi-disc", "Lathe Cut", "Shellac")
GROOVED_WORDS: Final = ("LP", '7"', '10"', '12"', "33 ⅓ RPM", "45 RPM", "78 RPM")


# What Discogs calls the number under the bars; shorter ones are a shop's own.
BARCODE: Final = "Barcode"
SHORTEST_BARCODE: Final = 8


def bare_barcode(value: str) -> str:
    """The digits of a barcode, however they are set apart; "" for what tells no record apart."""
    digits = "".join(filter(str.isdigit, value))
    return digits if len(digits) >= SHORTEST_BARCODE and digits.strip("0") else ""


def edit_address(web_url: str, entity: str, discogs_id: int | None) -> str:
    """Where Discogs lets its members correct this; "" for what Discogs does not know."""
    if discogs_id is None:
        return ""
    if entity in ("artist", "label"):
        return f"{web_url}/{entity}/{discogs_id}"
    return f"{web_url}/release/edit/{discogs_id}"
