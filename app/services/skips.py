"""Leaving things alone: no lane asks about what a person skipped. Everything here commits.

A skip stands in its own table; the work list learns of it here and when it is filled anew: what
still was to be asked is put aside there, so that it counts neither as left nor as trouble.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import Table, delete, exists, or_, select, update

from app.domain.dead_letters import NEVER
from app.domain.matching.keys import title_key
from app.domain.providers import BY_NAME
from app.domain.text import clean
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Artist, Copy, ProviderResult, Release, Skip
from app.models.base import utcnow
from app.queries.failures import FailureFilter
from app.queries.skips import is_skipped
from app.services.failures import AGAIN

LONGEST_REASON = 2_000
# When what is left alone is due. In the index by which the work is counted, it sets it apart.
NEVER_DUE = datetime(9999, 1, 1, tzinfo=UTC)
ASIDE: dict[str, Any] = {"state": "parked", "due_at": NEVER_DUE, "last_error": NEVER}

_ROWS = cast(Table, ProviderResult.__table__)


def leave_release_alone(owner_id: int, release_id: int, provider: str, reason: str) -> None:
    """Have nobody asked about a release; `provider` for that one alone.

    Nor about its title, unless another pressing of it stands on the shelf. Raises NotFoundError,
    InvalidInputError for a provider there is none of.
    """
    mine = Release.id == release_id, Release.owner_id == owner_id
    release = db.session.scalar(select(Release).where(*mine))
    if release is None:
        raise NotFoundError("There is no such record on this shelf.")
    keys = [("release", str(release.discogs_id) if release.discogs_id else f"own:{release.id}")]
    if not _has_another_pressing(release):
        title = title_key(release.master_discogs_id, release.discogs_id, release.id)
        keys.append(("title", title))
    _add(owner_id, keys, provider, reason)


def _has_another_pressing(release: Release) -> bool:
    if release.master_discogs_id is None:
        return False
    other = exists().where(
        Release.master_discogs_id == release.master_discogs_id,
        Release.owner_id == release.owner_id,
        Release.id != release.id,
        Copy.release_id == Release.id,
        Copy.removed_at.is_(None),
    )
    return bool(db.session.scalar(select(other)))


def leave_artist_alone(owner_id: int, artist_id: int, provider: str, reason: str) -> None:
    """The same for an artist."""
    mine = Artist.id == artist_id, Artist.owner_id == owner_id
    artist = db.session.scalar(select(Artist).where(*mine))
    if artist is None or artist.discogs_id is None:
        raise NotFoundError("Nobody is asked about this artist.")
    _add(owner_id, [("artist", str(artist.discogs_id))], provider, reason)


def leave_failed_alone(owner_id: int, result_id: int, reason: str, *, everybody: bool) -> None:
    """Have a provider (or `everybody`) asked no more for what it failed to tell.

    Without a reason of the person's, what went wrong is noted. Raises NotFoundError.
    """
    failed = db.session.scalar(
        select(ProviderResult).where(ProviderResult.id == result_id, FailureFilter().condition)
    )
    if failed is None:
        raise NotFoundError("This is no failure any more. Load the list anew to see what is.")
    entity, key = failed.entity, failed.key
    if entity in ("master", "barcode"):
        entity, key = "title", f"m{key}" if entity == "master" else key
    why = reason.strip() or (failed.last_error or "")
    _add(owner_id, [(entity, key)], "" if everybody else failed.provider, why)


def _add(owner_id: int, keys: list[tuple[str, str]], provider: str, reason: str) -> None:
    if provider and provider not in BY_NAME:
        raise InvalidInputError("There is no such service. Nothing was changed.")
    at, told = utcnow(), clean(reason, LONGEST_REASON).strip()
    for entity, key in keys:
        same = {"owner_id": owner_id, "entity": entity, "key": key, "provider": provider}
        db.session.execute(delete(Skip).filter_by(**same))
        db.session.add(Skip(**same, reason=told, at=at))
    db.session.flush()
    put_aside()
    db.session.commit()


def take_back(owner_id: int, skip_id: int) -> None:
    """Have something asked about again with the next run. Raises NotFoundError."""
    mine = Skip.id == skip_id, Skip.owner_id == owner_id
    skip = db.session.scalar(select(Skip).where(*mine))
    if skip is None:
        raise NotFoundError("This was taken back already.")
    together = Skip.owner_id == owner_id, Skip.at == skip.at, Skip.provider == skip.provider
    db.session.execute(delete(Skip).where(*together))
    given_up = _ROWS.c.state == "parked", _ROWS.c.last_error == NEVER
    db.session.execute(update(_ROWS).where(*given_up, ~is_skipped(_ROWS)).values(AGAIN))
    db.session.commit()


def put_aside() -> None:
    """Put everything aside in the work list that is to be left alone. Does not commit."""
    is_open = or_(
        _ROWS.c.state.in_(("pending", "failed")),
        (_ROWS.c.state == "parked") & (_ROWS.c.last_error != NEVER),
    )
    if db.session.scalar(select(exists().where(Skip.id.is_not(None)))):
        db.session.execute(update(_ROWS).where(is_open, is_skipped(_ROWS)).values(ASIDE))
