"""What changes when a person has connected with Discogs again."""

from __future__ import annotations

from sqlalchemy import String, cast, exists, select

from app.extensions import db
from app.models import ProviderHealth, ProviderResult, Release, Run
from app.services import runs
from app.services.enrich import health
from app.services.providers import DISCOGS


def take_up(owner_id: int, account: int) -> bool:
    """Discogs counts as well again, and a sync of this account that waited goes on. No commit.

    `account` is the number of the account at Discogs: its name may be another one by now. Returns
    whether an enrichment ended before its time because Discogs refused us.
    """
    waiting = db.session.execute(
        select(Run.id, Run.cursor).where(
            Run.owner_id == owner_id, Run.kind == "sync", Run.state == "waiting"
        )
    )
    runs.wake(*(run.id for run in waiting if run.cursor.get("account") == account))
    is_left = _has_left_enriching(owner_id)
    health.succeeded(DISCOGS, 1)
    return is_left


def enrich_again(owner_id: int) -> None:
    """Go on with what an enrichment left undone. Commits."""
    runs.start(owner_id, "enrich")


def _has_left_enriching(owner_id: int) -> bool:
    refused = exists().where(ProviderHealth.provider == DISCOGS, ProviderHealth.refusal != "")
    undone = exists().where(
        ProviderResult.provider == DISCOGS,
        ProviderResult.entity == "release",
        ProviderResult.state == "pending",
        ProviderResult.key == cast(Release.discogs_id, String),
        Release.owner_id == owner_id,
    )
    ended = exists().where(Run.owner_id == owner_id, Run.kind == "enrich", Run.state == "done")
    return bool(db.session.scalar(select(refused & undone & ended)))
