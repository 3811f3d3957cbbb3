"""The collection: the wall, and the pages of a release, an artist and a label."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.filters import BrowseFilter
from app.domain.markup import plain_text
from app.domain.names import is_placeholder
from app.queries import (
    browse,
    details,
    elsewhere,
    facets,
    name_pages,
    picks,
    piles,
    put_away,
    skips,
)
from app.queries.matching_copies import matching
from app.queries.name_pages import NamePage
from app.web.auth import owner_id
from app.web.collection import (
    artist_routes,
    connect_routes,
    copy_routes,
    crate_routes,
    folder_routes,
    pictures,
    pile_routes,
    refresh_routes,
    sleeves,
    trash_routes,
)
from app.web.collection.elsewhere_view import link_views
from app.web.collection.release_page import discogs_web_url, release_page

bp = Blueprint("collection", __name__)
artist_routes.register(bp)
connect_routes.register(bp)
copy_routes.register(bp)
crate_routes.register(bp)
folder_routes.register(bp)
pile_routes.register(bp)
sleeves.register(bp)
pictures.register(bp)
refresh_routes.register(bp)
trash_routes.register(bp)


@bp.get("/collection")
def index() -> str:
    """The collection as a wall of sleeves or a table: filtered, sorted, paged."""
    wanted = BrowseFilter.from_args(request.args)
    matches = matching(owner_id(), wanted)
    choices = facets.counts(wanted, matches)
    return render_template(
        "collection/index.html",
        filter=wanted,
        page=browse.page(owner_id(), wanted, matches),
        facets=choices,
        letters=choices["letter"] if wanted.sort == "artist" else None,
        picked=picks.picked_count(owner_id()),
        away=put_away.away_count(matches.index),
        crate=piles.only_crate(owner_id(), wanted),
    )


@bp.get("/releases/<id:release_id>")
def release(release_id: int) -> str:
    """One release: its facts, and the copies of it on the shelf."""
    return release_page(release_id)


@bp.get("/discogs/release/<id:discogs_id>")
def by_discogs_id(discogs_id: int) -> ResponseReturnValue:
    """The page of a release by its number at Discogs."""
    return redirect(f"/releases/{details.release_by_discogs_id(owner_id(), discogs_id)}")


@dataclass(frozen=True, slots=True)
class NameView:
    """An artist or label as its page shows it."""

    id: int
    name: str
    initials: str
    summary: str
    profile: str
    shelf_url: str
    graph_url: str
    discogs_url: str
    can_look_up: bool


@bp.get("/artists/<id:artist_id>")
def artist(artist_id: int) -> ResponseReturnValue:
    """An artist: own records first, then where they were credited."""
    found = name_pages.artist_page(owner_id(), artist_id)
    if found.part_of:
        return redirect(f"/artists/{found.part_of}")
    roles = dict(found.also_on)
    credited = browse.shelf_rows(owner_id(), list(roles)[: browse.PER_PAGE])
    view = _name_view("artist", found, len(roles))
    number = found.discogs_id
    return render_template(
        "collection/artist.html",
        artist=view,
        biography=elsewhere.biography(owner_id(), number, view.profile, view.discogs_url),
        links=link_views(elsewhere.artist_links(owner_id(), number)),
        skips=skips.skips_of(owner_id(), [("artist", str(number))]) if number else (),
        page=_own_page(found),
        credited=credited,
        roles=[roles[row.copy_id] for row in credited],
        also_here=found.also_here,
        can_merge=not is_placeholder(found.name, number),
        link=_page_link(f"/artists/{artist_id}"),
    )


@bp.get("/labels/<id:label_id>")
def label(label_id: int) -> str:
    """A record label and what came out on it."""
    found = name_pages.label_page(owner_id(), label_id)
    return render_template(
        "collection/label.html",
        label=_name_view("label", found, 0),
        page=_own_page(found),
        link=_page_link(f"/labels/{label_id}"),
    )


class PageLink(Protocol):
    """Makes the address of a page; the pager calls it with page=n."""

    def __call__(self, page: int) -> str: ...


def _own_page(found: NamePage) -> browse.Page:
    wanted = BrowseFilter.from_args(request.args)
    return browse.page_of(owner_id(), found.own, wanted.page)


def _page_link(path: str) -> PageLink:
    return lambda page: f"{path}?page={page}" if page > 1 else path


def _name_view(kind: str, found: NamePage, credited: int) -> NameView:
    own = len(found.own)
    words = [f"{own} {'record' if own == 1 else 'records'}"]
    if credited:
        words.append(f"credited on {credited} more")
    named: dict[str, Any] = {kind: (found.name,)}
    return NameView(
        id=found.id,
        name=found.name,
        initials="".join(word[0] for word in found.name.split()[:2] if word).upper(),
        summary=", ".join(words),
        profile=plain_text(found.profile or ""),
        shelf_url=BrowseFilter().url(**named) if own else "",
        graph_url=f"/graph?{BrowseFilter().query(**named)}",
        discogs_url=f"{discogs_web_url()}/{kind}/{found.discogs_id}" if found.discogs_id else "",
        can_look_up=bool(found.discogs_id) and not is_placeholder(found.name, found.discogs_id),
    )
