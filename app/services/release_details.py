"""Storing a release as Discogs tells it in full, with the answer it was read from."""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from app.domain.records import ReleaseRecord
from app.extensions import connected, db
from app.models import ProviderResult, Release
from app.models.base import utcnow
from app.services import overlay
from app.services.providers import DISCOGS
from app.services.release_writer import ReleaseWriter, told_by

FRESH_FOR = timedelta(hours=6)


_RELEASES = cast(Table, Release.__table__)
_KNOWN_IN_FULL = update(_RELEASES).where(_RELEASES.c.id == bindparam("release"))
_ITS_ID = select(Release.id).where(
    Release.owner_id == bindparam("owner"), Release.discogs_id == bindparam("number")
)


def store_details(owner_id: int, record: ReleaseRecord, raw: bytes) -> int:
    """Add or update the release; what the person edited stays shown. Returns our id.

    `record` has a Discogs id; `raw` is the JSON of the answer. Does not commit.
    """
    release_id = write_details(owner_id, record)
    keep_answer("release", str(record.discogs_id), raw)
    return release_id


def write_details(owner_id: int, record: ReleaseRecord, told_at: datetime | None = None) -> int:
    """The same, without the answer. `told_at`: when Discogs told it, if not just now."""
    told = told_by(record)
    asked = {"owner": owner_id, "number": record.discogs_id}
    release_id: int | None = connected().scalar(_ITS_ID, asked)
    known: dict[str, Any] = {"detailed_at": told_at or utcnow(), "gone_at": None}
    if record.images:  # without a credential Discogs hides them all
        known["further_pictures"] = list(record.images[1:])
    writer = ReleaseWriter(owner_id)
    writer.meet([told])
    if release_id is None:
        release_id = writer.create(told, "details", record.discogs_id, None)
        writer.write()
        db.session.connection().execute(_KNOWN_IN_FULL, {"release": release_id, **known})
    else:
        shown = overlay.showable(owner_id, release_id, told)
        writer.change(release_id, shown, facts_from="details", **known)
        writer.write()
    return release_id


def keep_answer(entity: str, key: str, raw: bytes) -> None:
    """Keep Discogs' answer about `key` as evidence, in place of an older one. Does not commit."""
    kept = db.session.scalar(
        select(ProviderResult).where(
            ProviderResult.entity == entity,
            ProviderResult.key == key,
            ProviderResult.provider == DISCOGS,
        )
    )
    if kept is None:
        kept = ProviderResult(entity=entity, key=key, provider=DISCOGS)
        db.session.add(kept)
    kept.state, kept.payload, kept.last_error = "found", zlib.compress(raw), None
    kept.fetched_at = utcnow()
    kept.due_at = kept.fetched_at + FRESH_FOR
    db.session.flush()
