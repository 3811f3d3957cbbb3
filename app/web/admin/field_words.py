"""What people call the fields of a document, and the ways in which one is changed."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.grades import MEDIA, SLEEVE
from app.domain.quality import COUNTRIES

LABELS = {
    "anv": "Name as printed here",
    "catno": "Catalogue number",
    "description": "What it is",
    "descriptions": "Described as",
    "discogs_id": "Number at Discogs",
    "fields": "Fields of your own",
    "join": "Joined by",
    "media_condition": "Condition of the record",
    "qty": "How many",
    "sleeve_condition": "Condition of the sleeve",
    "sub_tracks": "Parts",
    "text": "Free text",
    "url": "Address",
}
HELP = {
    "released": "A year, or a date such as 1959-08-17; 00 for what is unknown.",
    "words": "One a line.",
}
# What is offered while somebody types; anything else can be typed as well.
OFFERED = {"media_condition": MEDIA, "sleeve_condition": SLEEVE, "country": COUNTRIES}
ENTRIES = {
    "artists": "artist",
    "labels": "label",
    "formats": "format",
    "tracks": "track",
    "sub_tracks": "part",
    "credits": "credit",
    "identifiers": "identifier",
    "companies": "company",
    "videos": "video",
    "fields": "field",
}
# What a source says, within a sentence; others are called by their own name.
SAYINGS = {
    "The sample shelf": "what the sample shelf says",
    "What you first typed": "what you first typed",
    "Your CSV file": "what your CSV file says",
    "Your records": "what your records say",
}
# What a source is called within a sentence.
SOURCES = {
    "The sample shelf": "the sample shelf",
    "What you first typed": "what you first typed",
    "Your CSV file": "your CSV file",
    "Your records": "your records",
}
WAYS = {
    "json": "as JSON",
    "form": "in the form",
    "lock": "locked",
    "bulk": "with many others",
    "quality": "to fill a gap",
    "sync undone": "by undoing a sync",
}


def label(key: str) -> str:
    """A field as a heading: "Catalogue number"."""
    return LABELS.get(key) or key.replace("_", " ").capitalize()


def named(fields: Iterable[str]) -> str:
    """Fields in a sentence: "title, catalogue number"."""
    return ", ".join(label(field).lower() for field in fields)


def entry(key: str) -> str:
    """One entry of a list: "track"."""
    return ENTRIES.get(key, "entry")


def saying(source: str) -> str:
    """What a source says, within a sentence: "what Discogs says"."""
    return SAYINGS.get(source, f"what {source} says")


def source(name: str) -> str:
    """A source within a sentence: "from your CSV file"."""
    return SOURCES.get(name, name)


def way(how: str) -> str:
    """How something was changed: "in the form"."""
    return WAYS.get(how, how)
