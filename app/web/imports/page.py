"""The import page: what it shows, and how a form on it comes back with what was wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue

from app.errors import GatefoldError, InvalidInputError
from app.extensions import db
from app.models import Run
from app.queries import enrich_status, failures, run_status
from app.services import accounts, sample_shelf
from app.services.accounts import Connected
from app.services.enrich import desk
from app.services.workplace import Workplace
from app.web.auth import owner_id
from app.web.errors import status_of


def workplace() -> Workplace:
    """The settings and the vault of this installation."""
    found: Workplace = current_app.extensions["workplace"]
    return found


def import_page(
    problems: Mapping[str, Sequence[str]] | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """The page; `problems` are sentences by form field, `typed` what was typed (never a secret)."""
    connected = accounts.connected(workplace(), owner_id())
    last_sync = run_status.last_done(owner_id(), "sync")
    is_first_run = not run_status.owns_anything(owner_id())
    page = render_template(
        "imports/index.html",
        is_first_run=is_first_run,
        connected=connected,
        other_account=_other_account(connected, last_sync),
        has_app_keys=accounts.has_app_keys(workplace()),
        callback_url=url_for("imports.oauth_callback", _external=True),
        run=run_status.under_way(owner_id(), "sync"),
        fetching=None if is_first_run else _fetching(),
        last_sync=last_sync,
        sample_count=sample_shelf.count(owner_id()),
        owns_others=run_status.owns_anything(owner_id(), but_samples=True),
        sample_size=sample_shelf.size(),
        window=len(sample_shelf.shop_window()),
        problems=problems or {},
        refused=next(iter(problems or ()), ""),
        typed=typed or {},
    )
    return page, status


@dataclass(frozen=True, slots=True)
class Fetching:
    """How it stands with details, covers and links: records not looked up, things to be asked."""

    run: Run | None
    last: Run | None
    records: int
    due: int


def _fetching() -> Fetching:
    last = run_status.last_done(owner_id(), "enrich")
    asked = desk.asked(workplace(), owner_id())
    return Fetching(
        run=run_status.under_way(owner_id(), "enrich"),
        last=last,
        records=enrich_status.waiting_records(owner_id(), last.ended_at if last else None, asked),
        due=failures.due_count(asked),
    )


def _other_account(connected: Connected | None, last_sync: Run | None) -> str:
    """Whose collection the last sync brought, if it was not the connected account's."""
    synced = str(last_sync.cursor.get("username", "")) if last_sync else ""
    if connected is None or not (synced and connected.username):
        return ""
    return synced if synced.casefold() != connected.username.casefold() else ""


def or_the_page_again(
    act: Callable[[], ResponseReturnValue], field: str, typed: Mapping[str, str] | None = None
) -> ResponseReturnValue:
    """The answer of `act`, or the import page with what went wrong at the form's `field`."""
    try:
        return act()
    except GatefoldError as error:
        db.session.rollback()
        told = error.problems if isinstance(error, InvalidInputError) else {}
        return import_page(told or {field: [str(error)]}, typed, status_of(error))
