"""The list somebody came from, carried along while they edit one record after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask import request

from app.domain.filters import BrowseFilter
from app.domain.quality import BY_NAME
from app.queries import browse, curation, quality
from app.queries.curation import ReleaseFilter
from app.queries.matching_copies import matching
from app.queries.paged import Place
from app.web.admin.record_places import editor_url
from app.web.auth import owner_id


@dataclass(frozen=True, slots=True)
class EditingList:
    """A list of records with the one that is being edited.

    `title` is what it is called: "Without a year, “blue”"; `url` the list itself, `query` what an
    editor's address carries along of it, `entity` what it is a list of.
    """

    title: str
    url: str
    query: str
    entity: str
    place: Place

    @classmethod
    def of_request(cls, entity: str, entity_id: int) -> EditingList | None:
        """The list in this address; None if the record was opened by itself."""
        find = _LISTS.get(request.args.get("list", ""))
        return find(entity, entity_id) if find else None

    @property
    def before(self) -> str:
        """The editor of the record before this one, "" for the first."""
        return self._editor(self.place.before)

    @property
    def after(self) -> str:
        """The editor of the next record, "" for the last."""
        return self._editor(self.place.after)

    def _editor(self, entity_id: int | None) -> str:
        return f"{editor_url(self.entity, entity_id)}?{self.query}" if entity_id else ""


def _releases(entity: str, entity_id: int) -> EditingList | None:
    """The list of the admin area."""
    if entity != "release":
        return None
    wanted = ReleaseFilter.from_args(request.args)
    named = curation.STATES[wanted.state]
    return EditingList(
        f"{named}, “{wanted.q}”" if wanted.q else named,
        wanted.url(),
        wanted.editor_query(),
        entity,
        curation.place_of(owner_id(), wanted, entity_id),
    )


def _wall(entity: str, entity_id: int) -> EditingList | None:
    """A filter of the wall, in its order."""
    if entity != "release":
        return None
    wanted = BrowseFilter.from_args(request.args)
    return EditingList(
        ", ".join(words for words, _ in wanted.chips()) or "All records",
        wanted.url(page=wanted.page),
        f"list=wall&{wanted.query()}",
        entity,
        browse.place_of(owner_id(), matching(owner_id(), wanted), wanted, entity_id),
    )


def _gaps(entity: str, entity_id: int) -> EditingList | None:
    """The open gaps of a kind."""
    check = BY_NAME.get(request.args.get("gap", ""))
    if check is None or check.entity != entity:
        return None
    place = quality.place_of(owner_id(), check, entity_id)
    url, query = f"/admin/quality/{check.name}", f"list=gaps&gap={check.name}"
    return EditingList(check.title, url, query, entity, place)


_LISTS: Final[Mapping[str, Callable[[str, int], EditingList | None]]] = {
    "releases": _releases,
    "wall": _wall,
    "gaps": _gaps,
}
