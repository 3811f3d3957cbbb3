"""The file itself: downloading it, and saying that its stickers are printed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.domain.qr_csv import download_name
from app.errors import NotFoundError
from app.queries.picks import picked_count
from app.services import export_csv
from app.services.export_csv import NOTHING_PICKED, NothingPickedError
from app.web.auth import owner_id
from app.web.errors import status_of
from app.web.export.frame import addresses
from app.web.which_copies import ids_in


def register(bp: Blueprint) -> None:
    """Add these addresses to the sticker pages."""
    bp.get("/export/csv")(read)
    bp.post("/export/csv")(download)
    bp.post("/export/processed")(processed)
    bp.register_error_handler(NothingPickedError, _nothing_picked)


def read() -> ResponseReturnValue:
    """The file of what is picked now; asking for it leaves no trace."""
    if not picked_count(owner_id()):
        raise NothingPickedError(NOTHING_PICKED)
    return _attachment(download_name(_now()), export_csv.csv_of_picks(owner_id(), addresses()))


def download() -> ResponseReturnValue:
    """The same, noted among the files made, so that its stickers can be marked as printed."""
    made = export_csv.download(owner_id(), addresses(), _now())
    codes = "1 code" if made.rows == 1 else f"{made.rows:,} codes"
    flash(
        f"{made.file_name} with {codes} is on its way. Mark them here once they are printed.",
        "good",
    )
    return _attachment(made.file_name, made.pieces)


def _nothing_picked(error: NothingPickedError) -> ResponseReturnValue:
    """The way to the collection instead of an empty file."""
    return render_template("export/nothing.html", error=error), status_of(error)


def _now() -> datetime:
    """The time on the clock of the machine Gatefold runs on."""
    return datetime.now().astimezone()


def _attachment(name: str, pieces: Iterator[bytes]) -> Response:
    response = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def processed() -> ResponseReturnValue:
    """Mark the stickers of a file as printed; with undo=1 take that back."""
    batch = ids_in([request.form.get("batch", "")])
    if not batch:
        raise NotFoundError("There is no such file.")
    if "undo" in request.form:
        export_csv.unmark_processed(owner_id(), batch[0])
        flash("Taken back: they count as not printed.", "good")
    else:
        count = export_csv.mark_processed(owner_id(), batch[0])
        flash(
            "1 record has a sticker now."
            if count == 1
            else f"{count:,} records have a sticker now.",
            "good",
        )
    return redirect(url_for("export.index"), 303)
