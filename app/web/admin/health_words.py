"""How a service is, in words people use."""

from __future__ import annotations

from datetime import UTC, datetime

from app.domain.pace import duration
from app.domain.providers import title_of
from app.services.lane_report import LaneReport
from app.web.admin import words

BADGES = {"works": "good", "refused": "bad", "resting": "warn", "shaky": "warn"}
STATES = {
    "off": "off",
    "refused": "refuses",
    "resting": "rests",
    "shaky": "stumbles",
    "works": "works",
    "new": "not asked yet",
}
COVERS = {"itunes": "iTunes", "coverart": "Cover Art Archive"}
# Sentences that tell what to set, rather than that somebody switched it.
NOT_SET_UP = ("is not set up", "are not set")


def state(lane: LaneReport) -> str:
    """One or two words."""
    if lane.state == "off" and any(part in lane.why_off for part in NOT_SET_UP):
        return "not set up"
    if lane.state == "new" and lane.last_error:
        return "no answer yet"
    return STATES[lane.state]


def badge(lane: LaneReport) -> str:
    """The colour of its state: good, warn, bad or ""."""
    return BADGES.get(lane.state, "")


def sentence(lane: LaneReport) -> str:
    """What is the matter, and what to do; "" while all is well."""
    match lane.state:
        case "off":
            return lane.why_off
        case "refused":
            return lane.refusal
        case "resting" if lane.rest_until:
            return f"Rests until {words.clock(lane.rest_until)}: {ended(lane.rest_reason)}"
        case "shaky":
            again = (
                f" Next try in a run after {words.clock(lane.next_try_at)}."
                if lane.next_try_at
                else ""
            )
            faults = "fault" if lane.failures == 1 else "faults in a row"
            return f"{lane.failures} {faults}: {ended(lane.last_error)}{again}"
    if lane.next_try_at and lane.next_try_at > datetime.now(UTC):
        return f"Some things failed; next try in a run after {words.clock(lane.next_try_at)}."
    return ""


def ended(text: str) -> str:
    """A reason as a sentence."""
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def window(lane: LaneReport) -> str:
    """ "23 of 60 in the last minute", and those of others."""
    ours = f"{lane.calls:,} of {lane.limit.calls:,} in the last {words.every(lane.limit.seconds)}"
    theirs = f", {lane.neighbours:,} by somebody else at your internet address"
    return ours + theirs if lane.neighbours else ours


def clock(seconds: float) -> str:
    """By how much, and which way, our clock is wrong."""
    way = "ahead of" if seconds > 0 else "behind"
    return f"{duration(abs(seconds))} {way} what the services say"


def cover_source(name: str) -> str:
    """Where a cover comes from."""
    return COVERS.get(name) or title_of(name)


def size(count: int | None) -> str:
    """Bytes in kB, MB or GB."""
    amount = float(count or 0)
    for unit in ("bytes", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def at(seconds: float) -> str:
    """A moment of the database's clock, in local time."""
    return words.clock(datetime.fromtimestamp(seconds, UTC))
