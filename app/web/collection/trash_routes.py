"""What is not on the shelf: looked through, put back, let go for good, let come back."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.ids import id_in
from app.errors import NotFoundError
from app.queries import put_away
from app.services import trash
from app.web.auth import owner_id
from app.web.way_back import path_here

ADDRESS = "/collection/away"


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.get(ADDRESS)(away)
    bp.post(f"{ADDRESS}/empty")(empty)
    bp.post(f"{ADDRESS}/forget")(forget)


def away() -> str:
    """One group (`by`): removed by the person, gone from Discogs, or emptied out."""
    number = id_in(request.args.get("page", "")) or 1
    page = put_away.away_page(owner_id(), request.args.get("by", ""), number)
    return render_template(
        "collection/away.html",
        away=page,
        emptied_on=trash.emptied_on,
        link=lambda page, by=page.group: _address(by, page),
    )


def _address(by: str, page: int) -> str:
    parts: dict[str, object] = {"by": by, **({"page": page} if page > 1 else {})}
    return f"{ADDRESS}?{urlencode(parts)}"


def empty() -> ResponseReturnValue:
    """Let one `copy` go for good, or everything in the trash."""
    written = request.form.get("copy")
    count = trash.empty(owner_id(), None if written is None else [_id_of(written)])
    flash(f"{_records(count)} gone for good. A sync does not bring them back.", "good")
    return redirect(path_here(request.form.get("back", ""), ADDRESS))


def forget() -> ResponseReturnValue:
    """Let a copy that was emptied out come back."""
    title = trash.forget(owner_id(), _id_of(request.form.get("emptied", "")))
    flash(f"{title} comes back with the next sync.", "good")
    return redirect(path_here(request.form.get("back", ""), ADDRESS))


def _id_of(written: str) -> int:
    number = id_in(written)
    if number is None:
        raise NotFoundError("That is not in the trash any more.")
    return number


def _records(count: int) -> str:
    return f"{count:,} {'record is' if count == 1 else 'records are'}"
