"""Covers: from the Cover Art Archive by identity; what all steps for covers share.

A picture is fetched once for ever, by its name and not its address. Which of the known pictures a
release shows is decided in services/covers by the order a person prefers.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError, OperationalError

from app.clients.cover_art_archive import CoverArtArchive, Kind
from app.domain.matching.keys import title_key
from app.domain.picture_files import LARGEST
from app.extensions import db
from app.models import Master, Release
from app.services import catalogue_lock, covers, image_room
from app.services.enrich import work
from app.services.enrich.once import Once
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.image_store import ImageStore, KeptImage
from app.services.workplace import Workplace

log = structlog.get_logger(__name__)

PICTURES_BETWEEN = 200
# One thread is enough to make room.
_making_room = threading.Lock()


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


# Built once: a run makes them for every few records.
_RELEASES = select(
    Release.id,
    Release.discogs_id,
    Release.master_discogs_id,
    Release.cover_url,
    Release.image_sha256,
).where(
    Release.owner_id == bindparam("owner"),
    Release.discogs_id.in_(bindparam("numbers", expanding=True)),
)
_GROUPS = select(Master.discogs_id, Master.mbid).where(
    Master.discogs_id.in_(bindparam("masters", expanding=True)), Master.mbid.is_not(None)
)


def title_of(release: Any) -> str:
    """The key of its title on the work list."""
    return title_key(release.master_discogs_id, release.discogs_id, release.id)


class CoverStep(Step):
    """A cover for one release."""

    entity = "release"
    glance = 10
    odd_is_its_own = True

    def __init__(self, owner_id: int, workplace: Workplace) -> None:
        super().__init__(owner_id, workplace)
        self._kept = 0
        self.once = Once(lambda image: self.store.find(image.sha256, LARGEST) is not None)

    def _note(self, picture: tuple[str, str, str, str], image: KeptImage) -> None:
        """Write down a picture (source, key, what it shows, address), and count it."""
        catalogue_lock.hold(self.owner_id)  # in the order in which all others take their locks
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

    def _releases(self, items: Sequence[Item]) -> dict[str, Any]:
        """The releases on this shelf by key; one that has left meanwhile is not among them."""
        asked = {"owner": self.owner_id, "numbers": [int(item.key) for item in items]}
        return {str(row.discogs_id): row for row in db.session.execute(_RELEASES, asked)}

    def look(self, items: Sequence[Item]) -> Any:
        """Which picture to ask for; None where nobody need be asked."""
        (item,) = items
        return self.look_each([item])[item.key]

    def keep_known(self, items: Sequence[Item]) -> Outcomes:
        """Let the releases show the best picture known of each."""
        releases = self._releases(items)
        shown = covers.show_best(self.owner_id, [release.id for release in releases.values()])
        return {
            key: Outcome("found" if release.id in shown.pictured else "none")
            for key, release in releases.items()
        }

    @property
    def store(self) -> ImageStore:
        """Where pictures are kept."""
        return ImageStore(self.workplace.settings.instance_path)


class ArchiveCovers(CoverStep):
    """The front cover of this pressing, else of its release group. 1 call."""

    provider = "coverart"
    builds_on = (("release", "musicbrainz"), ("master", "musicbrainz"))

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

    def look_each(self, items: Sequence[Item]) -> dict[str, ArchiveQuestion | None]:
        """Which cover to ask for; None where it is known or nobody knows the release there."""
        releases = self._releases(items)
        asked = self._of_titles(releases) | self._of_releases(releases)
        names = [(self.provider, question.key) for question in asked.values()]
        known = covers.known_among(names) if names else set()
        wanted = {key: q for key, q in asked.items() if (self.provider, q.key) not in known}
        return {item.key: wanted.get(item.key) for item in items}

    def _of_releases(self, releases: Mapping[str, Any]) -> dict[str, ArchiveQuestion]:
        known = work.kept("release", "musicbrainz", releases)
        return {
            key: ArchiveQuestion("release", mbid, key)
            for key, kept in known.items()
            if (mbid := kept.evidence.get("mbid"))
        }

    def _of_titles(self, releases: Mapping[str, Any]) -> dict[str, ArchiveQuestion]:
        masters = {release.master_discogs_id for release in releases.values()} - {None}
        rows = db.session.execute(_GROUPS, {"masters": list(masters)}) if masters else ()
        groups = {row.discogs_id: row.mbid for row in rows if row.mbid}
        return {
            key: ArchiveQuestion("release-group", mbid, title_of(release))
            for key, release in releases.items()
            if (mbid := groups.get(release.master_discogs_id))
        }

    def ask(self, client: CoverArtArchive, question: ArchiveQuestion) -> KeptImage | None:
        """1 call."""

        def fetch() -> KeptImage | None:
            data = client.front(question.kind, question.mbid, 500)
            return None if data is None else self.store.add(data)

        return self.once.get(question.key, fetch)

    def keep(
        self, items: Sequence[Item], question: ArchiveQuestion | None, answer: KeptImage | None
    ) -> Outcomes:
        """The picture; and the release shows it, if nothing better is known."""
        if question is not None:
            url = f"https://coverartarchive.org/{question.key}/front"
            if answer is None:
                covers.note_gone(self.provider, question.key, question.shows, url)
            else:
                self._note((self.provider, question.key, question.shows, url), answer)
        return self.keep_known(items)
