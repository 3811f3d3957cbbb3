"""Folders: all of them, those of one's own to change, and copies moved between them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.filters import BrowseFilter
from app.errors import InvalidInputError
from app.extensions import db
from app.queries.folder_names import folder_lines
from app.services import own_folders
from app.web.auth import owner_id
from app.web.errors import status_of

ADDRESS = "/folders"


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.get(ADDRESS)(all_folders)
    bp.post(ADDRESS)(make_folder)
    bp.post(f"{ADDRESS}/<id:folder_id>/rename")(rename_folder)
    bp.post(f"{ADDRESS}/<id:folder_id>/delete")(delete_folder)
    bp.post("/copies/<id:copy_id>/move")(move_to_folder)


def all_folders() -> str:
    """All folders with how much stands in them."""
    return _page()


def make_folder() -> ResponseReturnValue:
    """A new, empty one."""
    try:
        name = own_folders.make_folder(owner_id(), request.form.get("name", ""))
    except InvalidInputError as error:
        return _refused(error, 0)
    flash(f"“{name}” is there. Move records in from their pages or with Edit many.", "good")
    return redirect(ADDRESS, 303)


def rename_folder(folder_id: int) -> ResponseReturnValue:
    """Another name for a folder of one's own."""
    try:
        name = own_folders.rename_folder(owner_id(), folder_id, request.form.get("name", ""))
    except InvalidInputError as error:
        return _refused(error, folder_id)
    flash(f"It is called “{name}” now.", "good")
    return redirect(ADDRESS, 303)


def delete_folder(folder_id: int) -> ResponseReturnValue:
    """Delete a folder of one's own; what stood in it leads to the page that undoes it."""
    try:
        name, batch = own_folders.delete_folder(owner_id(), folder_id)
    except InvalidInputError as error:
        return _refused(error, folder_id)
    told = f"“{name}” is deleted."
    if batch is None:
        flash(told, "good")
        return redirect(ADDRESS, 303)
    flash(f"{told} Its records are uncategorized; Undo puts them back into it.", "good")
    return redirect(f"/admin/bulk/{batch}", 303)


def move_to_folder(copy_id: int) -> ResponseReturnValue:
    """Have a copy stand in another folder, an old or a new one."""
    try:
        release_id, name = own_folders.move_copy(
            owner_id(), copy_id, request.form.get("folder", "")
        )
    except InvalidInputError as error:
        raise InvalidInputError(f"{error} The copy stands where it stood.") from error
    flash(f"It stands in “{name}” now. A sync leaves it there.", "good")
    return redirect(f"/releases/{release_id}#copy-{copy_id}", 303)


def _refused(error: InvalidInputError, folder_id: int) -> ResponseReturnValue:
    db.session.rollback()
    return _page(error, folder_id), status_of(error)


def _page(error: InvalidInputError | None = None, folder_id: int = 0) -> str:
    return render_template(
        "collection/folders.html",
        folders=folder_lines(owner_id()),
        error=error,
        refused=folder_id if error else None,
        typed=request.form.get("name", ""),
        shelf_url=lambda name: BrowseFilter().url(folder=(name,)),
    )
