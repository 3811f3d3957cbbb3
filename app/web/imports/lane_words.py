"""The lanes of an enrichment run, in words people use."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from app.domain.pace import duration
from app.domain.providers import BY_NAME, Service
from app.models import Run
from app.models.run import ACTIVE_STATES
from app.queries.enrich_run import EnrichStatus, Lane, Reason
from app.queries.run_gains import GAINS, Gains
from app.web.imports.job_words import clock, is_paused

NO_REASON = "No reason was noted"


@dataclass(frozen=True, slots=True)
class LaneView:
    """A line of the checklist. `mark` is todo, now, rest, failed, done or off; `state` may be "".

    `things` is what is counted; `troubled` tells how many of them failed, "" while none did.
    """

    name: str
    title: str
    gives: str
    mark: str
    state: str
    done: int
    total: int
    things: str
    troubled: str
    troubled_url: str

    @property
    def has_bar(self) -> bool:
        """Whether to draw how far it is: wherever it has begun and may still get further."""
        return self.mark in ("now", "rest") or (self.mark in ("todo", "failed") and self.done > 0)


def view(lane: Lane, run: Run, why_off: str) -> LaneView:
    """A lane as the page shows it; `why_off` is a sentence, "" while it takes part."""
    mark, state = _state(lane, run, why_off)
    name = lane.service.name
    return LaneView(
        name=name,
        title=lane.service.title,
        gives=lane.service.gives,
        mark=mark,
        state=state,
        done=lane.count.done,
        total=lane.count.total,
        things=lane.service.asks_about if lane.count.total != 1 else lane.service.asks_about[:-1],
        troubled=_troubled(lane),
        troubled_url=f"/admin/failures?provider={quote(name)}",
    )


def _state(lane: Lane, run: Run, why_off: str) -> tuple[str, str]:
    if lane.is_done:
        return "done", "done"
    if why_off:
        return "off", why_off
    if lane.trouble.refusal:
        return "failed", lane.trouble.refusal
    if lane.rests_until:
        return "rest", f"rests until {clock(lane.rests_until)}: {_ended(lane.trouble.reason)}"
    if run.state not in ACTIVE_STATES:
        return "todo", "the rest comes with the next run"
    if is_paused(run):
        return "todo", ""  # said once, above all of them
    if run.state == "queued":
        return "todo", "about to start"
    if run.state == "waiting":
        return "todo", "goes on with the job"
    if lane.trouble.faults:
        return "now", f"stumbles: {_ended(lane.trouble.reason)}"
    if lane.per_second:
        return "now", f"works, {rate(lane.per_second)}{_beside(lane)}"
    if lane.count.postponed:
        return "now", "tries again soon what failed"
    if lane.is_asking:
        return "now", "was asked, has not answered yet"
    return "now", "waits for what the others find out"


def _beside(lane: Lane) -> str:
    theirs, most = lane.trouble.neighbours, lane.limit.things
    if not theirs:
        return ""
    return f", as somebody else at your internet address makes {theirs:,} of {most:,.0f} calls"


def _troubled(lane: Lane) -> str:
    count = lane.count
    if not count.troubled:
        return ""
    if count.troubled == count.postponed:
        return f"{count.troubled:,} failed and {'is' if count.troubled == 1 else 'are'} tried again"
    return f"{count.troubled:,} could not be had"


def about(service: Service, sentence: str) -> str:
    """A sentence about a service, with its name before it unless it begins with it."""
    return sentence if sentence.startswith(service.title) else f"{service.title}: {sentence}"


def _ended(text: str) -> str:
    text = text.strip() or NO_REASON
    return text if text.endswith((".", "!", "?")) else f"{text}."


def rate(per_second: float) -> str:
    """0.97 as "58 a minute"."""
    per_minute = per_second * 60
    if per_minute >= 1:
        return f"{per_minute:,.0f} a minute"
    return f"{max(per_minute * 60, 1):,.0f} an hour"


def facts(status: EnrichStatus) -> list[tuple[str, str]]:
    """Rate, time left or taken, in pairs of name and text."""
    found = []
    is_at_work = status.run.state == "running" and not is_paused(status.run)
    slowest = status.slowest if is_at_work else None
    if slowest and slowest.per_second:
        found.append((f"{slowest.service.title}, the slowest", rate(slowest.per_second)))
    if is_at_work and status.seconds_left is not None:
        found.append(("Left", f"about {duration(status.seconds_left)}"))
    if status.run.started_at:
        found.append(("So far" if status.is_active else "Took", duration(status.seconds)))
    return found


def reason(found: Reason) -> str:
    """Whose trouble it is, and what."""
    return about(BY_NAME[found.provider], found.text or NO_REASON)


def gained(gains: Gains, waiting: int = 0) -> list[tuple[int, str]]:
    """What a run brought, in pairs of count and words; nothing that is none.

    `waiting` questions wait for a person now.
    """
    told = (
        (gains.details, "record looked up", "records looked up"),
        (gains.pictures, "picture", "pictures"),
        (gains.links, "link", "links"),
        (gains.biographies, "biography", "biographies"),
        (gains.gone, "gone from Discogs", "gone from Discogs"),
        (waiting, "question waits for you", "questions wait for you"),
    )
    return [(count, one if count == 1 else many) for count, one, many in told if count]


def summary(run: Run) -> str:
    """What an enrichment that has ended brought, in one line."""
    kept = run.counts.get(GAINS)
    return ", ".join(f"{count:,} {words}" for count, words in gained(Gains(**kept))) if kept else ""


def failed(count: int) -> str:
    """Of how many things a trouble is told."""
    return "once" if count == 1 else f"{count:,} times"
