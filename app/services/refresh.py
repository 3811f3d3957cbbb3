"""Looking one record up again, because somebody asks."""

from __future__ import annotations

from sqlalchemy import select, update

from app.clients.discogs import DiscogsClient
from app.domain.matching.keys import title_key
from app.errors import ConflictError, NotFoundError
from app.extensions import db
from app.models import ProviderResult, Release
from app.models.base import utcnow
from app.services import catalogue_lock, image_room
from app.services.enrich import work
from app.services.providers import discogs_client, reader_credential
from app.services.release_details import store_details
from app.services.workplace import Workplace

ASKED_AGAIN = ("none", "failed", "parked")
COVERS_FROM = ("coverart", "images")


def refresh_release(workplace: Workplace, owner_id: int, release_id: int) -> bool:
    """Ask Discogs for a release anew; False when Discogs has it no more. Commits. 1 call.

    What other services had no answer to is put on the work list again, and so are its covers: one
    that was let go for room, or was gone, comes back with the next run. Raises NotFoundError,
    ConflictError (a record entered by hand), or what the client raises: RateLimitedError at once
    when no call is free within ten seconds.
    """
    release = _release(owner_id, release_id)
    if release.discogs_id is None:
        raise ConflictError("This record was entered by hand; Discogs does not know it.")
    discogs_id, title = (
        release.discogs_id,
        title_key(release.master_discogs_id, release.discogs_id, release.id),
    )
    credential = reader_credential(workplace, owner_id)
    db.session.rollback()  # nobody waits for our transaction while we wait for Discogs
    client: DiscogsClient = discogs_client(workplace, credential, tries=1)
    try:
        found = client.release_with_raw(discogs_id)
    finally:
        client.close()
    catalogue_lock.hold(owner_id)
    if found is None:
        _release(owner_id, release_id).gone_at = utcnow()
    else:
        store_details(owner_id, *found)
    _ask_again(str(discogs_id), title)
    db.session.commit()
    return found is not None


def _release(owner_id: int, release_id: int) -> Release:
    release = db.session.scalar(
        select(Release).where(Release.id == release_id, Release.owner_id == owner_id)
    )
    if release is None:
        raise NotFoundError("There is no such record on this shelf.")
    return release


def _ask_again(discogs_id: str, title: str) -> None:
    for entity, key in (("release", discogs_id), ("title", title)):
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
    work.reopen("release", COVERS_FROM, (discogs_id,))
