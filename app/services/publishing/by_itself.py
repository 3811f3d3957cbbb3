"""Publishing that starts by itself: after a sync or an enrichment run that changed something.

Nothing is noted when such a run ends. Whoever looks compares the runs: one that changed something
and ended after the last publishing began is not on the site yet. So a crash loses nothing, and many
that look start one publishing.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select

from app.extensions import db, reading
from app.models import Preference, Run
from app.models.base import utcnow
from app.models.run import ACTIVE_STATES
from app.queries.run_gains import GAINS
from app.queries.run_status import CHANGES
from app.services import catalogue_lock, preferences, runs
from app.services.publishing.site_job import KIND

# When publishing by itself was switched on, as ISO 8601; None or no row while it is off.
AFTER = "publish.after"
# Whether each publishing from the pages is committed to Git.
COMMIT = "publish.commit"
CHANGING = ("sync", "enrich")
RUNS_LOOKED_AT = 50


def is_on(owner_id: int) -> bool:
    """Whether publishing follows what changes the shelf."""
    return preferences.get(owner_id, AFTER) is not None


def is_committed(owner_id: int) -> bool:
    """Whether what is published from the pages is committed to Git as well."""
    return preferences.get(owner_id, COMMIT) is True


def choose(owner_id: int, *, after_runs: bool, commit: bool) -> None:
    """Switch both on or off. What changed before stays for a person to publish. Commits."""
    if after_runs != is_on(owner_id):
        preferences.put(owner_id, AFTER, utcnow().isoformat() if after_runs else None)
    preferences.put(owner_id, COMMIT, commit)


def start_due() -> list[int]:
    """Start the publishing of whoever wishes it and has something new; the runs' ids. Commits."""
    with reading():
        wished = select(Preference.owner_id).where(Preference.name == AFTER)
        due = [owner_id for owner_id in db.session.scalars(wished).all() if _is_due(owner_id)]
        db.session.rollback()
    return [run_id for owner_id in due if (run_id := _start(owner_id))]


def _start(owner_id: int) -> int | None:
    catalogue_lock.hold(owner_id)
    if not _is_due(owner_id):  # somebody else was quicker
        db.session.rollback()
        return None
    cursor = {"by_itself": True, "commit": is_committed(owner_id)}
    return runs.start(owner_id, KIND, cursor).id


def _is_due(owner_id: int) -> bool:
    since = _since(owner_id)
    if since is None or _is_busy(owner_id):
        return False
    begun = max(since, _last_publishing(owner_id))
    mine = Run.owner_id == owner_id, Run.kind.in_(CHANGING), Run.ended_at > begun
    latest = select(Run.kind, Run.counts).where(*mine).order_by(Run.id.desc())
    return any(
        _has_changed(run.kind, run.counts)
        for run in db.session.execute(latest.limit(RUNS_LOOKED_AT))
    )


def _since(owner_id: int) -> datetime | None:
    """When it was switched on; None while it is off."""
    stored = preferences.get(owner_id, AFTER)
    if stored is None:
        return None
    try:
        return datetime.fromisoformat(stored).astimezone(UTC)
    except (TypeError, ValueError):  # a dump can bring anything
        return datetime.min.replace(tzinfo=UTC)


def _is_busy(owner_id: int) -> bool:
    """Whether what would be published is still changing, or is being published.

    One that waits or is paused may do so for days; what it brought is published meanwhile.
    """
    active = Run.owner_id == owner_id, Run.state.in_(ACTIVE_STATES)
    rows = db.session.execute(select(Run.kind, Run.state, Run.paused_at).where(*active))
    return any(
        row.kind == KIND
        or (row.kind in CHANGING and row.state != "waiting" and row.paused_at is None)
        for row in rows
    )


def _last_publishing(owner_id: int) -> datetime:
    """When the last publishing of the whole shelf was asked for, however it ended."""
    mine = select(Run.created_at, Run.cursor).where(Run.owner_id == owner_id, Run.kind == KIND)
    latest = db.session.execute(mine.order_by(Run.id.desc()).limit(RUNS_LOOKED_AT))
    whole = (row.created_at for row in latest if not row.cursor.get("release"))
    return next(whole, datetime.min.replace(tzinfo=UTC))


def _has_changed(kind: str, counts: dict[str, object]) -> bool:
    if kind == "sync":
        return any(counts.get(change) for change in CHANGES)
    gains = counts.get(GAINS)
    return isinstance(gains, dict) and any(gains.values())
