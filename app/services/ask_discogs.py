"""What Discogs is asked only when a person wants it: an artist's profile, a work's first year.

A call each would double what a whole collection costs, so no run makes them. A profile is asked for
with one of the calls that are kept free for people, a year only where another is to spare. What
they tell ranks as app/domain/fallbacks.py says.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import structlog
from sqlalchemy import select

from app.clients.discogs import DiscogsClient
from app.domain.fallbacks import is_as_good
from app.domain.matching.crosswalk import FIRST_YEARS
from app.domain.names import is_placeholder
from app.domain.records import ArtistRecord
from app.errors import ConflictError, NotFoundError, ProviderError, RateLimitedError
from app.extensions import db
from app.models import Artist, Master
from app.services import catalogue_lock, overlay
from app.services.enrich import health
from app.services.providers import DISCOGS, discogs_client, reader_credential
from app.services.release_details import keep_answer
from app.services.workplace import Workplace

log = structlog.get_logger(__name__)
YEAR = "original year"
A_MOMENT_SECONDS = 1.5


def refresh_artist(workplace: Workplace, owner_id: int, artist_id: int) -> bool:
    """Ask Discogs for an artist's profile; False when it has the artist no more. Commits. 1 call.

    A profile a person wrote stays shown. Raises NotFoundError, ConflictError (nobody Discogs knows
    by a number, or nobody at all: "Various"), or what the client raises: RateLimitedError at once
    when no call is free within ten seconds.
    """
    artist = _artist(owner_id, artist_id)
    discogs_id = artist.discogs_id
    if discogs_id is None or is_placeholder(artist.name, discogs_id):
        raise ConflictError("Discogs has no profile of this artist.")
    with client_for_person(workplace, owner_id) as client:
        found = client.artist_with_raw(discogs_id)
    if found is None:
        return False
    catalogue_lock.hold(owner_id)
    record, raw = found
    _store(_artist(owner_id, artist_id), record)
    keep_answer("artist", str(discogs_id), raw)
    db.session.commit()
    return True


@contextmanager
def client_for_person(
    workplace: Workplace, owner_id: int, *, in_passing: bool = False
) -> Iterator[DiscogsClient]:
    """A client for somebody who waits, but for what is asked `in_passing` hardly at all.

    Ends the transaction: nobody waits for it meanwhile. At the end it is noted, and committed, how
    Discogs answered; that no call was free is no fault of its.
    """
    credential = reader_credential(workplace, owner_id)
    db.session.rollback()
    patience = A_MOMENT_SECONDS if in_passing else None
    asked = discogs_client(workplace, credential, tries=1, patience=patience, in_passing=in_passing)
    with closing(asked) as client:
        try:
            yield client
        except ProviderError as error:
            if not isinstance(error, RateLimitedError):
                health.failed_elsewhere(error)
                db.session.commit()
            raise
        health.note_answers(DISCOGS, client)
        db.session.commit()


def _artist(owner_id: int, artist_id: int) -> Artist:
    query = select(Artist).where(Artist.id == artist_id, Artist.owner_id == owner_id)
    artist = db.session.scalar(query)
    if artist is None:
        raise NotFoundError("There is no such artist on this shelf.")
    return artist


def _store(artist: Artist, record: ArtistRecord) -> None:
    told = {"profile": record.profile or None}
    shown = overlay.let_edits_win(artist.owner_id, "artist", artist.id, told)
    if "profile" in shown and shown["profile"] != artist.profile:
        artist.profile = shown["profile"]
        artist.version += 1


def learn_original_year(workplace: Workplace, owner_id: int, master_id: int | None) -> None:
    """Ask Discogs when a work first came out, unless somebody better told. Commits. 1 call, or 0.

    It comes on top of what a person asked for, so a fault changes nothing but what Health tells;
    nor do they wait for it, or for the next record, where all calls are used up.
    """
    if not master_id or not _is_wanted(db.session.get(Master, master_id)):
        return
    try:
        with client_for_person(workplace, owner_id, in_passing=True) as client:
            found = client.master_with_raw(master_id)
    except ProviderError as error:
        log.info("original_year_not_told", master=master_id, reason=str(error))
        return
    year = found[0].year if found else None
    if found and year in FIRST_YEARS:
        catalogue_lock.hold(owner_id)
        master = db.session.get(Master, master_id) or Master(discogs_id=master_id)
        if _is_wanted(master):  # it may have been told meanwhile
            master.year, master.year_from = year, DISCOGS
            db.session.add(master)
        keep_answer("master", str(master_id), found[1])
        db.session.commit()


def _is_wanted(master: Master | None) -> bool:
    return master is None or master.year is None or is_as_good(YEAR, DISCOGS, master.year_from)
