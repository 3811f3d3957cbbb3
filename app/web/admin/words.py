"""What the admin pages call things."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.domain.providers import title_of
from app.queries.elsewhere import SITES

BADGES = {"exact": "good", "derived": "good", "guess": "warn"}
KINDS = {
    "title": "Album",
    "release": "Pressing",
    "artist": "Artist",
    "master": "Work",
    "barcode": "Barcode",
}
LIKELY, POSSIBLE = 0.75, 0.5


def site(provider: str) -> str:
    """What people call a provider, or a site that is only linked to."""
    return SITES.get(provider) or title_of(provider)


def likeness(score: float) -> str:
    """A score in words and as a number: "likely, 0.88"."""
    word = "likely" if score >= LIKELY else "possible" if score >= POSSIBLE else "doubtful"
    return f"{word}, {score:.2f}"


def clock(moment: datetime) -> str:
    """When, where Gatefold runs: 14:03, or 3 Dec 14:03 on another day."""
    local = moment.astimezone()
    is_near = abs(local - datetime.now(local.tzinfo)) < timedelta(hours=12)
    return f"{local:%H:%M}" if is_near else f"{local.day} {local:%b %H:%M}"


def next_try(due_at: datetime, *, is_run_active: bool) -> str:
    """When something that failed is tried again; a run has to be there for that."""
    if not is_run_active:
        return f"in a run after {clock(due_at)}"
    return clock(due_at) if due_at > datetime.now(UTC) else "soon"


def stamp(moment: datetime) -> str:
    """The day and the time, where Gatefold runs: 21 Nov 2026 14:03."""
    local = moment.astimezone()
    return f"{local.day} {local:%b %Y %H:%M}"


def every(seconds: float) -> str:
    """The length of a window: "minute", "second", "20 seconds"."""
    return {1.0: "second", 60.0: "minute", 3600.0: "hour"}.get(seconds, f"{seconds:g} seconds")
