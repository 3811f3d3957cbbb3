"""Pages at other services that a person names themselves. Everything here commits.

Such a link is a decision like those made under Reviews: it is kept for good, and other pages of
the same service give way to it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import delete, select

from app.domain.matching.keys import title_key
from app.domain.matching.own_addresses import album_address
from app.errors import NotFoundError
from app.extensions import db
from app.models import Link, Release
from app.services import catalogue_lock, reviews
from app.services.transaction import one_commit

EVIDENCE: Final = {"you": "you named this page"}


def add(owner_id: int, release_id: int, text: str) -> int:
    """Have a release and its other pressings be found at the page of this address; the link's id.

    Raises NotFoundError, InvalidInputError at "address".
    """
    address = album_address(text)
    with one_commit():
        catalogue_lock.hold(owner_id)
        mine = select(Release).where(Release.id == release_id, Release.owner_id == owner_id)
        release = db.session.scalar(mine)
        if release is None:
            raise NotFoundError("There is no such record on this shelf.")
        key = title_key(release.master_discogs_id, release.discogs_id, release.id)
        of = {"owner_id": owner_id, "entity": "title", "key": key, "provider": address.provider}
        link = db.session.scalar(select(Link).filter_by(**of, url=address.url))
        if link is None:
            told = {"remote_id": address.remote_id[:200], "badge": "exact", "score": 1.0}
            link = Link(**of, **told, url=address.url, evidence=EVIDENCE, state="waiting")
            db.session.add(link)
            db.session.flush()
        elif link.state == "rejected":
            link.state, link.decided_at = "waiting", None
        link_id = link.id
    reviews.decide(owner_id, link_id, "accept")
    return link_id


def take_back(owner_id: int, link_id: int) -> None:
    """Undo `add` or an accepted offer; what was rejected for it waits again.

    Raises NotFoundError.
    """
    link = reviews.undo(owner_id, link_id)
    if link.evidence != EVIDENCE:
        db.session.rollback()
        return
    with one_commit():
        db.session.execute(delete(Link).where(Link.id == link_id, Link.owner_id == owner_id))
