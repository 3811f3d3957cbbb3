"""Looking a record or an artist up because somebody asks."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect
from flask.typing import ResponseReturnValue

from app.domain.pace import duration
from app.errors import ProviderError, RateLimitedError
from app.extensions import db
from app.services import ask_discogs, refresh
from app.services.workplace import Workplace
from app.web.auth import owner_id

A_WINDOW_SECONDS = 60.0


def register(bp: Blueprint) -> None:
    """Add these addresses to the collection's."""
    bp.post("/releases/<id:release_id>/refresh")(look_up_again)
    bp.post("/artists/<id:artist_id>/refresh")(look_artist_up)


def look_up_again(release_id: int) -> ResponseReturnValue:
    """Ask Discogs for a record anew; what it cannot tell leaves everything as it is."""
    _ask(refresh.refresh_release, release_id, _told, "the record is as it was")
    return redirect(f"/releases/{release_id}")


def look_artist_up(artist_id: int) -> ResponseReturnValue:
    """Ask Discogs for an artist's profile; what it cannot tell leaves everything as it is."""
    _ask(ask_discogs.refresh_artist, artist_id, _told_of_artist, "the page is as it was")
    return redirect(f"/artists/{artist_id}")


def _ask(
    look: Callable[[Workplace, int, int], bool],
    own_id: int,
    told: Callable[[bool], tuple[str, str]],
    otherwise: str,
) -> None:
    """Look one thing up, and say how that went."""
    try:
        is_there = look(current_app.extensions["workplace"], owner_id(), own_id)
    except ProviderError as error:
        db.session.rollback()
        flash(f"{_when(error)} Nothing was lost: {otherwise}.", "warn")
    else:
        flash(*told(is_there))


def _told_of_artist(is_there: bool) -> tuple[str, str]:
    if is_there:
        return (
            "Profile looked up at Discogs. It is shown where there is no text of your own "
            "and no Wikipedia article.",
            "good",
        )
    return "Discogs has this artist no more. What is known stays.", "warn"


def _told(is_there: bool) -> tuple[str, str]:
    if is_there:
        return (
            "Looked up again. Your own changes stay on top; "
            "what other services had no answer to is asked with the next run.",
            "good",
        )
    return "Discogs has this record no more. What is known of it stays.", "warn"


def _when(error: ProviderError) -> str:
    """What went wrong, and when to come back if that is known."""
    sentence = str(error)
    if isinstance(error, RateLimitedError) and "again in" not in sentence:
        return f"{sentence} Try again in {duration(error.retry_after or A_WINDOW_SECONDS)}."
    return sentence
