"""A job in words people use."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.domain.pace import duration
from app.models import Run, RunChange
from app.models.run import ACTIVE_STATES
from app.queries.run_status import CHANGES, RunStatus

TITLES = {
    "sync": "Sync with Discogs",
    "import_csv": "CSV import",
    "enrich": "Details, covers and links",
    "publish": "Publishing",
    "publish_look": "What publishing would change",
    "publish_preview": "Preview of the site",
}
PUBLISHING = ("publish", "publish_look", "publish_preview")
DOING = {
    "enrich": "Fetching",
    "publish": "Publishing",
    "publish_look": "Looking",
    "publish_preview": "Preview",
}
STATES = {
    "queued": "about to start",
    "running": "under way",
    "waiting": "waiting",
    "done": "done",
    "failed": "failed",
    "cancelled": "stopped",
}
BADGES = {"done": "good", "failed": "bad", "cancelled": "warn", "waiting": "warn"}


def change_kind(kind: str) -> str:
    """What happened to a record in a sync, as a heading: "Gone from Discogs"."""
    words = CHANGES.get(kind, kind)
    return words[:1].upper() + words[1:]


def stays(change: RunChange) -> str:
    """Why a change cannot be taken back; "" if it can."""
    if change.kind == "merged":
        return "This stays: at Discogs the two are one now."
    if change.fields.keys() == {"added"}:
        return "This stays: by the day it was added, a CSV file tells a copy from its twins."
    return ""


def title(run: Run) -> str:
    """What the job is called."""
    return TITLES.get(run.kind, run.kind)


def state(run: Run) -> str:
    """Its state in a word or two."""
    if is_paused(run):
        return "pausing" if run.state == "running" else "paused"
    return STATES[run.state]


def is_paused(run: Run) -> bool:
    """Whether a person let it rest; it may still have to end its step."""
    return run.paused_at is not None and run.state in ACTIVE_STATES


def badge(run: Run) -> str:
    """The colour its state is shown in: good, warn, bad or ""."""
    return "warn" if is_paused(run) else BADGES.get(run.state, "")


def pill(run: Run, done: int, total: int | None) -> tuple[str, str]:
    """What is going on in a word, and how far it is, as short as can be; "" before it is known."""
    if is_paused(run):
        word = "Paused"
    elif run.state == "waiting":
        word = "Waiting"
    else:
        word = DOING.get(run.kind, "Sync")
    return word, f"{100 * done // total} %" if total else ""


def facts(status: RunStatus) -> list[tuple[str, str]]:
    """Rate, time left or taken, in pairs of name and text."""
    found = []
    if status.per_minute:
        found.append(("Rate", f"{status.per_minute:,} copies a minute"))
    if status.is_active:
        if status.seconds_left is not None:
            found.append(("Left", f"about {duration(status.seconds_left)}"))
        if status.run.started_at:
            found.append(("So far", duration(status.seconds)))
    elif status.run.started_at:
        found.append(("Took", duration(status.seconds)))
    return found


def clock(moment: datetime) -> str:
    """When, where Gatefold runs: 14:03, or 3 Dec 14:03 on another day."""
    local = moment.astimezone()
    is_near = abs(local - datetime.now(local.tzinfo)) < timedelta(hours=12)
    return f"{local:%H:%M}" if is_near else f"{local.day} {local:%b %H:%M}"


def change(kind: str, count: int) -> str:
    """ "12 moved to another folder"."""
    return f"{count:,} {CHANGES[kind]}"


def summary(run: Run) -> str:
    """What it changed, in one line."""
    if run.kind in PUBLISHING:
        return run.message or ""
    told = [change(kind, run.counts[kind]) for kind in CHANGES if run.counts.get(kind)]
    return ", ".join(told)
