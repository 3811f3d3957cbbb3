"""What the documents people edit may hold: JSON Schema (draft 2020-12), one for each kind.

`description` completes the sentence "… must be …", `default` is what a part left out of an entry
means. The limits are those of the tables, and names stay short enough for PostgreSQL's indexes.
"""

from __future__ import annotations

from typing import Any, Final

from app.domain.visible import REVERSING

Schema = dict[str, Any]

DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"
MAX_TEXT: Final = 20_000
MAX_TITLE: Final = 1_000
MAX_NAME: Final = 500
MAX_ENTRIES: Final = 1_000
# Box sets: "Mozart 225" has some 4,000 tracks and as many credits.
MAX_LINES: Final = 5_000
MAX_DISCOGS_ID: Final = 2**53 - 1

# Kept by Gatefold or by the provider: refused by name, at any depth where they are not fields.
RESERVED: Final = frozenset(
    {
        "id",
        "owner_id",
        "owner",
        "discogs_id",
        "release_id",
        "instance_id",
        "discogs_instance_id",
        "master_id",
        "master_discogs_id",
        "version",
        "provenance",
        "source",
        "facts_from",
        "facts_digest",
        "detailed_at",
        "gone_at",
        "created_at",
        "updated_at",
        "thumb_url",
        "cover_url",
        "artist_id",
        "format_id",
        "edits",
        "copies",
    }
)

# Read by JSON Schema as "somewhere in the text".
_READS_AS_WRITTEN = f"^[^{REVERSING}]*$"


def _text(example: str, limit: int = MAX_TITLE) -> Schema:
    return {
        "type": "string",
        "maxLength": limit,
        "pattern": _READS_AS_WRITTEN,
        "default": "",
        "description": f"text such as {example}",
    }


def _needed(example: str, limit: int = MAX_NAME) -> Schema:
    """A text that must show something."""
    schema = _text(example, limit) | {"format": "visible"}
    del schema["default"]
    return schema


def _text_or_null(example: str, limit: int) -> Schema:
    return {
        "type": ["string", "null"],
        "maxLength": limit,
        "pattern": _READS_AS_WRITTEN,
        "description": f"text such as {example}, or null",
    }


def _number(example: int, least: int, most: int, **more: Any) -> Schema:
    return {
        "type": "integer",
        "minimum": least,
        "maximum": most,
        "description": f"a whole number such as {example}",
        **more,
    }


def _number_or_null(example: int, least: int, most: int) -> Schema:
    return _number(example, least, most) | {
        "type": ["integer", "null"],
        "default": None,
        "description": f"a whole number such as {example}, or null",
    }


def _list(items: Schema, limit: int = MAX_ENTRIES) -> Schema:
    return {
        "type": "array",
        # Before the entries: of a list that is far too long this is told first.
        "maxItems": limit,
        "items": items,
        "default": [],
        "description": "a list in square brackets",
    }


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
        "description": "an object in curly brackets",
    }


_DISCOGS_ID = _number_or_null(1373, 1, MAX_DISCOGS_ID)
_ARTIST = _object(
    {
        "name": _needed("Miles Davis"),
        "discogs_id": _DISCOGS_ID,
        "anv": _text("M. Davis"),
        "join": _text("&", 100),
    },
    required=("name",),
)
_CREDIT = _object(
    {
        "name": _needed("Bill Evans"),
        "discogs_id": _DISCOGS_ID,
        "anv": _text("W. Evans"),
        "role": _needed("Piano", MAX_TITLE),
        "tracks": _text("A1 to B2"),
    },
    required=("name", "role"),
)
_LABEL = _object(
    {
        "name": _needed("Columbia"),
        "catno": _text("CL 1355", MAX_NAME),
        "discogs_id": _DISCOGS_ID,
    },
    required=("name",),
)
_FORMAT = _object(
    {
        "name": _needed("Vinyl", 200),
        "qty": _number(2, 0, 100_000, default=1),
        "text": _text("180 gram"),
        "descriptions": _list(_needed("LP", 200), 100),
    },
    required=("name",),
)
_LINE = {
    "position": _text("A1", 100),
    "title": _text("So What"),
    "duration": _text("3:45", 40),
    "kind": {
        "type": "string",
        "enum": ["track", "heading", "index"],
        "default": "track",
        "description": "text: track, heading or index",
    },
    "artist": _text("Miles Davis"),
}
_TRACK = _object(
    _LINE | {"sub_tracks": _list(_object(_LINE, required=("title",)))}, required=("title",)
)
_IDENTIFIER = _object(
    {
        "kind": _needed("Barcode", 100),
        "value": _needed("0 7464-40579-1 5"),
        "description": _text("Side A"),
    },
    required=("kind", "value"),
)
_COMPANY = _object(
    {
        "name": _needed("Columbia 30th Street Studio"),
        "role": _needed("Recorded At", 200),
        "catno": _text("P 1355", MAX_NAME),
        "discogs_id": _DISCOGS_ID,
    },
    required=("name", "role"),
)
_VIDEO = _object(
    {
        "url": {
            "type": "string",
            "maxLength": 2_000,
            "format": "web address",
            "description": "a web address that begins with http:// or https://",
        },
        "title": _text("So What (live)"),
        "duration": _number_or_null(545, 0, 1_000_000),
    },
    required=("url",),
)
_RELEASED = {
    "type": ["string", "null"],
    "maxLength": 40,
    "format": "release date",
    "description": "a date such as 1959, 1959-08-00 or 1959-08-17, or null",
}

RELEASE: Final[Schema] = _object(
    {
        "title": _needed("Kind Of Blue", MAX_TITLE),
        "artists": _list(_ARTIST) | {"minItems": 1},
        "labels": _list(_LABEL),
        "formats": _list(_FORMAT),
        "genres": _list(_needed("Jazz", 200)),
        "styles": _list(_needed("Modal", 200)),
        "year": _number_or_null(1959, 1, 9999),
        "released": _RELEASED,
        "country": _text_or_null("US", 200),
        "notes": _text_or_null("Deep groove pressing", MAX_TEXT),
        "tracks": _list(_TRACK, MAX_LINES),
        "credits": _list(_CREDIT, MAX_LINES),
        "identifiers": _list(_IDENTIFIER),
        "companies": _list(_COMPANY),
        "videos": _list(_VIDEO),
    }
) | {"$schema": DRAFT, "title": "release"}

ARTIST: Final[Schema] = _object(
    {
        "name": _needed("Miles Davis"),
        "profile": _text_or_null("Trumpeter, born 1926", MAX_TEXT),
    }
) | {"$schema": DRAFT, "title": "artist"}

LABEL: Final[Schema] = _object(
    {
        "name": _needed("Blue Note"),
        "profile": _text_or_null("Founded in New York in 1939", MAX_TEXT),
    }
) | {"$schema": DRAFT, "title": "label"}

COPY: Final[Schema] = _object(
    {
        "folder": _needed("Jazz", 200),
        "rating": _number_or_null(4, 1, 5),
        "media_condition": _text_or_null("Near Mint (NM or M-)", 200),
        "sleeve_condition": _text_or_null("Very Good Plus (VG+)", 200),
        "notes": _text_or_null("From the fair in Utrecht", MAX_TEXT),
        "fields": _list(
            _object(
                {"name": _needed("Cleaned", 200), "value": _text("2026-02", MAX_TEXT)},
                required=("name",),
            ),
            100,
        ),
    }
) | {"$schema": DRAFT, "title": "copy"}

SCHEMAS: Final[dict[str, Schema]] = {
    "release": RELEASE,
    "artist": ARTIST,
    "label": LABEL,
    "copy": COPY,
}
