"""What stickers say about copies, read from the collection in one walk."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, func, select

from app.domain import sticker_text
from app.domain.records import FormatRecord
from app.domain.short_code import short_code
from app.domain.sticker_text import StickerFacts
from app.extensions import db
from app.models import Copy, Folder, Format, Master, Release
from app.queries.many_ids import own_copies

AT_ONCE = 500


class Addresses(NamedTuple):
    """Where codes lead: the website of Discogs, and what stands before our short codes."""

    discogs: str
    ours: str


def facts_of(
    owner_id: int, copy_ids: Iterable[int], addresses: Addresses
) -> Iterator[StickerFacts]:
    """Facts of these copies of this person, in the order of `copy_ids`; others are passed over.

    Read some hundred at a time, so memory does not grow with their number.
    """
    remaining = iter(copy_ids)
    while chunk := list(islice(remaining, AT_ONCE)):
        found = {row.id: row for row in _rows(owner_id, chunk)}
        for copy_id in chunk:
            if copy_id in found:
                yield _facts(found[copy_id], addresses.ours)


def _rows(owner_id: int, copy_ids: Sequence[int]) -> Iterable[Any]:
    return db.session.execute(
        select(
            Copy.id,
            Release.artist_text,
            Release.title,
            Release.year,
            Folder.name,
            Release.discogs_id,
            # As text: the same format need not be taken apart for every copy.
            func.coalesce(cast(Format.parts, Text), "[]").label("parts"),
            Release.label_text,
            Release.catno_text,
            Release.country,
            Master.year.label("original_year"),
            Copy.media_condition,
        )
        .join(Release, Release.id == Copy.release_id)
        .join(Folder, Folder.id == Copy.folder_id)
        .outerjoin(Format, Format.id == Release.format_id)
        .outerjoin(Master, Master.discogs_id == Release.master_discogs_id)
        .where(own_copies(owner_id, copy_ids))
    )


def _facts(row: Any, ours: str) -> StickerFacts:
    copy_id, artist, title, year, folder, release_id, parts, label, catno, country, first, grade = (
        row
    )
    name, size, descriptions = _format_texts(parts)
    return StickerFacts(
        copy_id=copy_id,
        artist=artist,
        title=title,
        year=year,
        folder=folder,
        release_id=release_id,
        format_name=name,
        format_size=size,
        format_descriptions=descriptions,
        label=label,
        catno=catno,
        country=country or "",
        original_year=first,
        media_condition=grade or "",
        url=f"{ours}{short_code(copy_id)}",
    )


@lru_cache(maxsize=4_096)
def _format_texts(parts: str) -> tuple[str, str, str]:
    """Name, size and descriptions of a format stored as JSON."""
    formats = [
        FormatRecord(part["name"], part["qty"], tuple(part["descriptions"]), part["text"])
        for part in json.loads(parts)
    ]
    return (
        sticker_text.format_name(formats),
        sticker_text.format_size(formats),
        sticker_text.format_descriptions(formats),
    )
