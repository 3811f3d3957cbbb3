"""Saying which release at Discogs a record is that was typed in by hand."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.errors import InvalidInputError, ProviderError
from app.extensions import db
from app.queries.release_record import whole_release
from app.services import known_at_discogs
from app.services.known_at_discogs import HereTwiceError
from app.web.auth import owner_id
from app.web.errors import status_of


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.get("/releases/<id:release_id>/connect")(ask_which)
    bp.post("/releases/<id:release_id>/connect")(connect_release)


def ask_which(release_id: int) -> str:
    """The number or address at Discogs."""
    return _page(release_id)


def connect_release(release_id: int) -> ResponseReturnValue:
    """Look it up and make it so; a record that is here already is shown first."""
    form = request.form
    try:
        into = known_at_discogs.connect(
            current_app.extensions["workplace"],
            owner_id(),
            release_id,
            form.get("discogs", ""),
            join=form.get("join") == "1",
        )
    except HereTwiceError as error:
        return _refused(release_id, error, twice=error)
    except InvalidInputError as error:
        return _refused(release_id, error, problems=error.problems)
    except ProviderError as error:
        return _refused(release_id, error, problems={"discogs": [str(error)]})
    flash("Discogs knows it now. What you had corrected stays on top.", "good")
    return redirect(f"/releases/{into}", 303)


def _refused(release_id: int, error: Any, **told: Any) -> ResponseReturnValue:
    db.session.rollback()
    return _page(release_id, **told), status_of(error)


def _page(release_id: int, **told: Any) -> str:
    return render_template(
        "collection/connect.html",
        release=whole_release(owner_id(), release_id),
        typed=request.form.get("discogs", ""),
        **{"problems": {}, "twice": None, **told},
    )
