"""The rows of the file: all columns to look at, three of them to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.qr_rows import COLUMNS, DEFAULTS, TEXT, Preset, RowEdit
from app.errors import ConflictError, GatefoldError, InvalidInputError
from app.queries import browse, exports
from app.queries.exports import Sheet
from app.services import sticker_edits
from app.web.auth import owner_id
from app.web.errors import status_of
from app.web.export.forms import FIXED_COLUMNS, OWN_COLUMNS, page_number, row_fields, typed_rows
from app.web.export.frame import addresses

PREVIEWED, EDITED = 100, 50


def register(bp: Blueprint) -> None:
    """Add these addresses to the sticker pages."""
    bp.get("/export/preview")(preview)
    bp.get("/export/edit")(edit)
    bp.post("/export/edit", endpoint="save_edits")(save)


def preview() -> str:
    """A hundred rows, all thirty columns or only those that differ from row to row.

    What differs comes first, then what the template sets, then what is as always.
    """
    preset = exports.current_preset(owner_id())
    page = page_number(request.args)
    own = request.args.get("columns") == "own"
    sheet = exports.sheet(owner_id(), preset, addresses(), page, PREVIEWED)
    return render_template(
        "export/preview.html",
        sheet=sheet,
        preset=preset,
        presets=exports.presets(owner_id()),
        columns=[(COLUMNS.index(name), name) for name in _shown_columns(preset, own=own)],
        own=own,
        text_column=TEXT,
        link=partial(url_for, "export.preview", columns="own" if own else None),
    )


def _shown_columns(preset: Preset, *, own: bool) -> list[str]:
    if own:
        return list(OWN_COLUMNS)
    set_here = [name for name in FIXED_COLUMNS if name in preset.columns]
    return [*OWN_COLUMNS, *set_here, *(name for name in FIXED_COLUMNS if name not in set_here)]


def edit() -> str:
    """Fifty rows with the three columns a person may write by hand."""
    preset = exports.current_preset(owner_id())
    sheet = exports.sheet(owner_id(), preset, addresses(), page_number(request.args), EDITED)
    return _page(sheet, preset)


def save() -> ResponseReturnValue:
    """Keep a page of rows; on trouble everything typed comes back as it was."""
    typed = typed_rows(request.form)
    page = page_number(request.form)
    try:
        edited = sticker_edits.save_typed(
            owner_id(),
            exports.current_preset(owner_id()),
            addresses(),
            typed,
            request.form.get("seen", ""),
        )
    except (InvalidInputError, ConflictError) as error:
        return _trouble(error, typed, page)
    flash(_saved(edited), "good")
    return redirect(url_for("export.edit", page=page if page > 1 else None), 303)


def _saved(edited: int) -> str:
    if not edited:
        return "Saved. Every row on this page follows the template."
    return (
        f"Saved. On this page {edited} {'row is' if edited == 1 else 'rows are'} written by hand."
    )


def _trouble(
    error: GatefoldError, typed: Mapping[int, RowEdit | None], page: int
) -> ResponseReturnValue:
    preset = exports.current_preset(owner_id())
    sheet = exports.sheet(owner_id(), preset, addresses(), page, EDITED)
    # The same rows again, even if picks have moved them to another page.
    rows = exports.sheet_rows(owner_id(), preset, addresses(), list(typed))
    sheet = replace(sheet, rows=rows or sheet.rows)
    problems = error.problems if isinstance(error, InvalidInputError) else {}
    return _page(sheet, preset, typed, problems, str(error)), status_of(error)


def _page(
    sheet: Sheet,
    preset: Preset,
    typed: Mapping[int, RowEdit | None] | None = None,
    problems: Mapping[str, list[str]] | None = None,
    error: str = "",
) -> str:
    values: dict[str, Any] = {**DEFAULTS, **preset.columns}
    covers = browse.shelf_rows(owner_id(), [one.copy_id for one in sheet.rows])
    return render_template(
        "export/edit.html",
        sheet=sheet,
        preset=preset,
        rows=[row_fields(one, typed, problems) for one in sheet.rows],
        covers={cover.copy_id: cover for cover in covers},
        fixed=[(name, values[name]) for name in FIXED_COLUMNS],
        seen=sticker_edits.seen_mark(sheet.rows),
        error=error,
        link=partial(url_for, "export.edit"),
    )
