"""What a person writes by hand into rows of the file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import delete, select

from app.domain.qr_checks import edit_problems
from app.domain.qr_rows import CONTENT, FILE_NAME, TEXT, Preset, Row, RowEdit
from app.domain.sticker_text import one_newline
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import Copy, StickerEdit
from app.queries import exports
from app.queries.exports import SheetRow
from app.queries.many_ids import among, own_copies
from app.queries.sticker_facts import Addresses
from app.services import catalogue_lock


def seen_mark(rows: Iterable[SheetRow]) -> str:
    """A mark of what a person sees in these rows, to notice when it has changed meanwhile."""
    digest = hashlib.blake2b(digest_size=12)
    for one in rows:
        cells = (str(one.copy_id), *_own_cells(one.row), *_own_cells(one.made))
        digest.update("\0".join(cells).encode(errors="replace") + b"\1")
    return digest.hexdigest()


def save_typed(
    owner_id: int,
    preset: Preset,
    addresses: Addresses,
    typed: Mapping[int, RowEdit | None],
    seen: str,
) -> int:
    """Keep what was typed into a page of rows; returns how many rows are now written by hand.

    A cell that says what the preset makes of it is no edit; a row that is None goes back to what
    the preset makes. Raises ConflictError when the rows are no longer those that `seen` marks, and
    InvalidInputError with problems by `<field>-<copy id>`.
    """
    catalogue_lock.hold(owner_id)
    rows = exports.sheet_rows(owner_id, preset, addresses, list(typed))
    if seen_mark(rows) != seen:
        raise ConflictError(
            "These rows have changed since you opened them: the template, the picks or the records."
            " What you typed is kept below; look at it again before you save."
        )
    edits = {one.copy_id: _edit(typed[one.copy_id], one.made) for one in rows}
    save_edits(owner_id, edits)
    return sum(edit != RowEdit() for edit in edits.values())


def save_edits(owner_id: int, edits: Mapping[int, RowEdit]) -> None:
    """Replace what is written by hand for these copies; an empty edit takes it away.

    Copies of other people are passed over. Raises InvalidInputError, problems by
    `<field>-<copy id>`.
    """
    problems = {
        f"{field}-{copy_id}": sentences
        for copy_id, edit in edits.items()
        for field, sentences in edit_problems(edit).items()
    }
    if problems:
        raise InvalidInputError("Nothing was saved yet: see the fields marked below.", problems)
    catalogue_lock.hold(owner_id)
    _forget(owner_id, edits)
    mine = select(Copy.id).where(own_copies(owner_id, edits))
    for copy_id in db.session.scalars(mine).all():
        edit = edits[copy_id]
        if edit != RowEdit():
            db.session.add(
                StickerEdit(
                    owner_id=owner_id,
                    copy_id=copy_id,
                    bottom_text=edit.bottom_text,
                    content=edit.content,
                    file_name=edit.file_name,
                )
            )
    db.session.commit()


def forget_edits(owner_id: int, copy_ids: Sequence[int]) -> None:
    """Let the preset write these copies' stickers again."""
    _forget(owner_id, copy_ids)
    db.session.commit()


def _forget(owner_id: int, copy_ids: Iterable[int]) -> None:
    db.session.execute(
        delete(StickerEdit)
        .where(StickerEdit.owner_id == owner_id, among(StickerEdit.copy_id, copy_ids))
        .execution_options(synchronize_session=False)
    )


def _edit(typed: RowEdit | None, made: Row) -> RowEdit:
    if typed is None:
        return RowEdit()
    text, content, name = _own_cells(made)
    return RowEdit(
        bottom_text=_unlike(one_newline(typed.bottom_text or ""), text),
        content=_unlike((typed.content or "").strip(), content),
        file_name=_unlike((typed.file_name or "").strip(), name),
    )


def _unlike(typed: str, made: str) -> str | None:
    return None if typed == made else typed


def _own_cells(row: Row) -> tuple[str, str, str]:
    """The three cells a person may write."""
    return row[TEXT], row[CONTENT], row[FILE_NAME]
