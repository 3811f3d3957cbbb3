"""Putting a copy away and bringing it back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect
from flask.typing import ResponseReturnValue

from app.services import copies
from app.web.auth import owner_id


def register(bp: Blueprint) -> None:
    """Add these two addresses to the collection's."""
    bp.post("/copies/<id:copy_id>/remove")(remove)
    bp.post("/copies/<id:copy_id>/restore")(restore)


def remove(copy_id: int) -> ResponseReturnValue:
    """Take a copy off the shelf; its release page offers to restore it."""
    release_id = copies.remove_copy(owner_id(), copy_id)
    flash("Put away. It stays away when Discogs lists it again; you can restore it here.", "good")
    return redirect(f"/releases/{release_id}")


def restore(copy_id: int) -> ResponseReturnValue:
    """Put a removed copy back on the shelf."""
    release_id = copies.restore_copy(owner_id(), copy_id)
    flash("Back on the shelf.", "good")
    return redirect(f"/releases/{release_id}")
