"""The enrichment run: all lanes side by side, from the first detail to the last cover."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import structlog
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app.domain.pace import WAITED_FOR_SECONDS
from app.domain.providers import SERVICES, Service, title_of
from app.errors import RefusedError
from app.extensions import db, reading
from app.jobs.board import Board
from app.jobs.lanes import Lane
from app.services import runs
from app.services.bulk import in_chunks
from app.services.enrich import desk, health, second_looks, seeding, shared_answers, work
from app.services.enrich.cover_steps import ArchiveCovers
from app.services.enrich.crosswalk import (
    ArtistAddresses,
    MasterAddresses,
    ReleaseAddresses,
    ReleaseGroups,
)
from app.services.enrich.details import Details
from app.services.enrich.encyclopaedia import Biographies, WikidataArtists, WikidataTitles
from app.services.enrich.other_covers import OtherCovers
from app.services.enrich.shops import AppleMusicTitles, ItunesTitles
from app.services.enrich.spotify_titles import SpotifyTitles
from app.services.enrich.steps import Step
from app.services.enrich.works import TitleBarcodes
from app.services.limits import sleeping_until_told
from app.services.runs import Lease, StoppedError
from app.services.workplace import Workplace

log = structlog.get_logger(__name__)

STEPS: tuple[type[Step], ...] = (
    Details,
    ReleaseAddresses,
    MasterAddresses,
    ArtistAddresses,
    TitleBarcodes,
    ReleaseGroups,
    WikidataArtists,
    WikidataTitles,
    Biographies,
    SpotifyTitles,
    AppleMusicTitles,
    ItunesTitles,
    ArchiveCovers,
    OtherCovers,
)
WATCH_SECONDS = 0.1
SWITCHES_SECONDS = 1.0
READ_AT_ONCE = 25


def run_enrichment(workplace: Workplace, lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Work on an enrichment until nothing is left to ask; goes on where a former worker stopped.

    The run's cursor may hold `only` (one provider) and `most` (so many items a provider). Raises
    StoppedError soon after `should_stop()`; everything stored so far stays.
    """
    _read_known(lease, should_stop)
    lanes = _work_through(workplace, lease, should_stop)
    while _is_something_open_again(lease, lanes):
        lanes = _work_through(workplace, lease, should_stop)
    _end(lease, lanes)


def _work_through(
    workplace: Workplace, lease: Lease, should_stop: Callable[[], bool]
) -> list[Lane]:
    """Have all lanes do what there is for them to do; returns them as they ended."""
    board = Board(should_stop)
    lanes = _lanes(workplace, lease, board)
    board.workers.extend(lanes)
    for lane in lanes:
        lane.start()
    looked_at = time.monotonic()
    while any(lane.is_working() for lane in lanes):
        time.sleep(WATCH_SECONDS)
        if time.monotonic() - looked_at >= SWITCHES_SECONDS:
            _heed_switches(workplace, lease, lanes)
            looked_at = time.monotonic()
    if board.ending is not None:
        raise board.ending
    if should_stop():
        raise StoppedError("Told to stop between two items.")
    return lanes


def _heed_switches(workplace: Workplace, lease: Lease, lanes: Sequence[Lane]) -> None:
    """End the lanes of services a person has switched off meanwhile."""
    try:
        with reading():
            asked = desk.asked(workplace, lease.owner_id)
            off = [lane for lane in lanes if lane.provider not in asked and lane.is_working()]
            why = {
                lane.provider: desk.why_off(workplace, lease.owner_id, lane.provider)
                for lane in off
            }
            db.session.commit()
    except SQLAlchemyError as error:  # there is a next look
        db.session.rollback()
        log.warning("switches_not_seen", reason=type(error).__name__)
        return
    for lane in off:
        lane.leave(why[lane.provider])


def _is_something_open_again(lease: Lease, lanes: Sequence[Lane]) -> bool:
    """Whether nothing was found for some things only because a lane they wait for was late."""
    steps = [step for lane in lanes if not lane.end.reason for step in lane.steps]
    count = second_looks.take(lease.owner_id, steps)
    db.session.commit()
    return count > 0


def _read_known(lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Details of what is new on this shelf and known to others: nobody need be asked."""
    for some in in_chunks(shared_answers.unread_details(lease.owner_id), READ_AT_ONCE):
        if should_stop():
            raise StoppedError("Told to stop between two records.")
        shared_answers.read_details(lease.owner_id, some)
        runs.progress(lease)
        db.session.commit()


def _lanes(workplace: Workplace, lease: Lease, board: Board) -> list[Lane]:
    """A lane for each provider that may be asked, the work list filled with what they shall do."""
    owner_id = lease.owner_id
    run = runs.get(owner_id, lease.run_id)
    cursor = run.cursor
    only, most = cursor.get("only", ""), cursor.get("most")
    tried = work.tried_since(run.started_at) if most and run.started_at else {}
    services = [
        service
        for service in SERVICES
        if only in ("", service.name) and not desk.why_off(workplace, owner_id, service.name)
    ]
    if "begun" not in cursor:
        health.forgive()
    health.prepare(service.name for service in services)
    steps = {service.name: _steps(workplace, owner_id, service.name) for service in services}
    seeding.seed(owner_id, [step for some in steps.values() for step in some])
    releases = seeding.release_count(owner_id)
    runs.progress(lease, phase="enrich", cursor={**cursor, "begun": True})
    db.session.commit()
    sleep = sleeping_until_told(board.must_stop)
    lanes = []
    for service in services:
        client = _client(workplace, owner_id, service, sleep)
        if client is not None:
            lane = Lane(
                current_app._get_current_object(),  # type: ignore[attr-defined]
                lease,
                board,
                service.name,
                client,
                steps[service.name],
                threads=service.threads,
                releases=releases,
                most=most and max(most - tried.get(service.name, 0), 0),
            )
            if health.is_doubtful(service.name):
                lane.try_with_care()
            lane.rest_as_told(health.rest_left(service.name), health.why_resting(service.name))
            lanes.append(lane)
    db.session.commit()
    return lanes


def _steps(workplace: Workplace, owner_id: int, provider: str) -> list[Step]:
    return [step(owner_id, workplace) for step in STEPS if step.provider == provider]


def _client(
    workplace: Workplace, owner_id: int, service: Service, sleep: Callable[[float], None]
) -> object | None:
    """Its client; None when its key cannot be used, which is told under Health."""
    try:
        client: object = desk.client_for(workplace, owner_id, service.name, sleep)
    except RefusedError as error:
        health.failed(service.name, error)
        return None
    return client


def _end(lease: Lease, lanes: Sequence[Lane]) -> None:
    """Close the run, or leave it waiting for a lane that rests or things that are tried again."""
    seeding.catch_up(lease.owner_id)
    db.session.commit()
    undone = [lane for lane in lanes if lane.end.reason]
    sentences = [_why(lane) for lane in undone]
    moments = [lane.end.until for lane in undone if lane.end.until is not None]
    with reading():
        again = [(lane, moment) for lane in lanes if (moment := lane.tries_again_at())]
        db.session.commit()
    for lane, moment in again:
        moments.append(moment.timestamp())
        sentences.append(f"{title_of(lane.provider)} is asked again for what failed.")
    wait = min(moments, default=float("inf")) - time.time()
    if wait <= WAITED_FOR_SECONDS:
        runs.postpone(lease, max(wait, 1.0), " ".join(sentences))
    else:
        runs.end(lease, "done", " ".join(map(_why, undone)) or None)


def _why(lane: Lane) -> str:
    title, reason = title_of(lane.provider), lane.end.reason
    if lane.end.until is None:
        return reason if reason.startswith(title) else f"{title}: {reason}"
    moment = time.strftime("%d %b %H:%M", time.localtime(lane.end.until))
    return f"{title} rests until {moment}: {lane.end.reason}"
