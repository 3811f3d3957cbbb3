"""Looking one record up again: because somebody asks, or opens it when what is known is old."""

from __future__ import annotations

from sqlalchemy import select, update

from app.domain.matching.keys import title_key
from app.errors import ConflictError, NotFoundError
from app.extensions import db
from app.models import ProviderHealth, ProviderResult, Release
from app.models.base import utcnow
from app.queries.skips import is_left_alone
from app.services import accounts, ask_discogs, catalogue_lock, image_room, preferences, skips
from app.services.enrich import desk, health, reopening
from app.services.providers import DISCOGS
from app.services.release_details import FRESH_FOR, store_details
from app.services.workplace import Workplace

WHEN_OPENED = "discogs.refresh_when_opened"
ASKED_AGAIN = ("none", "failed", "parked")
COVERS_FROM = ("coverart", "images")


def refresh_release(workplace: Workplace, owner_id: int, release_id: int) -> bool:
    """Ask Discogs for a release anew; False when Discogs has it no more. Commits. 1 or 2 calls.

    What other services had no answer to is put on the work list again, and so are its covers: one
    that was let go for room, or was gone, comes back with the next run. The year the work first
    came out is asked for as well if a call is to spare, unless MusicBrainz has told it. Raises
    NotFoundError, ConflictError (a record entered by hand), or what the client raises:
    RateLimitedError at once when no call is free within ten seconds.
    """
    release = _release(owner_id, release_id)
    if release.discogs_id is None:
        raise ConflictError("This record was entered by hand; Discogs does not know it.")
    discogs_id, title = (
        release.discogs_id,
        title_key(release.master_discogs_id, release.discogs_id, release.id),
    )
    is_there = _asked_and_stored(workplace, owner_id, release_id, discogs_id)
    _ask_again(str(discogs_id), title)
    master_id = _release(owner_id, release_id).master_discogs_id
    db.session.commit()
    ask_discogs.learn_original_year(workplace, owner_id, master_id)
    return is_there


def is_stale(release: Release) -> bool:
    """Whether what Discogs told of it in full is older than six hours."""
    if release.discogs_id is None or release.detailed_at is None:
        return False
    checked_at = max(release.detailed_at, release.gone_at or release.detailed_at)
    return release.facts_from == "details" and utcnow() - checked_at > FRESH_FOR


def is_wanted_when_opened(workplace: Workplace, owner_id: int) -> bool:
    """Whether a stale record is looked up again when opened: as set, else if connected."""
    is_connected = accounts.connected(workplace, owner_id) is not None
    return bool(preferences.get(owner_id, WHEN_OPENED, is_connected))


def freshen(workplace: Workplace, owner_id: int, release_id: int) -> bool:
    """Look a stale record up again if Discogs may be asked; whether it was. Commits. 1 call.

    The call is one of those kept free for people. Raises what the client raises; then all stays
    as it was, and what is wrong with Discogs is noted.
    """
    release = _release(owner_id, release_id)
    discogs_id = release.discogs_id
    is_wanted = is_stale(release) and not is_left_alone("release", str(discogs_id), DISCOGS)
    if discogs_id is None or not is_wanted or not _may_ask(workplace, owner_id):
        db.session.rollback()
        return False
    _asked_and_stored(workplace, owner_id, release_id, discogs_id)
    db.session.commit()
    return True


def _may_ask(workplace: Workplace, owner_id: int) -> bool:
    """Whether it is wished for, and Discogs neither refuses us nor is to be left alone."""
    how = db.session.get(ProviderHealth, DISCOGS)
    return (
        is_wanted_when_opened(workplace, owner_id)
        and not desk.why_off(workplace, owner_id, DISCOGS)
        and not (how and how.refusal)
        and health.rest_left(DISCOGS) == 0
    )


def _asked_and_stored(
    workplace: Workplace, owner_id: int, release_id: int, discogs_id: int
) -> bool:
    """Ask Discogs and store what it says; False when it has the record no more. No commit."""
    with ask_discogs.client_for_person(workplace, owner_id) as client:
        found = client.release_with_raw(discogs_id)
    catalogue_lock.hold(owner_id)
    if found is None:
        _release(owner_id, release_id).gone_at = utcnow()
    else:
        store_details(owner_id, *found)
    return found is not None


def _release(owner_id: int, release_id: int) -> Release:
    release = db.session.scalar(
        select(Release).where(Release.id == release_id, Release.owner_id == owner_id)
    )
    if release is None:
        raise NotFoundError("There is no such record on this shelf.")
    return release


def _ask_again(discogs_id: str, title: str) -> None:
    for entity, key in (("release", discogs_id), ("title", title), ("barcode", title)):
        db.session.execute(
            update(ProviderResult)
            .where(
                ProviderResult.entity == entity,
                ProviderResult.key == key,
                ProviderResult.state.in_(ASKED_AGAIN),
            )
            .values(state="pending", attempts=0, due_at=None, last_error=None)
            .execution_options(synchronize_session=False)
        )
    image_room.ask_again((discogs_id, title))
    reopening.these("release", COVERS_FROM, (discogs_id,))
    skips.put_aside()
