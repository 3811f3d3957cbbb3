"""What the sticker pages accept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.domain.qr_rows import (
    COLUMNS,
    CONTENT,
    DEFAULTS,
    FILE_NAME,
    TEXT,
    Dialect,
    Preset,
    Row,
    RowEdit,
)
from app.domain.sticker_text import one_newline
from app.queries.exports import SheetRow
from app.web.which_copies import ids_in

OWN_COLUMNS = ("BottomText", "Content", "FileName")
FIXED_COLUMNS = tuple(name for name in COLUMNS if name not in OWN_COLUMNS)
_NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)
Form = MultiDict[str, str]


def page_number(args: Form) -> int:
    """The page asked for; 1 unless `page` is a number."""
    text = args.get("page", "")
    return int(text) if _NUMBER.fullmatch(text) else 1


def preset_in(form: Form) -> Preset:
    """The preset as typed, checked by nobody yet."""
    columns = {name: form.get(f"columns.{name}", DEFAULTS[name]) for name in FIXED_COLUMNS}
    # Choices come as text; preset_problems says which are none.
    target: Any = form.get("content_target", "discogs")
    quoting: Any = form.get("quoting", "doubled")
    newline: Any = form.get("newline", "LF")
    return Preset(
        name=form.get("name", "").strip(),
        text_template=one_newline(form.get("text_template", "")),
        columns={name: value for name, value in columns.items() if value != DEFAULTS[name]},
        unknown_year=form.get("unknown_year", ""),
        content_target=target,
        dialect=Dialect(quoting, newline, "bom" in form),
    )


def typed_rows(form: Form) -> dict[int, RowEdit | None]:
    """What was typed, by copy id; None for a row that goes back to its template."""
    reset = set(ids_in(form.getlist("reset")))
    return {
        copy_id: None if copy_id in reset else _typed(form, copy_id)
        for copy_id in ids_in(form.getlist("copy"))
    }


def _typed(form: Form, copy_id: int) -> RowEdit:
    fields = ("bottom_text", "content", "file_name")
    return RowEdit(**{name: form.get(f"{name}-{copy_id}", "") for name in fields})


@dataclass(frozen=True, slots=True)
class RowFields:
    """One row as fields: their texts, and what is wrong with them by field."""

    copy_id: int
    bottom_text: str
    content: str
    file_name: str
    is_edited: bool
    warnings: tuple[str, ...]
    problems: Mapping[str, list[str]]


def row_fields(
    one: SheetRow,
    typed: Mapping[int, RowEdit | None] | None = None,
    problems: Mapping[str, list[str]] | None = None,
) -> RowFields:
    """The fields of a row: as `typed`, or else as the file has them."""
    shown = _cells(one.row)
    if typed and one.copy_id in typed:
        shown = typed[one.copy_id] or _cells(one.made)
    fields = ("bottom_text", "content", "file_name")
    return RowFields(
        copy_id=one.copy_id,
        bottom_text=shown.bottom_text or "",
        content=shown.content or "",
        file_name=shown.file_name or "",
        is_edited=one.edit is not None,
        warnings=tuple(one.warnings),
        problems={name: (problems or {}).get(f"{name}-{one.copy_id}", []) for name in fields},
    )


def _cells(row: Row) -> RowEdit:
    return RowEdit(row[TEXT], row[CONTENT], row[FILE_NAME])
