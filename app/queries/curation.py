"""What the admin pages ask: which releases need a hand, and what people did to them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row, String, case, cast, func, literal, or_, select

from app.domain.ids import id_in
from app.domain.text import fold
from app.extensions import db
from app.models import Artist, Copy, Credit, Edit, ProviderResult, Release
from app.queries.failures import is_open
from app.queries.paged import Place
from app.queries.unmatched import WITHOUT, has_no_link

PER_PAGE: Final = 50
STATES: Final = {
    "": "All releases",
    "edited": "Edited",
    "locked": "With a locked field",
    "no-cover": "Without a cover",
    "no-country": "Without a country",
    "no-year": "Without a year",
    "no-label": "Without a label",
    "unmatched": "Without a link elsewhere",
    "no-musicbrainz": "Without MusicBrainz",
    "no-spotify": "Without Spotify",
    "no-apple": "Without Apple Music",
    "failed": "Where a service failed",
    "by-hand": "Not at Discogs",
    "removed": "With copies put away",
}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of releases: `rows` of `total`, page `number` of `pages`."""

    rows: Sequence[Row[Any]]
    total: int
    number: int
    pages: int


@dataclass(frozen=True, slots=True)
class ReleaseFilter:
    """Which releases the admin list shows; knows how to become an address again."""

    q: str = ""
    state: str = ""
    page: int = 1

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> ReleaseFilter:
        """From an address; what makes no sense there counts as not given."""
        state = args.get("state", "")
        page = args.get("page", "")
        return cls(
            q=args.get("q", "").strip()[:200],
            state=state if state in STATES else "",
            page=int(page) if page.isascii() and page.isdigit() and 0 < len(page) < 9 else 1,
        )

    def url(self, **changes: Any) -> str:
        """The address of this list with `changes`; other than the page begins at page 1."""
        wanted = replace(self, **({"page": 1} | changes))
        default = asdict(ReleaseFilter())
        parts = {name: value for name, value in asdict(wanted).items() if value != default[name]}
        return "/admin" + (f"?{urlencode(parts)}" if parts else "")

    def editor_query(self) -> str:
        """What the address of an editor carries along of the list it was opened from."""
        parts = {"q": self.q, "state": self.state}
        return urlencode(
            {"list": "releases"} | {name: part for name, part in parts.items() if part}
        )


def place_of(owner_id: int, wanted: ReleaseFilter, release_id: int) -> Place[int]:
    """The place of a release in a list, whatever page of it; one statement."""
    row = db.session.execute(
        select(
            func.count(),
            func.count(case((Release.id > release_id, 1))),
            func.count(case((Release.id == release_id, 1))),
            func.min(case((Release.id > release_id, Release.id))),
            func.max(case((Release.id < release_id, Release.id))),
        ).where(Release.owner_id == owner_id, *_conditions(owner_id, wanted))
    ).one()
    total, above, is_here, before, after = row
    return Place(above + 1 if is_here else None, total, before, after)


def releases(owner_id: int, wanted: ReleaseFilter) -> Page:
    """One page of an owner's releases with the number of their edits; two statements."""
    conditions = (Release.owner_id == owner_id, *_conditions(owner_id, wanted))
    total = db.session.scalar(select(func.count()).select_from(Release).where(*conditions)) or 0
    pages = max(1, math.ceil(total / PER_PAGE))
    number = min(max(1, wanted.page), pages)
    # The edits are counted for this page's releases only, not for all before they are sorted.
    ids = (
        select(Release.id)
        .where(*conditions)
        .order_by(Release.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    rows = db.session.execute(
        select(
            Release.id,
            Release.discogs_id,
            Release.title,
            Release.artist_text,
            Release.label_text,
            Release.catno_text,
            Release.year,
            Release.country,
            Release.version,
            _number_of_edits(owner_id).label("edits"),
        )
        .where(Release.id.in_(ids))
        .order_by(Release.id.desc())
    ).all()
    return Page(rows, total, number, pages)


def _conditions(owner_id: int, wanted: ReleaseFilter) -> list[ColumnElement[bool]]:
    conditions = []
    if wanted.q:
        conditions.append(_matches(owner_id, wanted.q))
    if wanted.state:
        conditions.append(_in_state(owner_id, wanted.state))
    return conditions


def _matches(owner_id: int, q: str) -> ColumnElement[bool]:
    """Our id, the Discogs id, or all words somewhere in what a copy is found by."""
    copies = select(Copy.release_id).where(
        Copy.owner_id == owner_id,
        *(Copy.search_text.contains(word, autoescape=True) for word in fold(q).split()),
    )
    found: ColumnElement[bool] = Release.id.in_(copies)
    if number := id_in(q):
        return or_(Release.id == number, Release.discogs_id == number, found)
    return found


def _in_state(owner_id: int, state: str) -> ColumnElement[bool]:
    match state:
        case "edited":
            return Release.id.in_(select(Edit.entity_id).where(*_standing_edits(owner_id)))
        case "locked":
            locked = *_standing_edits(owner_id), Edit.how == "lock"
            return Release.id.in_(select(Edit.entity_id).where(*locked))
        case "no-cover":
            return Release.image_sha256.is_(None)
        case "unmatched":
            return has_no_link(owner_id)
        case _ if state in WITHOUT:
            return has_no_link(owner_id, WITHOUT[state])
        case "failed":
            return _has_failed()
        case "by-hand":
            return Release.discogs_id.is_(None)
        case "removed":
            return Release.id.in_(
                select(Copy.release_id).where(
                    Copy.owner_id == owner_id, Copy.removed_at.is_not(None)
                )
            )
        case "no-country":
            return or_(Release.country.is_(None), Release.country == "")
        case "no-label":
            return Release.label_text == ""
        case _:
            return Release.year.is_(None)


def _has_failed() -> ColumnElement[bool]:
    """A service failed to tell something of it."""
    failed = select(ProviderResult.key).where(ProviderResult.entity == "release", is_open())
    own = literal("own:") + cast(Release.id, String)
    return or_(cast(Release.discogs_id, String).in_(failed), own.in_(failed))


def _standing_edits(owner_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Edit.owner_id == owner_id, Edit.entity == "release", Edit.undone_at.is_(None))


def _number_of_edits(owner_id: int) -> Any:
    return (
        select(func.count(Edit.id))
        .where(*_standing_edits(owner_id), Edit.entity_id == Release.id)
        .scalar_subquery()
    )


def artists_of(owner_id: int, release_id: int) -> Sequence[tuple[int, str]]:
    """(id, name) of the main artists of a release, in the order of its credit line."""
    return db.session.execute(
        select(Artist.id, Artist.name)
        .join(Credit, Credit.artist_id == Artist.id)
        .where(Credit.release_id == release_id, Credit.role == "", Artist.owner_id == owner_id)
        .order_by(Credit.position)
    ).all()
