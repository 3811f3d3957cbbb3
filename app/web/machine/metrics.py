"""What /metrics tells: only numbers, and labels from lists of ours."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from app.domain.exposition import Family
from app.models.provider_result import RESULT_STATES
from app.models.run import ACTIVE_STATES, ENDED_STATES
from app.queries import health
from app.queries.run_metrics import run_metrics
from app.services.lane_report import LaneReport
from config import VERSION

ERROR_KINDS = ("RateLimited", "Refused", "Unavailable", "OddAnswer")
RUN_STATES = (*ACTIVE_STATES, "paused", *ENDED_STATES)
Sample = tuple[Mapping[str, str], float]


def families(lanes: Sequence[LaneReport]) -> Iterator[Family]:
    """All metrics. Some 200 samples; their number does not grow with the collection."""
    yield Family("gatefold_info", "gauge", "Which version runs.", [({"version": VERSION}, 1)])
    yield from _provider_families(lanes)
    yield from _run_families()
    sizes = health.sizes()
    for name, about, number in (
        ("gatefold_images_bytes", "Bytes of all pictures kept.", sizes.image_bytes),
        ("gatefold_images", "Pictures kept.", sizes.images),
        ("gatefold_database_bytes", "Bytes of the database.", sizes.database_bytes),
    ):
        yield Family(name, "gauge", about, [({}, number)])


def _provider_families(lanes: Sequence[LaneReport]) -> Iterator[Family]:
    prefix = "gatefold_provider_"

    def each(name: str, kind: str, about: str, number: Callable[[LaneReport], float]) -> Family:
        samples: list[Sample] = [({"provider": lane.service.name}, number(lane)) for lane in lanes]
        return Family(prefix + name, kind, about, samples)

    yield each(
        "calls_total", "counter", "Questions answered, or failed.", lambda lane: lane.calls_ever
    )
    yield each("window_calls", "gauge", "Calls in the present window.", lambda lane: lane.calls)
    yield each("window_limit", "gauge", "Calls a window bears.", lambda lane: lane.limit.calls)
    yield each(
        "window_neighbours",
        "gauge",
        "Calls of others at our address in the present window.",
        lambda lane: lane.neighbours,
    )
    yield each("wait_seconds", "gauge", "How long nobody may call yet.", _wait)
    yield each(
        "faults_in_a_row", "gauge", "Faults since a good answer.", lambda lane: lane.failures
    )
    yield each(
        "refused", "gauge", "1 while a person must mend it.", lambda lane: bool(lane.refusal)
    )
    yield each("enabled", "gauge", "1 while it may be asked.", lambda lane: not lane.why_off)
    errors: list[Sample] = [
        ({"provider": lane.service.name, "kind": kind}, lane.errors.get(kind, 0))
        for lane in lanes
        for kind in ERROR_KINDS
    ]
    yield Family(prefix + "errors_total", "counter", "Questions that failed.", errors)
    skews: list[Sample] = [
        ({"provider": lane.service.name}, lane.clock_skew)
        for lane in lanes
        if lane.clock_skew is not None
    ]
    yield Family(prefix + "clock_skew_seconds", "gauge", "Its clock minus ours.", skews)
    depth: list[Sample] = [
        ({"provider": lane.service.name, "state": state}, lane.work.states.get(state, 0))
        for lane in lanes
        for state in RESULT_STATES
    ]
    yield Family("gatefold_queue_depth", "gauge", "Things on the work list.", depth)


def _wait(lane: LaneReport) -> float:
    return max(lane.rest_until.timestamp() - time.time(), 0.0) if lane.rest_until else 0.0


def _run_families() -> Iterator[Family]:
    runs = run_metrics()
    states: list[Sample] = [
        ({"kind": run.kind, "state": state}, run.state == state)
        for run in runs
        for state in RUN_STATES
    ]
    stuck: list[Sample] = [
        ({"kind": run.kind}, run.seconds_since_progress)
        for run in runs
        if run.seconds_since_progress is not None
    ]
    yield Family("gatefold_run_state", "gauge", "1 for the state of the newest run.", states)
    about = "How long a run that should be at work has not got further."
    yield Family("job_last_progress_seconds", "gauge", about, stuck)
