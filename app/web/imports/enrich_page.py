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
from app.services import providers
from app.services.enrich import desk
from app.services.providers import DISCOGS
from app.services.workplace import Workplace
from app.web.auth import owner_id
from app.web.imports import job_words, lane_words


def is_poll() -> bool:
    """Whether the page on show asks how far things are."""
    return request.headers.get("HX-Request") == "true"


def enrich_page(run: Run) -> str:
    """The page as it is now."""
    workplace: Workplace = current_app.extensions["workplace"]
    # They tell how long it still takes: what has ended needs none.
    limits = _limits(workplace) if run.state in ACTIVE_STATES else {}
    once_each = {name: limit for name, limit in limits.items() if name == DISCOGS}
    status = enrich_run.status(run, once_each, limits)
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


def _limits(workplace: Workplace) -> dict[str, Bound]:
    """How often each provider may be called."""
    limits = providers.limits(workplace, owner_id())
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
