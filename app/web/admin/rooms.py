"""The rooms of the admin area, with how much waits in each."""

from __future__ import annotations

from app.queries import failures, reviews
from app.web.auth import owner_id

Tab = tuple[str, str, str]


def tabs() -> list[Tab]:
    """(address, text, count) of each room; no count where nothing waits. Two statements."""
    return [
        ("/admin", "Releases", ""),
        ("/admin/reviews", "Reviews", _count(reviews.waiting_count(owner_id()))),
        ("/admin/failures", "Failures", _count(failures.open_count())),
        ("/admin/health", "Health", ""),
    ]


def _count(number: int) -> str:
    return f"{number:,}" if number else ""
