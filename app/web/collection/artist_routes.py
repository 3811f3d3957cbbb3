"""Making an artist's page part of another's, and taking the two apart."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.ids import id_in
from app.errors import InvalidInputError
from app.extensions import db
from app.queries import merged_artists, name_pages
from app.services import artist_pages
from app.web.auth import owner_id
from app.web.errors import status_of


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    rule = "/artists/<id:artist_id>"
    bp.get(f"{rule}/merge")(choose)
    bp.post(f"{rule}/merge")(merge)
    bp.post(f"{rule}/take-apart")(take_apart)


def choose(artist_id: int) -> str:
    """Look for the other artist (`q`), or look at both (`into`) before they become one."""
    return _page(artist_id, request.args.get("q", ""), request.args.get("into", ""))


def merge(artist_id: int) -> ResponseReturnValue:
    """Make it so, and show the page of both."""
    into = id_in(request.form.get("into", "")) or 0
    try:
        artist_pages.merge(owner_id(), artist_id, into)
    except InvalidInputError as error:
        db.session.rollback()
        return _page(artist_id, "", "", str(error)), status_of(error)
    flash("One page now. A sync leaves it so; below you can take them apart again.", "good")
    return redirect(f"/artists/{merged_artists.root_of(owner_id(), into)}", 303)


def take_apart(artist_id: int) -> ResponseReturnValue:
    """Give a merged artist their own page again, and show it."""
    artist_pages.take_apart(owner_id(), artist_id)
    flash("Two pages again, each with its own records.", "good")
    return redirect(f"/artists/{artist_id}", 303)


def _page(artist_id: int, typed: str, into: str, problem: str = "") -> str:
    found = name_pages.artist_page(owner_id(), artist_id)
    chosen = merged_artists.somebody(owner_id(), id_in(into) or 0) if into else None
    return render_template(
        "collection/artist_merge.html",
        artist=merged_artists.somebody(owner_id(), artist_id),
        part_of=found.part_of,
        chosen=chosen if chosen and chosen.id != artist_id else None,
        typed=typed,
        problem=problem,
        people=merged_artists.candidates(owner_id(), artist_id, found.name, typed),
    )
