"""Telling who opens a record from a machine that only fetches its page."""

from __future__ import annotations

import re

from flask import current_app, request

from app.models import Release
from app.services import refresh
from app.web.auth import owner_id

_MACHINES = re.compile(r"bot|crawl|spider|slurp|preview|monitor|fetch|archiver", re.IGNORECASE)
_FETCHED_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def note_opened(release: Release) -> None:
    """Have a record looked up again behind the page, if it is stale and a browser shows it.

    Who looks at records, by whatever program, may ask for one: a call is left to them.
    """
    agent = request.headers.get("User-Agent", "")
    if not _is_opened_now() or _MACHINES.search(agent):
        return
    current_app.extensions["workplace"].onlookers.seen()
    runner = current_app.extensions.get("runner")
    if runner is not None and agent.startswith("Mozilla/") and refresh.is_stale(release):
        runner.opened(owner_id(), release.id)


def _is_opened_now() -> bool:
    """Whether this page is for now, and not fetched ahead or for something else."""
    told = request.headers
    return (
        request.method == "GET"
        and told.get("Sec-Fetch-Dest", "document") == "document"
        and not any(name in told for name in _FETCHED_AHEAD)
    )
