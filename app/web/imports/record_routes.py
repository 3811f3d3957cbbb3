"""Adding one record: by its number at Discogs, or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from app.domain.genres import GENRES
from app.errors import GatefoldError, InvalidInputError
from app.extensions import db
from app.queries.folder_names import folder_names
from app.services import one_record
from app.services.one_record import Added, AlreadyOwnedError, Typed
from app.web.auth import owner_id
from app.web.errors import status_of
from app.web.imports.page import workplace


def register(bp: Blueprint) -> None:
    """Add this address to the import area's."""
    bp.get("/import/record")(record)
    bp.post("/import/record")(add_record)


def record() -> ResponseReturnValue:
    """The two forms, empty."""
    return _page(request.args)


def add_record() -> ResponseReturnValue:
    """Add the record and show it; on trouble the form comes back as it was."""
    try:
        added = _add()
    except AlreadyOwnedError as error:
        db.session.rollback()
        return _page(request.form, owned=error), status_of(error)
    except InvalidInputError as error:
        db.session.rollback()
        return _page(request.form, problems=error.problems), status_of(error)
    except GatefoldError as error:
        db.session.rollback()
        return _page(request.form, problems={"discogs": [str(error)]}), status_of(error)
    flash("It stands on your shelf.", "good")
    return redirect(f"/releases/{added.release_id}")


def _add() -> Added:
    another = request.form.get("another") == "1"
    if request.form.get("how") == "discogs":
        return one_record.add_from_discogs(
            workplace(),
            owner_id(),
            request.form.get("discogs", ""),
            folder=request.form.get("discogs_folder", ""),
            another=another,
        )
    return one_record.add_by_hand(owner_id(), _typed(request.form), another=another)


def _typed(form: MultiDict[str, str]) -> Typed:
    words = {
        field.name: form.get(field.name, "") for field in fields(Typed) if field.name != "genres"
    }
    return Typed(**words, genres=tuple(one for one in form.getlist("genres") if one in GENRES))


def _page(
    form: MultiDict[str, str],
    *,
    problems: Mapping[str, Sequence[str]] | None = None,
    owned: AlreadyOwnedError | None = None,
) -> str:
    return render_template(
        "imports/record.html",
        typed=_typed(form),
        how=form.get("how", ""),
        discogs=form.get("discogs", ""),
        discogs_folder=form.get("discogs_folder", ""),
        genres=GENRES,
        folders=folder_names(owner_id()),
        problems=problems or {},
        owned=owned,
    )
