"""The lines of a dump about stickers: how they are written, by hand and by preset, and printed.

A file that was downloaded but never marked as printed is not kept: it can be made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select, union

from app.extensions import db
from app.models import ExportBatch, Selection, StickerEdit, StickerPreset, StickerPrint
from app.queries.dump_lines import Key, Line, Names, moment_of

AT_ONCE = 5_000


def copies_meant(owner_id: int) -> set[int]:
    """The copies the lines about stickers speak of."""
    tables = (StickerEdit, StickerPrint, Selection)
    ids = [select(table.copy_id).where(table.owner_id == owner_id) for table in tables]
    return set(db.session.scalars(union(*ids)))


def sticker_lines(owner_id: int, copies: Mapping[int, Key]) -> Iterator[Line]:
    """All lines about stickers; `copies` says how each copy is called in the dump."""
    yield from _presets(owner_id)
    yield from _written_by_hand(owner_id, copies)
    yield from _printed(owner_id, copies)
    for copy_id in db.session.scalars(select(Selection.copy_id).where(_mine(Selection, owner_id))):
        yield {"type": "pick", **copies[copy_id]}


def _mine(model: Any, owner_id: int) -> Any:
    return model.owner_id == owner_id


def _presets(owner_id: int) -> Iterator[Line]:
    for preset in db.session.scalars(select(StickerPreset).where(_mine(StickerPreset, owner_id))):
        yield {
            "type": "preset",
            "name": preset.name,
            "settings": preset.settings,
            "used_at": moment_of(preset.used_at),
        }


def _written_by_hand(owner_id: int, copies: Mapping[int, Key]) -> Iterator[Line]:
    columns = (
        StickerEdit.copy_id,
        StickerEdit.bottom_text,
        StickerEdit.content,
        StickerEdit.file_name,
    )
    for row in _rows(select(*columns).where(_mine(StickerEdit, owner_id))):
        yield {
            "type": "sticker_edit",
            **copies[row.copy_id],
            "bottom_text": row.bottom_text,
            "content": row.content,
            "file_name": row.file_name,
        }


def _printed(owner_id: int, copies: Mapping[int, Key]) -> Iterator[Line]:
    """The files marked as printed, and what stands on each sticker."""
    exports: dict[int, str] = {}
    names = Names()
    columns = (
        ExportBatch.id,
        ExportBatch.at,
        ExportBatch.file_name,
        ExportBatch.preset,
        ExportBatch.settings,
        ExportBatch.rows,
        ExportBatch.processed_at,
    )
    marked = select(*columns).where(
        _mine(ExportBatch, owner_id), ExportBatch.processed_at.is_not(None)
    )
    for batch in db.session.execute(marked.order_by(ExportBatch.id)):
        line = {
            "type": "export",
            "at": moment_of(batch.at),
            "file_name": batch.file_name,
            "preset": batch.preset,
            "settings": batch.settings,
            "rows": batch.rows,
            "processed_at": moment_of(batch.processed_at),
        }
        exports[batch.id] = names.name(line)
        yield {**line, "export": exports[batch.id]}
    stickers = (
        StickerPrint.copy_id,
        StickerPrint.batch_id,
        StickerPrint.text,
        StickerPrint.url,
        StickerPrint.layout,
        StickerPrint.at,
    )
    for row in _rows(select(*stickers).where(_mine(StickerPrint, owner_id))):
        yield {
            "type": "sticker",
            **copies[row.copy_id],
            "export": exports[row.batch_id],
            "text": row.text,
            "url": row.url,
            "layout": row.layout,
            "at": moment_of(row.at),
        }


def _rows(query: Any) -> Iterator[Any]:
    return iter(db.session.execute(query.execution_options(yield_per=AT_ONCE)))
