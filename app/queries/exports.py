"""What is picked for stickers, how they are written, and which files were made of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select

from app.domain.preset_settings import STANDARD, from_settings
from app.domain.qr_rows import Preset, Row, RowEdit, make_rows, row_warnings
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, ExportBatch, Release, Selection, StickerEdit, StickerPreset
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.many_ids import among
from app.queries.picks import picked_count
from app.queries.shelf_sorting import ORDERS
from app.queries.sticker_facts import Addresses, facts_of

BATCHES_SHOWN = 20
# So many ids are looked up; of more, what there is is read.
FEW = 1_000


@dataclass(frozen=True, slots=True)
class PickedPage:
    """Sleeves of picked copies: page `number` of `pages`, `total` in all."""

    rows: Sequence[ShelfRow]
    number: int
    pages: int
    total: int


class SheetRow(NamedTuple):
    """A row of the file. `made` is what it would be without the edits on this page."""

    copy_id: int
    title: str
    row: Row
    made: Row
    edit: RowEdit | None
    warnings: Sequence[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the rows of the file; `first` is the number of its first row, from 1."""

    rows: Sequence[SheetRow]
    number: int
    pages: int
    total: int
    first: int


class Batch(NamedTuple):
    """A file that was made. `marked_at`: when its stickers were said to be printed."""

    id: int
    at: datetime
    file_name: str
    preset: str
    rows: int
    marked_at: datetime | None


# --- picks ---------------------------------------------------------------------------------------


def _picked(owner_id: int, *columns: Any) -> Select[Any]:
    """Columns of the copies on the shelf that are picked."""
    return (
        select(*columns)
        .select_from(Selection)
        .join(Copy, Copy.id == Selection.copy_id)
        .where(Selection.owner_id == owner_id, Copy.removed_at.is_(None))
    )


def picked_ids(owner_id: int) -> Iterator[int]:
    """Every picked copy in the order of the shelf by artist, which is that of the file."""
    walk = _picked(owner_id, Copy.id).order_by(*ORDERS["artist"])
    return iter(db.session.scalars(walk.execution_options(yield_per=2_000)))


def picked_page(owner_id: int, number: int, per_page: int = 60) -> PickedPage:
    """A page of the picks as sleeves; one beyond the last gives the last."""
    total = picked_count(owner_id)
    pages, number = _within(total, number, per_page)
    ids = _ids_of_page(owner_id, number, per_page)
    return PickedPage(shelf_rows(owner_id, ids), number, pages, total)


def _within(total: int, number: int, per_page: int) -> tuple[int, int]:
    """How many pages there are, and the one to show."""
    pages = max(1, -(-total // per_page))
    return pages, min(number, pages)


def _ids_of_page(owner_id: int, number: int, per_page: int) -> list[int]:
    walk = _picked(owner_id, Copy.id).order_by(*ORDERS["artist"])
    return list(db.session.scalars(walk.offset((number - 1) * per_page).limit(per_page)))


# --- rows of the file ----------------------------------------------------------------------------


def sheet(owner_id: int, preset: Preset, addresses: Addresses, number: int, per_page: int) -> Sheet:
    """A page of the file to be; one beyond the last gives the last."""
    total = picked_count(owner_id)
    pages, number = _within(total, number, per_page)
    ids = _ids_of_page(owner_id, number, per_page)
    first = (number - 1) * per_page + 1
    return Sheet(sheet_rows(owner_id, preset, addresses, ids), number, pages, total, first)


def sheet_rows(
    owner_id: int, preset: Preset, addresses: Addresses, copy_ids: Sequence[int]
) -> list[SheetRow]:
    """Rows of these copies exactly as the whole file has them; what is not picked is left out.

    A file name depends on the other copies of the same release and on edited names, so those are
    looked at too.
    """
    wanted = set(copy_ids)
    facts = list(facts_of(owner_id, _with_siblings(owner_id, copy_ids), addresses))
    edits = edits_of_picks(owner_id)
    others = {copy_id: edit for copy_id, edit in edits.items() if copy_id not in wanted}
    shown = make_rows(facts, preset, edits, addresses.discogs)
    made = make_rows(facts, preset, others, addresses.discogs)
    return [
        SheetRow(
            copy.copy_id,
            copy.title,
            row,
            plain,
            edits.get(copy.copy_id),
            row_warnings(row, edits.get(copy.copy_id)),
        )
        for copy, row, plain in zip(facts, shown, made, strict=True)
        if copy.copy_id in wanted
    ]


def _with_siblings(owner_id: int, copy_ids: Sequence[int]) -> list[int]:
    releases = select(Copy.release_id).where(among(Copy.id, copy_ids))
    found = _picked(owner_id, Copy.id).where(Copy.release_id.in_(releases))
    return list(db.session.scalars(found.order_by(*ORDERS["artist"])))


def edits_of_picks(owner_id: int) -> dict[int, RowEdit]:
    """What a person wrote by hand for picked copies."""
    return _edits(
        select(StickerEdit)
        .join(Selection, Selection.copy_id == StickerEdit.copy_id)
        .where(StickerEdit.owner_id == owner_id, Selection.owner_id == owner_id)
    )


def edits_of(owner_id: int, copy_ids: Collection[int]) -> dict[int, RowEdit]:
    """What a person wrote by hand for these copies."""
    mine = select(StickerEdit).where(StickerEdit.owner_id == owner_id)
    if len(copy_ids) <= FEW:
        return _edits(mine.where(among(StickerEdit.copy_id, copy_ids)))
    # Few of many copies have any: to read them all is quicker than to send all the ids.
    wanted = set(copy_ids)
    return {copy_id: edit for copy_id, edit in _edits(mine).items() if copy_id in wanted}


def _edits(found: Select[StickerEdit]) -> dict[int, RowEdit]:
    return {
        edit.copy_id: RowEdit(edit.bottom_text, edit.content, edit.file_name)
        for edit in db.session.scalars(found)
    }


# --- samples for the template editor -------------------------------------------------------------


def sample_ids(owner_id: int) -> list[int]:
    """A few copies to try a template on: the first ones, the longest, one without a year.

    From the picks, or from the whole shelf while nothing is picked.
    """
    picked = picked_count(owner_id) > 0
    copies = _picked(owner_id, Copy.id) if picked else _shelf(owner_id)
    told = copies.join(Release, Release.id == Copy.release_id)
    length = func.length(Release.artist_text) + func.length(Release.title)
    found = [
        *db.session.scalars(copies.order_by(*ORDERS["artist"]).limit(2)),
        *db.session.scalars(told.order_by(length.desc(), Copy.id).limit(1)),
        *db.session.scalars(told.where(Release.year.is_(None)).order_by(Copy.id).limit(1)),
    ]
    return list(dict.fromkeys(found))


def _shelf(owner_id: int) -> Select[Any]:
    return select(Copy.id).where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))


# --- presets and files ---------------------------------------------------------------------------


def presets(owner_id: int) -> list[Preset]:
    """A person's presets by name. The standard one is there even if nobody has touched it."""
    found = {preset.name: preset for preset in map(_preset, _stored(owner_id))}
    found.setdefault(STANDARD, Preset(STANDARD))
    return sorted(found.values(), key=lambda preset: (preset.name != STANDARD, preset.name))


def current_preset(owner_id: int) -> Preset:
    """The preset that was chosen last."""
    newest = _stored(owner_id, StickerPreset.used_at.desc(), StickerPreset.id.desc())
    return _preset(newest[0]) if newest else Preset(STANDARD)


def preset_named(owner_id: int, name: str) -> Preset:
    """The preset of that name. Raises NotFoundError."""
    for preset in presets(owner_id):
        if preset.name == name:
            return preset
    raise NotFoundError("There is no preset of that name.")


def _stored(owner_id: int, *order: Any) -> Sequence[StickerPreset]:
    mine = select(StickerPreset).where(StickerPreset.owner_id == owner_id)
    return db.session.scalars(mine.order_by(*order)).all()


def _preset(stored: StickerPreset) -> Preset:
    return from_settings(stored.name, stored.settings)


def recent_batches(owner_id: int) -> list[Batch]:
    """The files made last, newest first."""
    columns = (
        ExportBatch.id,
        ExportBatch.at,
        ExportBatch.file_name,
        ExportBatch.preset,
        ExportBatch.rows,
        ExportBatch.processed_at,
    )
    found = select(*columns).where(ExportBatch.owner_id == owner_id)
    rows = db.session.execute(found.order_by(ExportBatch.id.desc()).limit(BATCHES_SHOWN))
    return [Batch(*row) for row in rows]


def release_of_copy(owner_id: int, copy_id: int) -> int:
    """Our id of the release a copy is of. Raises NotFoundError."""
    found = select(Copy.release_id).where(Copy.id == copy_id, Copy.owner_id == owner_id)
    release_id = db.session.scalar(found)
    if release_id is None:
        raise NotFoundError("No record on this shelf has that code.")
    return release_id
