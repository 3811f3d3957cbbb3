"""Putting copies into the trash and bringing them back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.services import copies, trash
from app.web.auth import owner_id
from app.web.way_back import path_here

STAYS = "It stays away when Discogs lists it again"


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.post("/releases/<id:release_id>/remove")(remove_all)
    bp.post("/copies/<id:copy_id>/remove")(remove)
    bp.post("/copies/<id:copy_id>/restore")(restore)


def remove(copy_id: int) -> ResponseReturnValue:
    """Put a copy into the trash; its release page offers to put it back."""
    release_id = copies.remove_copy(owner_id(), copy_id)
    flash(f"In the trash for 30 days. {STAYS}; you can put it back here.", "good")
    return redirect(path_here(request.form.get("back", ""), f"/releases/{release_id}"))


def remove_all(release_id: int) -> ResponseReturnValue:
    """Put all copies of a record into the trash."""
    count = trash.remove_release(owner_id(), release_id)
    flash(f"{count:,} copies are in the trash for 30 days. {STAYS}.", "good")
    return redirect(f"/releases/{release_id}")


def restore(copy_id: int) -> ResponseReturnValue:
    """Put a copy back on the shelf; `back` says which page asked."""
    release_id = copies.restore_copy(owner_id(), copy_id)
    flash("Back on the shelf.", "good")
    return redirect(path_here(request.form.get("back", ""), f"/releases/{release_id}"))
