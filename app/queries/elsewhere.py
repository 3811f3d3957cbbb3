"""Where else a record or an artist is found, and what is written about them there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from app.domain.fallbacks import FALLBACKS
from app.domain.matching.keys import title_key
from app.domain.providers import SERVICES, title_of
from app.extensions import db
from app.models import Article, Artist, Edit, Link, Master, ProviderResult

# Sites that are linked to, but never asked.
SITES = {
    "homepage": "Official site",
    "youtube": "YouTube",
    "bandcamp": "Bandcamp",
    "allmusic": "AllMusic",
}
SURE = ("exact", "derived")


@dataclass(frozen=True, slots=True)
class ElsewhereLink:
    """A link as a page shows it. `evidence` says in short why it is believed, by what it is about.

    `entity` is what it is about: the release, its title (all pressings) or an artist.
    """

    entity: str
    provider: str
    title: str
    url: str
    badge: str
    score: float
    evidence: Mapping[str, str]
    found_at: datetime
    by_person: bool


@dataclass(frozen=True, slots=True)
class Biography:
    """What is said about an artist, by whom and under which licence ("" where none is needed).

    `source` is "" for words of a person's own.
    """

    text: str
    source: str
    url: str
    licence: str
    language: str
    fetched_at: datetime | None


def release_links(
    owner_id: int, release_id: int, discogs_id: int | None, master_discogs_id: int | None
) -> list[ElsewhereLink]:
    """What is accepted of a release and of its title, sure links first. One statement."""
    here = Link.entity == "title", Link.key == title_key(master_discogs_id, discogs_id, release_id)
    this = Link.entity == "release", Link.key == str(discogs_id)
    return _shown(owner_id, or_(here[0] & here[1], this[0] & this[1]))


def artist_links(owner_id: int, discogs_id: int | None) -> list[ElsewhereLink]:
    """What is accepted of an artist. One statement."""
    return _shown(owner_id, (Link.entity == "artist") & (Link.key == str(discogs_id)))


def _shown(owner_id: int, which: object) -> list[ElsewhereLink]:
    rows = db.session.scalars(
        select(Link).where(Link.owner_id == owner_id, Link.state == "accepted", which)  # type: ignore[arg-type]
    ).all()
    links = [
        ElsewhereLink(
            entity=link.entity,
            provider=link.provider,
            title=SITES.get(link.provider) or title_of(link.provider),
            url=link.url,
            badge=link.badge,
            score=link.score,
            evidence=link.evidence,
            found_at=link.found_at,
            by_person=link.decided_at is not None,
        )
        for link in rows
    ]
    return sorted(links, key=lambda link: (link.badge not in SURE, link.title, link.url))


def biography(
    owner_id: int, discogs_id: int | None, profile: str, discogs_url: str
) -> Biography | None:
    """The best text about an artist; `profile` is Discogs' own, as plain text.

    What a person wrote in its place comes before all others. Two statements at most.
    """
    if profile and (discogs_id is None or _has_edited(owner_id, discogs_id)):
        return Biography(profile, "", "", "", "", None)
    article = db.session.scalar(
        select(Article)
        .join(Link, Link.url == Article.url)
        .where(
            Link.owner_id == owner_id,
            Link.entity == "artist",
            Link.key == str(discogs_id),
            Link.provider == "wikipedia",
            Link.state == "accepted",
        )
        .order_by(Link.decided_at.is_(None), Link.score.desc())
        .limit(1)
    )
    offered: Mapping[str, Biography | None] = {
        "wikipedia": _from(article) if article else None,
        "discogs": Biography(profile, "Discogs", discogs_url, "", "en", None) if profile else None,
    }
    return next((text for source in FALLBACKS["biography"] if (text := offered[source])), None)


def _has_edited(owner_id: int, discogs_id: int) -> bool:
    """Whether the profile on show is a person's own."""
    found = db.session.scalar(
        select(Edit.id)
        .join(Artist, Artist.id == Edit.entity_id)
        .where(
            Edit.owner_id == owner_id,
            Edit.entity == "artist",
            Edit.field == "profile",
            Edit.undone_at.is_(None),
            Artist.owner_id == owner_id,
            Artist.discogs_id == discogs_id,
        )
        .limit(1)
    )
    return found is not None


def _from(article: Article) -> Biography:
    return Biography(
        text=article.text,
        source="Wikipedia",
        url=article.url,
        licence=article.licence,
        language=article.language,
        fetched_at=article.fetched_at,
    )


def original_year(master_discogs_id: int | None) -> tuple[int, str] | None:
    """The year a work first came out, and who says so; None if nobody does. One statement."""
    if not master_discogs_id:
        return None
    row = db.session.execute(
        select(Master.year, Master.year_from).where(
            Master.discogs_id == master_discogs_id, Master.year.is_not(None)
        )
    ).first()
    return (row.year, title_of(row.year_from or "discogs")) if row and row.year else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What one provider said when it was asked about a record: a state of the work list."""

    provider: str
    title: str
    state: str
    at: datetime | None
    reason: str


# Of several answers of one provider, the one that tells most.
_TELLING = ("found", "doubtful", "failed", "parked", "pending", "none")


def answers(discogs_id: int | None, key: str) -> list[Answer]:
    """Who was asked about a release and its title, in the order of SERVICES. One statement."""
    rows = db.session.execute(
        select(
            ProviderResult.provider,
            ProviderResult.state,
            ProviderResult.fetched_at,
            ProviderResult.tried_at,
            ProviderResult.last_error,
        ).where(
            or_(
                (ProviderResult.entity == "release") & (ProviderResult.key == str(discogs_id)),
                (ProviderResult.entity == "title") & (ProviderResult.key == key),
            )
        )
    )
    best: dict[str, Answer] = {}
    for row in rows:
        answer = Answer(
            row.provider,
            title_of(row.provider),
            row.state,
            row.fetched_at or row.tried_at,
            row.last_error or "",
        )
        known = best.get(row.provider)
        if known is None or _TELLING.index(row.state) < _TELLING.index(known.state):
            best[row.provider] = answer
    return [best[service.name] for service in SERVICES if service.name in best]
