"""Telling a person who opens a record from a machine that only fetches its page."""

from __future__ import annotations

import re

from flask import current_app, request

from app.models import Release
from app.services import refresh
from app.web.auth import owner_id

_MACHINES = re.compile(r"bot|crawl|spider|slurp|preview|monitor|fetch|archiver", re.IGNORECASE)
_FETCHED_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def note_opened(release: Release) -> None:
    """Have a record looked up again behind the page, if it is stale and a person opens it.

    Who looks at records may ask for one: a call is left to them.
    """
    if not _is_person():
        return
    current_app.extensions["workplace"].onlookers.seen()
    runner = current_app.extensions.get("runner")
    if runner is not None and refresh.is_stale(release):
        runner.opened(owner_id(), release.id)


def _is_person() -> bool:
    """Whether a browser shows this page to somebody now."""
    told = request.headers
    agent = told.get("User-Agent", "")
    return (
        request.method == "GET"
        and told.get("Sec-Fetch-Dest", "document") == "document"
        and not any(name in told for name in _FETCHED_AHEAD)
        and agent.startswith("Mozilla/")
        and not _MACHINES.search(agent)
    )
