"""A copy's own tags and crates, from its release page; a tag's name."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.ids import id_in
from app.services import crates, own_tags
from app.web.auth import owner_id
from app.web.way_back import path_here

TAGS = "/crates#tags"


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.post("/copies/<id:copy_id>/tag")(tag_copy)
    bp.post("/copies/<id:copy_id>/untag")(untag_copy)
    bp.post("/copies/<id:copy_id>/crate")(crate_copy)
    bp.post("/tags/<id:tag_id>/rename")(rename_tag)
    bp.post("/tags/<id:tag_id>/delete")(delete_tag)


def tag_copy(copy_id: int) -> ResponseReturnValue:
    """Put tags on a copy, with commas between them."""
    names = own_tags.tag(owner_id(), [copy_id], request.form.get("tags", ""))
    flash(f"Tagged: {', '.join(names)}.", "good")
    return _back()


def untag_copy(copy_id: int) -> ResponseReturnValue:
    """Take a tag off."""
    own_tags.untag(owner_id(), [copy_id], id_in(request.form.get("tag", "")) or 0)
    flash("Tag taken off.", "good")
    return _back()


def crate_copy(copy_id: int) -> ResponseReturnValue:
    """Put a copy into the crate of that name, which is made if need be."""
    _crate_id, added = crates.put_in_by_name(owner_id(), request.form.get("crate", ""), [copy_id])
    flash("Put in the crate." if added else "It was in that crate already.", "good")
    return _back()


def rename_tag(tag_id: int) -> ResponseReturnValue:
    """Another name for a tag, on all copies that carry it."""
    name = own_tags.rename_tag(owner_id(), tag_id, request.form.get("name", ""))
    flash(f"The tag is called “{name}” now.", "good")
    return redirect(TAGS, 303)


def delete_tag(tag_id: int) -> ResponseReturnValue:
    """Take a tag off every copy."""
    name = own_tags.delete_tag(owner_id(), tag_id)
    flash(f"“{name}” is off every record; they are on the shelf as before.", "good")
    return redirect(TAGS, 303)


def _back() -> ResponseReturnValue:
    return redirect(path_here(request.form.get("back", ""), "/collection"), 303)
