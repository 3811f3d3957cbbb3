"""The lines of a dump about stickers, back into the database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import delete, insert

from app.domain.packed_stickers import Sticker, StickerPacker
from app.domain.preset_settings import from_settings, to_settings
from app.domain.qr_checks import edit_problems, preset_problems
from app.domain.qr_rows import RowEdit
from app.extensions import db
from app.models import ExportBatch, Selection, StickerEdit, StickerPreset, StickerPrint
from app.services.bulk import in_chunks, insert_rows, stamp
from app.services.dump_file import DumpFile, Line, moment_in

Copies = Mapping[int | str | None, int]
PRINT_COLUMNS = ("owner_id", "copy_id", "batch_id", "text", "url", "layout", "at")


def copy_key(line: Line) -> int | str | None:
    """How a copy is called within the dump; None for one that nothing else speaks of."""
    listed: int | None = line.get("instance_id")
    return line.get("own_copy") if listed is None else listed


def store_stickers(owner_id: int, lines: DumpFile, copies: Copies) -> None:
    """Presets, what was written by hand, what was printed, what is picked. Does not commit.

    `copies` has our ids by `copy_key`. Raises ValueError and its like where a line makes no sense.
    """
    _store_presets(owner_id, lines.of("preset"))
    edits = (
        {
            "owner_id": owner_id,
            "copy_id": copies[copy_key(line)],
            "bottom_text": line["bottom_text"],
            "content": line["content"],
            "file_name": line["file_name"],
        }
        for line in map(_checked_edit, lines.of("sticker_edit"))
    )
    _insert(StickerEdit, edits)
    picks = ({"owner_id": owner_id, "copy_id": copies[copy_key(line)]} for line in lines.of("pick"))
    _insert(Selection, picks)
    _store_prints(owner_id, lines, copies)


def _insert(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    for chunk in in_chunks(rows):
        db.session.execute(insert(model), chunk)


def _store_presets(owner_id: int, lines: Iterable[Line]) -> None:
    """Presets made on this shelf before stay, unless one of the dump has their name."""
    for line in lines:
        preset = from_settings(line["name"], line["settings"])
        if preset_problems(preset):
            raise ValueError("a preset no page would have taken")
        same = delete(StickerPreset).where(
            StickerPreset.owner_id == owner_id, StickerPreset.name == preset.name
        )
        db.session.execute(same)
        values = {"settings": to_settings(preset), "used_at": moment_in(line["used_at"])}
        db.session.add(StickerPreset(owner_id=owner_id, name=preset.name, **values))
    db.session.flush()


def _checked_edit(line: Line) -> Line:
    if edit_problems(RowEdit(line["bottom_text"], line["content"], line["file_name"])):
        raise ValueError("an edit no page would have taken")
    return line


def _store_prints(owner_id: int, lines: DumpFile, copies: Copies) -> None:
    packers: dict[str, StickerPacker] = {
        line["export"]: StickerPacker() for line in lines.of("export")
    }
    for line in lines.of("sticker"):
        sticker = Sticker(copies[copy_key(line)], line["text"], line["url"])
        packers[line["export"]].add(sticker)
    _forget_twins(owner_id, lines.of("export"))
    batch_ids = {
        line["export"]: _batch_id(owner_id, line, packers[line["export"]])
        for line in lines.of("export")
    }
    prints = (
        (
            owner_id,
            copies[copy_key(line)],
            batch_ids[line["export"]],
            line["text"],
            line["url"],
            line["layout"],
            stamp(moment_in(line["at"])),
        )
        for line in lines.of("sticker")
    )
    for chunk in in_chunks(prints):
        insert_rows(StickerPrint, PRINT_COLUMNS, chunk)


def _forget_twins(owner_id: int, lines: Iterable[Line]) -> None:
    """What is left of an emptied shelf gives way; its stickers went with their copies."""
    for line in lines:
        same = {"at": moment_in(line["at"]), "file_name": line["file_name"]}
        db.session.execute(delete(ExportBatch).filter_by(owner_id=owner_id, **same))


def _batch_id(owner_id: int, line: Line, stickers: StickerPacker) -> int:
    batch = ExportBatch(
        owner_id=owner_id,
        at=moment_in(line["at"]),
        file_name=line["file_name"],
        preset=line["preset"],
        settings=line["settings"],
        stickers=stickers.packed(),
        rows=line["rows"],
        processed_at=moment_in(line["processed_at"]),
    )
    db.session.add(batch)
    db.session.flush()
    return batch.id
