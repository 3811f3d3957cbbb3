"""The page of an enrichment run: lanes as a checklist, what arrived, what it brought."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app, render_template, request

from app.domain.pace import Bound
from app.domain.providers import SERVICES
from app.models import Run
from app.models.run import ACTIVE_STATES
from app.queries import conflicts, enrich_run
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
    status = enrich_run.status(run, _bounds(workplace), _limits(workplace))
    why_off = _reasons_off(workplace, status)
    return render_template(
        "jobs/enrich.html",
        status=status,
        run=run,
        lanes=[
            lane_words.view(lane, run, "" if status.is_past else why_off[lane.service.name])
            for lane in status.lanes
        ],
        left_out=[] if is_poll() or status.is_past else _left_out(status, why_off),
        words=job_words,
        told=lane_words,
        contested=contested(run),
    )


def contested(run: Run) -> int:
    """In how many fields somebody says otherwise than a person did, once a job has ended."""
    return 0 if run.state in ACTIVE_STATES else conflicts.conflict_count(owner_id())


def _bounds(workplace: Workplace) -> dict[str, Bound]:
    """The limit of Discogs, the one provider that is asked once for every record."""
    return {"discogs": _limits(workplace)["discogs"]}


def _limits(workplace: Workplace) -> dict[str, Bound]:
    """How often each provider may be called."""
    told = {each.name: getattr(workplace.settings, f"{each.name}_limit") for each in SERVICES}
    limits = {name: RateLimit.parse(text) for name, text in told.items()}
    return {name: Bound(limit.calls, limit.seconds) for name, limit in limits.items()}


def _reasons_off(workplace: Workplace, status: EnrichStatus) -> dict[str, str]:
    """Why each service is not asked, "" for those that are."""

    def is_switched_off(name: str) -> bool:
        return name in status.troubles and status.troubles[name].is_switched_off

    return {
        service.name: desk.why_off_if(workplace, service.name, is_switched_off)
        for service in SERVICES
    }


def _left_out(status: EnrichStatus, why_off: Mapping[str, str]) -> list[str]:
    """A line for each service that is switched off or not set up, and has nothing to show."""
    shown = {lane.service.name for lane in status.lanes}
    only = status.run.cursor.get("only", "")
    return [
        lane_words.about(service, sentence)
        for service in SERVICES
        if service.name not in shown
        and only in ("", service.name)
        and (sentence := why_off[service.name])
    ]
