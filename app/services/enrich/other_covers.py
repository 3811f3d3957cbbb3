"""The picture Discogs or Apple shows of a release, where there is no better one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.clients.errors import NothingThereError
from app.clients.pictures import PictureFetcher
from app.domain.picture_names import discogs_key
from app.extensions import db
from app.models import Picture
from app.models.base import utcnow
from app.services import covers
from app.services.enrich import reopening, work
from app.services.enrich.cover_steps import CoverStep, title_of
from app.services.enrich.steps import IsOver, Outcomes
from app.services.enrich.work import Item, Outcome
from app.services.image_store import KeptImage

GONE = "The picture is not there any more. The next run looks for its new address."
MOVED = "gone_from"

_SOURCES = select(Picture.source, Picture.release_key, Picture.image_sha256).where(
    Picture.image_sha256.in_(bindparam("images", expanding=True)),
    Picture.release_key.in_(bindparam("names", expanding=True)),
)


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A picture to fetch: where from, what it is called there, and what it shows."""

    source: str
    key: str
    shows: str
    url: str


class OtherCovers(CoverStep):
    """What Discogs shows of the release, or the shop of its title, where there is no better one."""

    provider = "images"
    builds_on = (("release", "coverart"), ("release", "discogs"), ("title", "itunes"))

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Releases that the archive and Discogs have been asked about, and the shop if need be."""
        keys = [item.key for item in items]
        waiting: set[str] = set()
        for provider in ("coverart", "discogs"):
            if not is_over("release", provider):
                waiting |= work.pending("release", provider, keys)
        left = [item for item in items if item.key not in waiting]
        if not left or is_over("title", "itunes"):
            return left
        hopeful = self._hopeful(left)
        return [item for item in left if item.key not in hopeful]

    def _hopeful(self, items: Sequence[Item]) -> set[str]:
        """What may get a cover of the shop, which is to be asked about its title."""
        releases = self._releases(items)
        titles = {key: title_of(release) for key, release in releases.items()}
        unasked = work.pending("title", "itunes", set(titles.values()))
        left = {key: releases[key] for key, title in titles.items() if title in unasked}
        hoped_for = {key: WantedPicture("itunes", titles[key], titles[key], "") for key in left}
        best = self._best_of(left, hoped_for)
        return {key for key, picture in best.items() if picture and picture.source == "itunes"}

    def look_each(self, items: Sequence[Item]) -> dict[str, WantedPicture | None]:
        """The best picture not fetched yet, if it would be better than what is shown."""
        releases = self._releases(items)
        best = self._best_of(releases, self._at_itunes(releases))
        return {item.key: best.get(item.key) for item in items}

    def _best_of(
        self, releases: Mapping[str, Any], at_itunes: Mapping[str, WantedPicture]
    ) -> dict[str, WantedPicture | None]:
        order, shown = covers.cover_order(self.owner_id), _sources(releases)
        offered = {
            key: {"discogs": _at_discogs(release), "itunes": at_itunes.get(key)}
            for key, release in releases.items()
        }
        names = [(p.source, p.key) for some in offered.values() for p in some.values() if p]
        known = covers.known_among(names) if names else set()
        return {key: _best(order, shown[key], offered[key], known) for key in releases}

    def _at_itunes(self, releases: Mapping[str, Any]) -> dict[str, WantedPicture]:
        names = {key: title_of(release) for key, release in releases.items()}
        known = work.kept("title", "itunes", set(names.values()))
        return {
            key: WantedPicture("itunes", name, name, url)
            for key, name in names.items()
            if (kept := known.get(name)) and (url := kept.evidence.get("artwork"))
        }

    def ask(self, client: PictureFetcher, question: WantedPicture) -> KeptImage | None:
        """1 call; None when the picture is gone."""

        def fetch() -> KeptImage | None:
            try:
                return self.store.add(client.fetch(question.url))
            except NothingThereError:
                return None

        return self.once.get(f"{question.source} {question.key}", fetch)

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
        return self.keep_known(items)

    def _without(self, item: Item, question: WantedPicture) -> Outcome:
        """The picture is gone. Discogs moves them now and then: the record tells where to.

        If that does not help either, the picture counts as gone and the next best is looked for.
        """
        if question.source == "discogs" and not self._was_read_again(item):
            reopening.these("release", ("discogs",), (item.key,))
            asked = {MOVED: question.url}
            return Outcome("failed", evidence=asked, error=GONE, due_at=utcnow())
        covers.note_gone(question.source, question.key, question.shows, question.url)
        return Outcome("pending")

    def _was_read_again(self, item: Item) -> bool:
        """Whether its record was asked for since the picture could not be had."""
        known = work.kept("release", self.provider, (item.key,))[item.key]
        return MOVED in known.evidence and not work.pending("release", "discogs", (item.key,))


def _at_discogs(release: Any) -> WantedPicture | None:
    key = discogs_key(release.cover_url or "")
    if key is None:
        return None
    return WantedPicture("discogs", key, str(release.discogs_id), release.cover_url)


def _sources(releases: Mapping[str, Any]) -> dict[str, set[str]]:
    """Where the picture comes from that each release shows."""
    names = {key: (key, title_of(release)) for key, release in releases.items()}
    images = {release.image_sha256 for release in releases.values()} - {None}
    asked = {"images": list(images), "names": list({one for two in names.values() for one in two})}
    rows = db.session.execute(_SOURCES, asked).all() if images else ()
    return {
        key: {
            row.source
            for row in rows
            if row.image_sha256 == releases[key].image_sha256 and row.release_key in names[key]
        }
        for key in releases
    }


def _best(
    order: Sequence[str],
    shown: set[str],
    offered: Mapping[str, WantedPicture | None],
    known: set[tuple[str, str]],
) -> WantedPicture | None:
    """The first picture by `order` not fetched yet; None once what is shown is as good."""
    for source in order:
        if source in shown:
            return None
        picture = offered.get(source)
        if picture is not None and (picture.source, picture.key) not in known:
            return picture
    return None
