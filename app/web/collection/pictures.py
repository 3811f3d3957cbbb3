"""Cover pictures: showing them, and giving a record one of one's own."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.picture_files import MOST_BYTES, UnusablePictureError
from app.errors import GatefoldError, InvalidInputError, NotFoundError
from app.extensions import db
from app.queries.covers import colour_of
from app.services import image_room, own_cover
from app.services.image_store import ImageStore, NoRoomError
from app.services.workplace import Workplace
from app.web.auth import owner_id
from app.web.collection.release_page import release_page
from app.web.collection.sleeves import FOR_EVER, accent_sheet
from app.web.errors import status_of

UPLOAD = "collection.upload_cover"
FIELD = "picture"
# More than a picture may have: what is refused unread looks like a broken connection in a browser,
# and so up to here a file is read, and refused with a sentence.
MOST_FORM_BYTES = 70_000_000


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.url_value_preprocessor(_allow_a_large_body)
    bp.get("/images/<sha256>-<int:size>.webp")(cover_picture)
    bp.get("/images/<sha256>.css")(cover_accent)
    bp.post("/releases/<id:release_id>/cover")(upload_cover)
    bp.get("/releases/<id:release_id>/cover")(after_refusal)
    bp.post("/releases/<id:release_id>/cover/remove")(remove_cover)
    bp.post("/releases/<id:release_id>/cover/restore")(restore_cover)


def _allow_a_large_body(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body (the CSRF check does), and for this one address only."""
    if endpoint == UPLOAD:
        request.max_content_length = MOST_FORM_BYTES


def cover_picture(sha256: str, size: int) -> Response:
    """A cover at most `size` pixels wide or high, for those whose shelf shows it."""
    path = _store().use(sha256, size) if colour_of(owner_id(), sha256) else None
    try:
        data = path.read_bytes() if path else b""
    except FileNotFoundError:  # let go for room a moment ago
        data = b""
    if not data:
        raise NotFoundError("There is no such picture.")
    response = Response(data, mimetype="image/webp")
    response.headers["Cache-Control"] = FOR_EVER
    response.set_etag(f"{sha256}-{size}")
    response.make_conditional(request)
    return response


def cover_accent(sha256: str) -> Response:
    """A style sheet with the colour of a cover, as dark or light as the page needs."""
    colour = colour_of(owner_id(), sha256)
    if colour is None:
        raise NotFoundError("There is no such picture.")
    return accent_sheet(colour)


def upload_cover(release_id: int) -> ResponseReturnValue:
    """Show the file that came as the cover, or the page again with what is wrong with it."""
    try:
        own_cover.upload(_store(), owner_id(), release_id, _sent())
    except (InvalidInputError, NoRoomError) as error:
        db.session.rollback()
        status = status_of(error) if isinstance(error, InvalidInputError) else 507
        return release_page(release_id, {FIELD: [_told(error)]}), status
    image_room.make_room(_store(), _workplace().settings.image_cache_mb * 10**6)
    flash("This is the cover now. It is yours: no sync and no search replaces it.", "good")
    return redirect(f"/releases/{release_id}")


def after_refusal(release_id: int) -> ResponseReturnValue:
    """The address a refused file went to, loaded again: the record, and nothing is sent anew."""
    return redirect(f"/releases/{release_id}")


def _sent() -> bytes:
    file = request.files.get(FIELD)
    if file is None or not file.filename:
        raise InvalidInputError("Choose a picture first.")
    return file.stream.read(MOST_BYTES + 1)


def _told(error: GatefoldError) -> str:
    kept = "" if isinstance(error, NoRoomError) else " Nothing was changed."
    return f"{error}{kept}" if isinstance(error, UnusablePictureError) else str(error)


def remove_cover(release_id: int) -> ResponseReturnValue:
    """Put the person's own picture away; its page offers to put it back."""
    if own_cover.remove_upload(owner_id(), release_id):
        flash("Your picture is put away. You can put it back here.", "good")
    return redirect(f"/releases/{release_id}")


def restore_cover(release_id: int) -> ResponseReturnValue:
    """Show the picture put away last again."""
    own_cover.restore_upload(owner_id(), release_id)
    flash("Your picture is the cover again.", "good")
    return redirect(f"/releases/{release_id}")


def _store() -> ImageStore:
    return ImageStore(_workplace().settings.instance_path)


def _workplace() -> Workplace:
    found: Workplace = current_app.extensions["workplace"]
    return found
