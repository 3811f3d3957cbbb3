"""How stickers are written: the template, the columns and the file, as named presets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.preset_settings import STANDARD
from app.domain.qr_checks import preset_problems
from app.domain.qr_code import QrDrawing, draw_code
from app.domain.qr_rows import (
    COLUMNS,
    CONTENT,
    DEFAULTS,
    FILE_NAME,
    TEXT,
    Preset,
    make_rows,
    row_warnings,
)
from app.domain.sticker_text import FILE_PLACEHOLDERS, PLACEHOLDERS, StickerFacts
from app.errors import InvalidInputError
from app.queries import exports
from app.queries.picks import picked_count
from app.queries.sticker_facts import facts_of
from app.services import sticker_presets
from app.web.auth import owner_id
from app.web.errors import status_of
from app.web.export.forms import FIXED_COLUMNS, preset_in
from app.web.export.frame import addresses
from app.web.way_back import path_here
from app.web.which_copies import ids_in

# Shown while the shelf is empty: a record everybody knows.
NO_RECORDS = StickerFacts(
    copy_id=1,
    artist="Miles Davis",
    title="Kind Of Blue",
    year=1959,
    folder="Jazz",
    release_id=1,
    format_name="Vinyl",
    format_size='12"',
    format_descriptions="LP, Album, Mono",
    label="Columbia",
    catno="CL 1355",
    country="US",
    original_year=1959,
    media_condition="Very Good Plus (VG+)",
)
MOST_SAMPLES = 6
ICON = COLUMNS.index("IconPath")


class Sample(NamedTuple):
    """A sticker as it would come out; `icon` is the picture in the middle of its code."""

    text: str
    content: str
    file_name: str
    code: QrDrawing | None
    icon: str
    warnings: list[str]


def register(bp: Blueprint) -> None:
    """Add these addresses to the sticker pages."""
    bp.get("/export/presets")(presets)
    bp.post("/export/presets", endpoint="save_preset")(save)


def presets() -> str:
    """The editor, on the preset named in the address or the one in use."""
    name = request.args.get("preset")
    preset = exports.preset_named(owner_id(), name) if name else exports.current_preset(owner_id())
    if "fresh" in request.args:
        preset = Preset(preset.name)
    return _page(preset, preset.name, exports.sample_ids(owner_id()))


def save() -> ResponseReturnValue:
    """Save, try out, choose or delete a preset; on trouble what was typed stays."""
    form = request.form
    preset, was = preset_in(form), form.get("was", "")
    match form.get("action"):
        case "choose":
            sticker_presets.choose_preset(owner_id(), form.get("name", ""))
            return redirect(path_here(form.get("next", ""), url_for("export.presets")), 303)
        case "delete":
            return _delete(was)
        case "preview":
            return _page(preset, was, ids_in(form.getlist("sample")), preset_problems(preset))
    try:
        sticker_presets.save_preset(owner_id(), preset, was)
    except InvalidInputError as error:
        page = _page(preset, was, ids_in(form.getlist("sample")), error.problems)
        return page, status_of(error)
    flash(f"Saved. Stickers are written as in “{preset.name}” now.", "good")
    return redirect(url_for("export.presets", preset=preset.name), 303)


def _delete(name: str) -> ResponseReturnValue:
    sticker_presets.delete_preset(owner_id(), name)
    if name == STANDARD:
        flash("The standard preset is as it came.", "good")
    else:
        flash(f"“{name}” is deleted.", "good")
    return redirect(url_for("export.presets"), 303)


def _page(
    preset: Preset, was: str, sample_ids: list[int], problems: dict[str, list[str]] | None = None
) -> str:
    problems = problems or {}
    values: dict[str, Any] = {**DEFAULTS, **preset.columns}
    facts = list(facts_of(owner_id(), sample_ids[:MOST_SAMPLES], addresses()))
    return render_template(
        "export/presets.html",
        preset=preset,
        was=was,
        standard=STANDARD,
        presets=exports.presets(owner_id()),
        in_use=exports.current_preset(owner_id()).name,
        picked=picked_count(owner_id()),
        trying="preview" in request.form.getlist("action"),
        columns=[(name, values[name], DEFAULTS[name]) for name in FIXED_COLUMNS],
        columns_open=bool(preset.columns) or any(key.startswith("columns.") for key in problems),
        placeholders=(*PLACEHOLDERS, *FILE_PLACEHOLDERS),
        problems=problems,
        sample_ids=sample_ids[:MOST_SAMPLES],
        samples=_samples(preset, facts or [NO_RECORDS]),
        addresses=addresses(),
    )


def _samples(preset: Preset, facts: Iterable[StickerFacts]) -> list[Sample]:
    return [
        Sample(
            text=row[TEXT],
            content=row[CONTENT],
            file_name=row[FILE_NAME],
            code=draw_code(row[CONTENT]),
            icon=row[ICON],
            warnings=row_warnings(row),
        )
        for row in make_rows(facts, preset, {}, addresses().discogs)
    ]
