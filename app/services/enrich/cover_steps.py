"""Covers: from the Cover Art Archive by identity, else the picture Discogs or Apple shows.

A picture is fetched once for ever, by its name and not its address. Which of the known pictures a
release shows is decided in services/covers by the order a person prefers.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from app.clients.cover_art_archive import CoverArtArchive, Kind
from app.clients.errors import NothingThereError
from app.clients.pictures import PictureFetcher
from app.domain.matching.keys import title_key
from app.domain.picture_names import discogs_key
from app.extensions import db
from app.models import Master, Picture, Release
from app.models.base import utcnow
from app.services import covers, image_room
from app.services.enrich import work
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.image_store import ImageStore, KeptImage
from app.services.workplace import Workplace

log = structlog.get_logger(__name__)

GONE = "The picture is not there any more. The next run looks for its new address."
MOVED = "gone_from"
PICTURES_BETWEEN = 200
# One thread is enough to make room.
_making_room = threading.Lock()


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A picture to fetch: where from, what it is called there, and what it shows."""

    source: str
    key: str
    shows: str
    url: str


@dataclass(frozen=True, slots=True)
class ArchiveQuestion:
    """The cover of a release or release group at the Cover Art Archive."""

    kind: Kind
    mbid: str
    shows: str

    @property
    def key(self) -> str:
        """The name of the picture."""
        return f"{self.kind}/{self.mbid}"


class CoverStep(Step):
    """A cover for one release."""

    entity = "release"
    glance = 10
    odd_is_its_own = True

    def __init__(self, owner_id: int, workplace: Workplace) -> None:
        super().__init__(owner_id, workplace)
        self._kept = 0

    def _note(self, picture: tuple[str, str, str, str], image: KeptImage) -> None:
        """Write down a picture (source, key, what it shows, address), and count it."""
        covers.note(*picture, image)
        self._kept += 1

    def tidy(self, *, at_end: bool) -> None:
        """Keep the pictures within the room they may take."""
        if self._kept < (1 if at_end else PICTURES_BETWEEN):
            return
        if not _making_room.acquire(blocking=False):
            return
        try:
            self._kept = 0
            image_room.make_room(self.store, self.workplace.settings.image_cache_mb * 10**6)
        except (OperationalError, IntegrityError) as error:  # others write: there is a next time
            db.session.rollback()
            log.warning("no_room_made", reason=str(error.orig))
        finally:
            _making_room.release()

    def _release(self, item: Item) -> Any:
        """The release on this shelf; None when it has left meanwhile."""
        return db.session.execute(
            select(
                Release.id,
                Release.discogs_id,
                Release.master_discogs_id,
                Release.cover_url,
                Release.image_sha256,
            ).where(Release.owner_id == self.owner_id, Release.discogs_id == int(item.key))
        ).first()

    def _show(self, item: Item) -> bool:
        """Let the release show the best picture known; whether it shows any now."""
        release = self._release(item)
        if release is None:
            return False
        covers.choose_cover(self.owner_id, [release.id])
        return self._release(item).image_sha256 is not None

    def _settled(self, item: Item) -> Outcomes:
        return {item.key: Outcome("found" if self._show(item) else "none")}

    def keep_known(self, items: Sequence[Item]) -> Outcomes:
        """Let the releases show the best picture known of each."""
        numbers = [int(item.key) for item in items]
        mine = select(Release.id).where(
            Release.owner_id == self.owner_id, Release.discogs_id.in_(numbers)
        )
        covers.choose_cover(self.owner_id, db.session.scalars(mine).all())
        pictured = db.session.scalars(
            select(Release.discogs_id).where(
                Release.owner_id == self.owner_id,
                Release.discogs_id.in_(numbers),
                Release.image_sha256.is_not(None),
            )
        )
        return {str(number): Outcome("found") for number in pictured}

    @property
    def store(self) -> ImageStore:
        """Where pictures are kept."""
        return ImageStore(self.workplace.settings.instance_path)


class ArchiveCovers(CoverStep):
    """The front cover of this pressing, else of its release group. 1 call."""

    provider = "coverart"

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Releases whose identity at MusicBrainz is settled."""
        waiting: set[str] = set()
        keys = [item.key for item in items]
        for entity in ("release", "master"):
            if not is_over(entity, "musicbrainz"):
                waiting |= self._waiting(entity, keys)
        return [item for item in items if item.key not in waiting]

    def _waiting(self, entity: str, keys: Sequence[str]) -> set[str]:
        if entity == "release":
            return work.pending("release", "musicbrainz", keys)
        rows = db.session.execute(
            select(Release.discogs_id, Release.master_discogs_id).where(
                Release.owner_id == self.owner_id,
                Release.discogs_id.in_([int(key) for key in keys]),
                Release.master_discogs_id > 0,
            )
        ).all()
        masters = work.pending("master", "musicbrainz", {str(row[1]) for row in rows})
        return {str(row[0]) for row in rows if str(row[1]) in masters}

    def look(self, items: Sequence[Item]) -> ArchiveQuestion | None:
        """Which cover to ask for; None where it is known or nobody knows the release there."""
        (item,) = items
        release = self._release(item)
        if release is None:
            return None
        question = self._of_release(item) or self._of_title(release)
        if question is None or covers.known(self.provider, question.key):
            return None
        return question

    def _of_release(self, item: Item) -> ArchiveQuestion | None:
        known = work.kept("release", "musicbrainz", [item.key]).get(item.key)
        mbid = known.evidence.get("mbid") if known else None
        return ArchiveQuestion("release", mbid, item.key) if mbid else None

    def _of_title(self, release: Any) -> ArchiveQuestion | None:
        query = select(Master.mbid).where(Master.discogs_id == release.master_discogs_id)
        mbid = db.session.scalar(query)
        if not mbid:
            return None
        shows = title_key(release.master_discogs_id, release.discogs_id, release.id)
        return ArchiveQuestion("release-group", mbid, shows)

    def ask(self, client: CoverArtArchive, question: ArchiveQuestion) -> KeptImage | None:
        """1 call."""
        data = client.front(question.kind, question.mbid, 500)
        return None if data is None else self.store.add(data)

    def keep(
        self, items: Sequence[Item], question: ArchiveQuestion | None, answer: KeptImage | None
    ) -> Outcomes:
        """The picture; and the release shows it, if nothing better is known."""
        (item,) = items
        if question is not None:
            url = f"https://coverartarchive.org/{question.key}/front"
            if answer is None:
                covers.note_gone(self.provider, question.key, question.shows, url)
            else:
                self._note((self.provider, question.key, question.shows, url), answer)
        return self._settled(item)


class OtherCovers(CoverStep):
    """What Discogs shows of the release, or the shop of its title, where there is no better one."""

    provider = "images"

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Releases that the archive and Discogs have been asked about."""
        keys = [item.key for item in items]
        waiting: set[str] = set()
        for provider in ("coverart", "discogs"):
            if not is_over("release", provider):
                waiting |= work.pending("release", provider, keys)
        return [item for item in items if item.key not in waiting]

    def look(self, items: Sequence[Item]) -> WantedPicture | None:
        """The best picture not fetched yet, if it would be better than what is shown."""
        (item,) = items
        release = self._release(item)
        if release is None:
            return None
        offered = {"discogs": self._at_discogs(release), "itunes": self._at_itunes(release)}
        for source in covers.cover_order(self.owner_id):
            if self._shows_from(release, source):
                return None
            picture = offered.get(source)
            if picture is not None and covers.known(picture.source, picture.key) is None:
                return picture
        return None

    def _shows_from(self, release: Any, source: str) -> bool:
        if release.image_sha256 is None:
            return False
        query = select(Picture.id).where(
            Picture.source == source,
            Picture.image_sha256 == release.image_sha256,
            Picture.release_key.in_(
                (
                    str(release.discogs_id),
                    title_key(release.master_discogs_id, release.discogs_id, release.id),
                )
            ),
        )
        return db.session.scalar(query.limit(1)) is not None

    def _at_discogs(self, release: Any) -> WantedPicture | None:
        key = discogs_key(release.cover_url or "")
        if key is None:
            return None
        return WantedPicture("discogs", key, str(release.discogs_id), release.cover_url)

    def _at_itunes(self, release: Any) -> WantedPicture | None:
        key = title_key(release.master_discogs_id, release.discogs_id, release.id)
        known = work.kept("title", "itunes", [key]).get(key)
        url = known.evidence.get("artwork") if known else None
        return WantedPicture("itunes", key, key, url) if url else None

    def ask(self, client: PictureFetcher, question: WantedPicture) -> KeptImage | None:
        """1 call; None when the picture is gone."""
        try:
            return self.store.add(client.fetch(question.url))
        except NothingThereError:
            return None

    def keep(
        self, items: Sequence[Item], question: WantedPicture | None, answer: KeptImage | None
    ) -> Outcomes:
        """The picture; and the release shows it."""
        (item,) = items
        if question is not None and answer is not None:
            picture = (question.source, question.key, question.shows, question.url)
            self._note(picture, answer)
        elif question is not None:
            return {item.key: self._without(item, question)}
        return self._settled(item)

    def _without(self, item: Item, question: WantedPicture) -> Outcome:
        """The picture is gone. Discogs moves them now and then: the record tells where to.

        If that does not help either, the picture counts as gone and the next best is looked for.
        """
        if question.source == "discogs" and not self._was_read_again(item):
            work.reopen("release", ("discogs",), (item.key,))
            asked = {MOVED: question.url}
            return Outcome("failed", evidence=asked, error=GONE, due_at=utcnow())
        covers.note_gone(question.source, question.key, question.shows, question.url)
        return Outcome("pending")

    def _was_read_again(self, item: Item) -> bool:
        """Whether its record was asked for since the picture could not be had."""
        known = work.kept("release", self.provider, (item.key,))[item.key]
        return MOVED in known.evidence and not work.pending("release", "discogs", (item.key,))
