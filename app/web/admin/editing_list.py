"""The list somebody came from, carried along while they edit one record after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import request

from app.domain.filters import BrowseFilter
from app.domain.ids import id_in
from app.domain.quality import BY_NAME
from app.queries import browse, conflicts, curation, quality, reviews
from app.queries.curation import ReleaseFilter
from app.queries.matching_copies import matching
from app.queries.paged import Place, Stop
from app.web.admin.record_places import editor_url
from app.web.auth import owner_id


@dataclass(frozen=True, slots=True)
class EditingList:
    """A list of records with the one that is being edited: the `number`-th of `total`.

    `title` is what it is called: "Without a year, “blue”"; `url` the list itself, `before` and
    `after` the editors of the records beside this one ("" for none). `number` is None once this
    one no longer fits the list.
    """

    title: str
    url: str
    number: int | None
    total: int
    before: str
    after: str

    @classmethod
    def of_request(cls, entity: str, entity_id: int) -> EditingList | None:
        """The list in this address; None if the record was opened by itself."""
        find = _LISTS.get(request.args.get("list", ""))
        return find(entity, entity_id) if find else None


def _of_one_kind(title: str, url: str, query: str, entity: str, place: Place[int]) -> EditingList:
    """A list of records of one kind; `query` is what an editor's address carries along of it."""
    before, after = (
        f"{editor_url(entity, beside)}?{query}" if beside else ""
        for beside in (place.before, place.after)
    )
    return EditingList(title, url, place.number, place.total, before, after)


def _of_several_kinds(title: str, url: str, name: str, place: Place[Stop]) -> EditingList:
    """A queue whose records are found again by the question they were opened from."""
    before, after = (
        f"{editor_url(stop.entity, stop.id)}?list={name}&at={stop.at}" if stop else ""
        for stop in (place.before, place.after)
    )
    return EditingList(title, url, place.number, place.total, before, after)


def _releases(entity: str, entity_id: int) -> EditingList | None:
    """The list of the admin area."""
    if entity != "release":
        return None
    wanted = ReleaseFilter.from_args(request.args)
    named = curation.STATES[wanted.state]
    title = f"{named}, “{wanted.q}”" if wanted.q else named
    place = curation.place_of(owner_id(), wanted, entity_id)
    return _of_one_kind(title, wanted.url(), wanted.editor_query(), entity, place)


def _wall(entity: str, entity_id: int) -> EditingList | None:
    """A filter of the wall, in its order."""
    if entity != "release":
        return None
    wanted = BrowseFilter.from_args(request.args)
    title = ", ".join(words for words, _ in wanted.chips()) or "All records"
    place = browse.place_of(owner_id(), matching(owner_id(), wanted), wanted, entity_id)
    query = f"list=wall&{wanted.query()}"
    return _of_one_kind(title, wanted.url(page=wanted.page), query, entity, place)


def _gaps(entity: str, entity_id: int) -> EditingList | None:
    """The open gaps of a kind."""
    check = BY_NAME.get(request.args.get("gap", ""))
    if check is None or check.entity != entity:
        return None
    place = quality.place_of(owner_id(), check, entity_id)
    url, query = f"/admin/quality/{check.name}", f"list=gaps&gap={check.name}"
    return _of_one_kind(check.title, url, query, entity, place)


def _conflicts(entity: str, entity_id: int) -> EditingList | None:
    """The records of which something was corrected here and at Discogs."""
    place = conflicts.place_of(owner_id(), entity, entity_id, _at())
    return _of_several_kinds("Conflicts", "/admin/conflicts", "conflicts", place)


def _reviews(entity: str, entity_id: int) -> EditingList | None:
    """The things a person is asked about."""
    place = reviews.place_of(owner_id(), entity, entity_id, _at())
    if place is None:
        return None
    return _of_several_kinds("Reviews", "/admin/reviews", "reviews", place)


def _at() -> int:
    return id_in(request.args.get("at", "")) or 0


_LISTS: Final[Mapping[str, Callable[[str, int], EditingList | None]]] = {
    "releases": _releases,
    "wall": _wall,
    "gaps": _gaps,
    "conflicts": _conflicts,
    "reviews": _reviews,
}
