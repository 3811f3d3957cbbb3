"""Crates: all of them, one to pack, and putting copies in."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.filters import BrowseFilter
from app.domain.ids import id_in
from app.queries import browse, piles
from app.queries.shelf_index import shelf_index
from app.services import crates, own_tags
from app.web.auth import owner_id
from app.web.way_back import path_here
from app.web.which_copies import filter_in

SHOWN = 12


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.get("/crates")(all_crates)
    bp.post("/crates")(make_crate)
    bp.get("/crates/fill")(fill)
    bp.post("/crates/fill")(put_in)
    bp.get("/crates/<id:crate_id>")(crate)
    bp.post("/crates/<id:crate_id>/change")(change_crate)
    bp.post("/crates/<id:crate_id>/move")(move_copy)
    bp.post("/crates/<id:crate_id>/take-out")(take_out)
    bp.post("/crates/<id:crate_id>/delete")(delete_crate)
    bp.post("/crates/<id:crate_id>/restore")(restore_crate)


def all_crates() -> str:
    """All crates with what stands at their front, and the person's tags."""
    index = shelf_index(owner_id())
    return render_template(
        "collection/crates.html",
        crates=piles.crates(owner_id(), index),
        deleted=piles.deleted(owner_id()),
        tags=piles.tags(index),
    )


def make_crate() -> ResponseReturnValue:
    """A new crate, empty."""
    crate_id = crates.make(owner_id(), request.form.get("name", ""), request.form.get("note", ""))
    flash("Made. Put records in from their pages, or pick some on the wall.", "good")
    return redirect(url_for("collection.crate", crate_id=crate_id))


def crate(crate_id: int) -> str:
    """One crate, to be packed: its records from the front, its name and note."""
    found = crates.get(owner_id(), crate_id)
    ids = crates.on_shelf(owner_id(), crate_id)
    number = BrowseFilter.from_args(request.args).page
    return render_template(
        "collection/crate.html",
        crate=found,
        url=piles.crate_url(found.name),
        page=piles.crate_page(owner_id(), ids, number),
        per_page=piles.PER_PAGE,
        link=partial(url_for, "collection.crate", crate_id=crate_id),
    )


def change_crate(crate_id: int) -> ResponseReturnValue:
    """Another name and note."""
    form = request.form
    crates.change(owner_id(), crate_id, form.get("name", ""), form.get("note", ""))
    flash("Saved.", "good")
    return redirect(url_for("collection.crate", crate_id=crate_id))


def move_copy(crate_id: int) -> ResponseReturnValue:
    """Move a copy one place or to an end (`to`), or beside an `other` one (`side`)."""
    form = request.form
    copy_id = id_in(form.get("copy", "")) or 0
    if "to" in form:
        crates.move(owner_id(), crate_id, copy_id, form["to"])
    else:
        other = id_in(form.get("other", "")) or 0
        is_after = form.get("side") == "after"
        crates.put_beside(owner_id(), crate_id, copy_id, other, after=is_after)
    return _back_to_page(crate_id)


def take_out(crate_id: int) -> ResponseReturnValue:
    """Take a copy out; it stays on the shelf."""
    copy_id = id_in(request.form.get("copy", ""))
    crates.take_out(owner_id(), crate_id, [copy_id] if copy_id else [])
    flash("Taken out of the crate. It is on the shelf as before.", "good")
    return _back_to_page(crate_id)


def _back_to_page(crate_id: int) -> ResponseReturnValue:
    here = url_for("collection.crate", crate_id=crate_id)
    return redirect(path_here(request.form.get("back", ""), here), 303)


def delete_crate(crate_id: int) -> ResponseReturnValue:
    """Delete a crate; the page of all crates offers to bring it back."""
    name = crates.delete_crate(owner_id(), crate_id)
    flash(f"“{name}” is deleted, its records are on the shelf as before. Undo below.", "good")
    return redirect(url_for("collection.all_crates") + "#deleted")


def restore_crate(crate_id: int) -> ResponseReturnValue:
    """Bring a deleted crate back."""
    flash(f"“{crates.bring_back(owner_id(), crate_id)}” is back.", "good")
    return redirect(url_for("collection.all_crates"))


def fill() -> str:
    """What is picked, or a filter (`query`): into which crate, with which tags?"""
    ids = _meant(request.args.get("query"))
    index = shelf_index(owner_id())
    return render_template(
        "collection/crate_fill.html",
        query=request.args.get("query"),
        total=len(ids),
        rows=browse.shelf_rows(owner_id(), ids[:SHOWN]),
        pile_names=piles.all_names(index),
    )


def put_in() -> ResponseReturnValue:
    """Put them into the crate of that name, or tag them with `tags`; or take them `out` of it."""
    ids = _meant(request.form.get("query"))
    if request.form.get("act") == "out":
        return _take_out(ids)
    if "tags" in request.form:
        names = own_tags.tag(owner_id(), ids, request.form["tags"])
        flash(f"Tagged {_records(len(ids))}: {', '.join(names)}.", "good")
        return redirect(BrowseFilter().url(tag=(names[0],)))
    crate_id, added = crates.put_in_by_name(owner_id(), request.form.get("crate", ""), ids)
    before = len(ids) - added
    flash(f"Put in: {_records(added)}.{f' {before:,} were in it.' if before else ''}", "good")
    return redirect(url_for("collection.crate", crate_id=crate_id))


def _take_out(ids: list[int]) -> ResponseReturnValue:
    """The reverse of putting in and of tagging."""
    if "tags" in request.form:
        names = own_tags.untag_by_name(owner_id(), ids, request.form["tags"])
        flash(f"Off {_records(len(ids))}: {', '.join(names)}.", "good")
        return redirect("/crates#tags")
    crate_id, gone = crates.take_out_by_name(owner_id(), request.form.get("crate", ""), ids)
    flash(f"Taken out: {_records(gone)}. On the shelf they are as before.", "good")
    return redirect(url_for("collection.crate", crate_id=crate_id))


def _meant(query: str | None) -> list[int]:
    if query is None:
        return crates.picked(owner_id())
    return crates.meant_by(owner_id(), filter_in(query))


def _records(count: int) -> str:
    return f"{count:,} {'record' if count == 1 else 'records'}"
