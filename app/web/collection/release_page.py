"""The page of a release: what it shows, and how a form on it comes back with what was wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import current_app, render_template, request

from app.domain.filters import BrowseFilter
from app.domain.matching.keys import title_key
from app.domain.sleeves import sleeve_version
from app.models import Release
from app.queries import browse, covers, details, elsewhere, piles, skips
from app.queries.browse import Neighbour
from app.queries.folder_names import folder_names
from app.queries.matching_copies import matching
from app.services.publishing import site_job
from app.web.auth import owner_id
from app.web.collection.cover_view import CoverView
from app.web.collection.elsewhere_view import link_views
from app.web.collection.opened import note_opened
from app.web.collection.provenance import provenance
from app.web.collection.release_view import ReleaseView


def release_page(release_id: int, problems: Mapping[str, Sequence[str]] | None = None) -> str:
    """The page; `problems` are sentences by form field. Raises NotFoundError."""
    wanted = BrowseFilter.from_args(request.args)
    page = details.release_page(owner_id(), release_id)
    sleeve = f"{sleeve_version()}.{page.release.version}"
    matches = matching(owner_id(), wanted)
    copy_ids = [owned.copy.id for owned in page.copies]
    before, after = browse.neighbours(matches, wanted, copy_ids)
    view = ReleaseView(page, sleeve, discogs_web_url())
    shown = covers.cover_of(page.release)
    here = page.release
    note_opened(here)
    title = title_key(here.master_discogs_id, here.discogs_id, here.id)
    links = elsewhere.release_links(owner_id(), here.id, here.discogs_id, here.master_discogs_id)
    first_out = elsewhere.original_year(here.master_discogs_id)
    view.first_out(first_out)
    return render_template(
        "collection/release.html",
        release=view,
        cover=CoverView.of(shown, view.discogs_url) if shown else None,
        accent_url=f"/images/{shown.sha256}.css" if shown else view.accent_url,
        can_put_back=covers.has_picture_put_away(page.release),
        links=link_views(links, view.discogs_url),
        provenance=provenance(
            here,
            page.edits,
            shown,
            first_out,
            links,
            elsewhere.answers(here.discogs_id, title),
        ),
        piles=piles.of_copies(owner_id(), copy_ids),
        skips=skips.skips_of(owner_id(), _skip_keys(here, title)),
        pile_names=piles.all_names(matches.index),
        folder_names=folder_names(owner_id()),
        problems=problems or {},
        back_url=wanted.url(page=wanted.page),
        edit_query=_edit_query(wanted),
        previous=_neighbour_link(before, wanted),
        next=_neighbour_link(after, wanted),
        is_published=site_job.is_published(current_app.extensions["workplace"]),
    )


def _picture_keys(release: Release, title: str) -> tuple[str, str]:
    """What pictures of this release are kept under: itself and its title."""
    return str(release.discogs_id) if release.discogs_id else f"own:{release.id}", title


def _skip_keys(release: Release, title: str) -> list[tuple[str, str]]:
    return [("release", _picture_keys(release, title)[0]), ("title", title)]


def _neighbour_link(beside: Neighbour | None, wanted: BrowseFilter) -> tuple[str, str] | None:
    if beside is None:
        return None
    query = wanted.query()
    return f"/releases/{beside.release_id}{'?' + query if query else ''}", beside.title


def _edit_query(wanted: BrowseFilter) -> str:
    """The filter somebody came from, for the editor to go on with; "" without one."""
    query = wanted.query()
    return f"?list=wall&{query}" if query else ""


def discogs_web_url() -> str:
    """Where pages of Discogs are."""
    url: str = current_app.extensions["workplace"].settings.discogs_web_url
    return url
