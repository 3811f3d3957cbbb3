"""The CSV file for QR Factory 3, and what became of it.

A download first notes which copies it holds and how they are written, then streams; nothing is
marked as printed until a person says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Delete, delete, select

from app.domain.filters import BrowseFilter
from app.domain.preset_settings import from_settings, to_settings
from app.domain.qr_csv import download_name, write_csv
from app.domain.qr_rows import CONTENT, TEXT, Preset, make_rows
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db, reading
from app.models import Copy, ExportBatch, StickerPrint
from app.models.base import utcnow
from app.queries import browse, exports
from app.queries.many_ids import own_copies
from app.queries.shelf_index import ORDERS, ids_of
from app.queries.sticker_facts import Addresses, facts_of
from app.services.bulk import in_chunks, insert_rows, stamp

LAYOUT = "QR Factory 3"
PRINT_COLUMNS = ("owner_id", "copy_id", "batch_id", "text", "url", "layout", "at")
NOTHING_PICKED = "Nothing is picked yet. Pick records in the collection first."


class NothingPickedError(InvalidInputError):
    """A file was asked for while no copy is picked."""


class Download(NamedTuple):
    """A file on its way: its name, how many codes it holds, and its bytes piece by piece."""

    file_name: str
    rows: int
    pieces: Iterator[bytes]


def download(owner_id: int, addresses: Addresses, now: datetime) -> Download:
    """The file of everything picked, noted among the files made. `now` names it, in its zone.

    Raises NothingPickedError.
    """
    bits = exports.picked_bits(owner_id)
    if not bits:
        raise NothingPickedError(NOTHING_PICKED)
    preset = exports.current_preset(owner_id)
    batch = ExportBatch(
        owner_id=owner_id,
        file_name=download_name(now),
        preset=preset.name,
        settings=to_settings(preset),
        copies=bits.to_bytes((bits.bit_length() + 7) // 8, "little"),
        rows=bits.bit_count(),
    )
    db.session.add(batch)
    db.session.commit()
    return Download(download_name(now), bits.bit_count(), csv_of_picks(owner_id, addresses))


def csv_of_picks(owner_id: int, addresses: Addresses) -> Iterator[bytes]:
    """The bytes of the file of everything picked, written as the current preset says."""
    with reading():
        preset = exports.current_preset(owner_id)
        edits = exports.edits_of_picks(owner_id)
        facts = facts_of(owner_id, exports.picked_ids(owner_id), addresses)
        yield from write_csv(make_rows(facts, preset, edits, addresses.discogs), preset.dialect)


def csv_of_filter(owner_id: int, wanted: BrowseFilter, addresses: Addresses) -> Iterator[bytes]:
    """The same for every copy that `wanted` means, in its order, whatever is picked.

    Notes nothing. With no copies the file is its header alone.
    """
    with reading():
        preset = exports.current_preset(owner_id)
        ids = list(browse.all_ids(owner_id, wanted))
        facts = facts_of(owner_id, ids, addresses)
        rows = make_rows(facts, preset, exports.edits_of(owner_id, ids), addresses.discogs)
        yield from write_csv(rows, preset.dialect)


def mark_processed(owner_id: int, batch_id: int, addresses: Addresses) -> int:
    """Note that the stickers of a file are printed, each with its text and address; how many.

    Marking again notes them anew. Raises NotFoundError.
    """
    batch = _get(owner_id, batch_id)
    db.session.execute(_prints_of(batch))
    preset = from_settings(batch.preset, batch.settings)
    batch.processed_at = now = utcnow()
    prints = (
        (owner_id, copy_id, batch_id, text, url, LAYOUT, stamp(now))
        for copy_id, text, url in _printed(owner_id, batch, preset, addresses)
    )
    count = 0
    for chunk in in_chunks(prints):
        insert_rows(StickerPrint, PRINT_COLUMNS, chunk)
        count += len(chunk)
    db.session.commit()
    return count


def unmark_processed(owner_id: int, batch_id: int) -> None:
    """Take that back. Raises NotFoundError."""
    batch = _get(owner_id, batch_id)
    db.session.execute(_prints_of(batch))
    batch.processed_at = None
    db.session.commit()


def _printed(
    owner_id: int, batch: ExportBatch, preset: Preset, addresses: Addresses
) -> Iterator[tuple[int, str, str]]:
    """Copy id, text and address of every sticker of a file."""
    ids = list(ids_of(int.from_bytes(batch.copies, "little")))
    walk = select(Copy.id).where(own_copies(owner_id, ids)).order_by(*ORDERS["artist"])
    ids = list(db.session.scalars(walk))
    edits = exports.edits_of(owner_id, ids)
    rows = make_rows(facts_of(owner_id, ids, addresses), preset, edits, addresses.discogs)
    for copy_id, row in zip(ids, rows, strict=True):
        yield copy_id, row[TEXT], row[CONTENT]


def _get(owner_id: int, batch_id: int) -> ExportBatch:
    mine = select(ExportBatch).where(ExportBatch.id == batch_id, ExportBatch.owner_id == owner_id)
    batch = db.session.scalar(mine)
    if batch is None:
        raise NotFoundError("There is no such file.")
    return batch


def _prints_of(batch: ExportBatch) -> Delete:
    return delete(StickerPrint).where(StickerPrint.batch_id == batch.id)
