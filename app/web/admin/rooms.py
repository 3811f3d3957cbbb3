"""The rooms of the admin area, with how much waits in each."""

from __future__ import annotations

from app.queries import conflicts, failures, feedback, quality, reviews, skips
from app.web.auth import owner_id

Tab = tuple[str, str, str]


def tabs(
    *,
    waiting: int | None = None,
    failed: int | None = None,
    skipped: int | None = None,
    told: int | None = None,
    gaps: int | None = None,
    contested: int | None = None,
) -> list[Tab]:
    """(address, text, count) of each room; no count where nothing waits.

    What a page has counted already it hands over; each of the others is a statement or two.
    """
    asked = reviews.waiting_count(owner_id()) if waiting is None else waiting
    open_ones = failures.open_count() if failed is None else failed
    unanswered = feedback.open_count(owner_id()) if told is None else told
    left_alone = skips.skip_count(owner_id()) if skipped is None else skipped
    to_fill = quality.open_now(owner_id()) if gaps is None else gaps
    in_doubt = conflicts.conflict_count(owner_id()) if contested is None else contested
    return [
        ("/admin", "Releases", ""),
        ("/admin/bulk", "Edit many", ""),
        ("/admin/history", "History", ""),
        ("/admin/reviews", "Reviews", _count(asked)),
        ("/admin/conflicts", "Conflicts", _count(in_doubt)),
        ("/admin/quality", "Gaps", _count(to_fill)),
        ("/admin/failures", "Failures", _count(open_ones)),
        ("/admin/skips", "Left alone", _count(left_alone)),
        ("/admin/health", "Health", ""),
        ("/admin/backups", "Backups", ""),
        ("/admin/publish", "Publish", ""),
        ("/admin/feedback", "Feedback", _count(unanswered)),
    ]


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
