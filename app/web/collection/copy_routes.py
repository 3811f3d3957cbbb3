"""Putting a copy away and bringing it back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.services import copies
from app.web.auth import owner_id
from app.web.way_back import path_here


def register(bp: Blueprint) -> None:
    """Add these two addresses to the collection's."""
    bp.post("/copies/<id:copy_id>/remove")(remove)
    bp.post("/copies/<id:copy_id>/restore")(restore)


def remove(copy_id: int) -> ResponseReturnValue:
    """Put a copy away; its release page offers to put it back."""
    release_id = copies.remove_copy(owner_id(), copy_id)
    flash("Put away. It stays away when Discogs lists it again; you can put it back here.", "good")
    return redirect(f"/releases/{release_id}")


def restore(copy_id: int) -> ResponseReturnValue:
    """Put a copy back on the shelf; `back` says which page asked."""
    release_id = copies.restore_copy(owner_id(), copy_id)
    flash("Back on the shelf.", "good")
    return redirect(path_here(request.form.get("back", ""), f"/releases/{release_id}"))
