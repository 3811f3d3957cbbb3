"""The page of an enrichment run: lanes as a checklist, what arrived, what it brought."""

from __future__ import annotations

from flask import current_app, render_template, request

from app.domain.pace import Bound
from app.domain.providers import SERVICES
from app.models import Run
from app.queries import enrich_run
from app.queries.enrich_run import EnrichStatus
from app.services.enrich import desk
from app.services.workplace import Workplace
from app.web.auth import owner_id
from app.web.imports import job_words, lane_words
from config import RateLimit


def is_poll() -> bool:
    """Whether the page on show asks how far things are."""
    return request.headers.get("HX-Request") == "true"


def enrich_page(run: Run) -> str:
    """The page as it is now."""
    workplace: Workplace = current_app.extensions["workplace"]
    status = enrich_run.status(run, _bounds(workplace))
    return render_template(
        "jobs/enrich.html",
        status=status,
        run=run,
        lanes=[
            lane_words.view(lane, run, _why_off(workplace, status, lane)) for lane in status.lanes
        ],
        gains=None if status.is_active else enrich_run.gains(run),
        left_out=[] if is_poll() else _left_out(workplace, status),
        words=job_words,
        told=lane_words,
    )


def _bounds(workplace: Workplace) -> dict[str, Bound]:
    """The limit of Discogs, the one provider that is asked once for every record."""
    limit = RateLimit.parse(workplace.settings.discogs_limit)
    return {"discogs": Bound(limit.calls, limit.seconds)}


def _why_off(workplace: Workplace, status: EnrichStatus, lane: enrich_run.Lane) -> str:
    """Why a lane with work left is not part of this run; nobody asks about who has answered."""
    if not lane.was_silent(status.run.started_at):
        return ""
    return desk.why_off(workplace, owner_id(), lane.service.name)


def _left_out(workplace: Workplace, status: EnrichStatus) -> list[str]:
    """A line for each service that is switched off or not set up, and has nothing to show."""
    shown = {lane.service.name for lane in status.lanes}
    only = status.run.cursor.get("only", "")
    return [
        lane_words.about(service, sentence)
        for service in SERVICES
        if service.name not in shown
        and only in ("", service.name)
        and (sentence := desk.why_off(workplace, owner_id(), service.name))
    ]
