"""The CSV file for QR Factory 3, and what became of it.

A download notes what it says of which copy before its first byte is sent; nothing is marked as
printed until a person says so, and then it is what the file said, whatever the records say now.
"""

from __future__ import annotations

import zlib
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Delete, delete, select

from app.domain.filters import BrowseFilter
from app.domain.packed_stickers import Sticker, StickerPacker, unpacked
from app.domain.preset_settings import to_settings
from app.domain.qr_csv import download_name, write_csv
from app.domain.qr_rows import CONTENT, TEXT, Preset, Row, make_rows
from app.domain.sticker_text import StickerFacts
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db, reading
from app.models import Copy, ExportBatch, StickerPrint
from app.models.base import utcnow
from app.queries import browse, exports
from app.queries.many_ids import own_copies
from app.queries.sticker_facts import Addresses, facts_of
from app.services import catalogue_lock
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
    db.session.rollback()  # others may write while this is written
    stickers = StickerPacker()
    with reading():
        preset = exports.current_preset(owner_id)
        squeezed = _squeezed(_csv(owner_id, addresses, preset, stickers))
        db.session.rollback()
    if not stickers.count:
        raise NothingPickedError(NOTHING_PICKED)
    batch = ExportBatch(
        owner_id=owner_id,
        file_name=download_name(now),
        preset=preset.name,
        settings=to_settings(preset),
        stickers=stickers.packed(),
        rows=stickers.count,
    )
    db.session.add(batch)
    db.session.commit()
    return Download(download_name(now), stickers.count, _loosened(squeezed))


def _squeezed(pieces: Iterable[bytes]) -> list[bytes]:
    """A file on its way, in a twentieth of its room: rows are much alike."""
    squeezer = zlib.compressobj(level=1)
    squeezed = [small for piece in pieces if (small := squeezer.compress(piece))]
    return [*squeezed, squeezer.flush()]


def _loosened(squeezed: Iterable[bytes]) -> Iterator[bytes]:
    loosener = zlib.decompressobj()
    for piece in squeezed:
        yield loosener.decompress(piece)
    yield loosener.flush()


def csv_of_picks(owner_id: int, addresses: Addresses) -> Iterator[bytes]:
    """The bytes of the file of everything picked, written as the current preset says."""
    with reading():
        yield from _csv(owner_id, addresses, exports.current_preset(owner_id), StickerPacker())


def _csv(
    owner_id: int, addresses: Addresses, preset: Preset, stickers: StickerPacker
) -> Iterator[bytes]:
    """The file of everything picked; what it says of each copy is put into `stickers`."""
    passed: deque[int] = deque()

    def passing() -> Iterator[StickerFacts]:
        for facts in facts_of(owner_id, exports.picked_ids(owner_id), addresses):
            passed.append(facts.copy_id)
            yield facts

    def noted() -> Iterator[Row]:
        edits = exports.edits_of_picks(owner_id)
        for row in make_rows(passing(), preset, edits, addresses.discogs):
            stickers.add(Sticker(passed.popleft(), row[TEXT], row[CONTENT]))
            yield row

    return write_csv(noted(), preset.dialect)


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


def mark_processed(owner_id: int, batch_id: int) -> int:
    """Note that the stickers of a file are printed, each with its text and address; how many.

    Marking again notes them anew. Raises NotFoundError.
    """
    catalogue_lock.hold(owner_id)
    batch = _get(owner_id, batch_id)
    db.session.execute(_prints_of(batch))
    batch.processed_at = now = utcnow()
    count = 0
    for chunk in in_chunks(unpacked(batch.stickers)):
        ids = [sticker.copy_id for sticker in chunk]
        here = set(db.session.scalars(select(Copy.id).where(own_copies(owner_id, ids))))
        prints = [
            (owner_id, copy_id, batch_id, text, url, LAYOUT, stamp(now))
            for copy_id, text, url in chunk
            if copy_id in here
        ]
        insert_rows(StickerPrint, PRINT_COLUMNS, prints)
        count += len(prints)
    db.session.commit()
    return count


def unmark_processed(owner_id: int, batch_id: int) -> None:
    """Take that back. Raises NotFoundError."""
    batch = _get(owner_id, batch_id)
    db.session.execute(_prints_of(batch))
    batch.processed_at = None
    db.session.commit()


def _get(owner_id: int, batch_id: int) -> ExportBatch:
    mine = select(ExportBatch).where(ExportBatch.id == batch_id, ExportBatch.owner_id == owner_id)
    batch = db.session.scalar(mine)
    if batch is None:
        raise NotFoundError("There is no such file.")
    return batch


def _prints_of(batch: ExportBatch) -> Delete:
    return delete(StickerPrint).where(StickerPrint.batch_id == batch.id)
