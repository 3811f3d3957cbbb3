"""A CSV export: upload, look inside, import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.domain.discogs_csv import DISCOGS_COLUMNS, ENCODING_LABELS, ExportFile
from app.domain.discogs_csv.decoding import repaired
from app.domain.filters import BrowseFilter
from app.errors import InvalidInputError
from app.extensions import db
from app.services import import_csv, uploads
from app.services.csv_report import CsvReport
from app.web.auth import owner_id
from app.web.errors import status_of
from app.web.imports.page import or_the_page_again, workplace

# Room for the file and the form around it.
MOST_BYTES = uploads.MOST_BYTES + 100_000
UPLOAD = "imports.upload"


def register(bp: Blueprint) -> None:
    """Add these addresses to the import area's."""
    bp.url_value_preprocessor(_allow_a_large_body)
    bp.post("/import/csv")(upload)
    bp.get("/import/csv")(after_refused_file)
    bp.get("/import/csv/<token>")(preview)
    bp.post("/import/csv/<token>")(run_import)
    bp.post("/import/csv/<token>/cancel")(forget)


def _allow_a_large_body(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body (the CSRF check does), and for this one address only."""
    if endpoint == UPLOAD:
        request.max_content_length = MOST_BYTES


def upload() -> ResponseReturnValue:
    """Keep the file if it can be read at all, and show what is in it."""

    def keep() -> ResponseReturnValue:
        file = request.files.get("file")
        if file is None or not file.filename:
            raise InvalidInputError(
                "Choose a file first.", {"file": ["Choose the CSV file Discogs sent you."]}
            )
        token = uploads.keep(_instance(), file.stream)
        try:
            with uploads.opened(_instance(), token) as kept:
                ExportFile(kept)
        except InvalidInputError as error:
            uploads.discard(_instance(), token)
            error.problems = {"file": [str(error)]}
            raise
        return redirect(url_for("imports.preview", token=token))

    return or_the_page_again(keep, "file")


@dataclass(frozen=True, slots=True)
class Reading:
    """How the file is to be read: "" leaves the encoding to us."""

    encoding: str
    repair: bool

    @classmethod
    def asked_for(cls, values: MultiDict[str, str]) -> Reading:
        """As the form says; what we do not know falls back to our own guess."""
        encoding = values.get("encoding", "")
        known = encoding if encoding in ENCODING_LABELS else ""
        return cls(known, values.get("repair") == "1")


def after_refused_file() -> ResponseReturnValue:
    """The address a refused file went to, loaded again: the page, and nothing is sent anew."""
    return redirect("/import")


def preview(token: str) -> ResponseReturnValue:
    """What is in the file, and what importing it would do."""
    return _preview(token, Reading.asked_for(request.args))


def _preview(
    token: str, reading: Reading, refused: InvalidInputError | None = None
) -> tuple[str, int]:
    """The page; with what was wrong when the file cannot be read in this way."""
    export: ExportFile | None = None
    report: CsvReport | None = None
    problem = refused
    with uploads.opened(_instance(), token) as kept:
        try:
            export = _open(kept, reading)
            report = import_csv.preview(owner_id(), export)
        except InvalidInputError as error:
            problem = error
    page = render_template(
        "imports/preview.html",
        token=token,
        reading=reading,
        encodings=ENCODING_LABELS,
        columns=_columns(export) if export else {},
        accents=_accents(export, reading) if export else (),
        export=export,
        report=report,
        problem=problem,
    )
    return page, status_of(problem) if problem else 200


def _accents(export: ExportFile, reading: Reading) -> list[str]:
    """Words to judge by, as they would be stored."""
    words = export.decoding.accents
    mends = reading.repair and export.decoding.repairable
    return [repaired(word) if mends else word for word in words]


def _columns(export: ExportFile) -> dict[str, list[Any]]:
    """Discogs' columns as this file has them: under their own name, under another, or not."""
    header, positions = export.columns.header, export.columns.positions
    return {
        "as_usual": [name for name, at in positions.items() if header[at] == name],
        "renamed": [(name, header[at]) for name, at in positions.items() if header[at] != name],
        "missing": [name for name in DISCOGS_COLUMNS if name not in positions],
    }


def _open(kept: IO[bytes], reading: Reading) -> ExportFile:
    return ExportFile(kept, encoding=reading.encoding or None, repair=reading.repair)


def run_import(token: str) -> ResponseReturnValue:
    """Import the file, all of it or nothing."""
    reading = Reading.asked_for(request.form)
    leave_out = request.form.get("leave_out") == "1"
    try:
        with uploads.opened(_instance(), token) as kept:
            report = import_csv.import_export(
                owner_id(), _open(kept, reading), leave_out_unreadable=leave_out
            )
    except InvalidInputError as error:
        db.session.rollback()
        return _preview(token, reading, error)
    uploads.discard(_instance(), token)
    flash(_told(report), "fetch")
    arrived = report.arrivals.address if report.arrivals else ""
    return redirect(BrowseFilter(arrived=arrived, sort="added", descending=True).url())


def _told(report: CsvReport) -> str:
    parts = [
        f"{count:,} {words}"
        for count, words in (
            (report.new, "new"),
            (report.updated, "changed"),
            (report.unchanged, "as they were"),
            (report.put_away, "left away as you put them away"),
            (report.unreadable, "left out, unreadable"),
        )
        if count
    ]
    return f"Imported: {', '.join(parts)}."


def forget(token: str) -> ResponseReturnValue:
    """Forget the uploaded file."""
    uploads.discard(_instance(), token)
    flash("Nothing was imported, and the file is gone from here.", "info")
    return redirect("/import")


def _instance() -> Path:
    return workplace().settings.instance_path
