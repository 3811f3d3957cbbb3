"""The list somebody came from, carried along while they edit one record after the other."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request

from app.queries import curation
from app.queries.curation import Place, ReleaseFilter
from app.web.admin.record_places import editor_url
from app.web.auth import owner_id


@dataclass(frozen=True, slots=True)
class EditingList:
    """A list of releases with the one that is being edited."""

    wanted: ReleaseFilter
    place: Place

    @classmethod
    def of_request(cls, entity: str, entity_id: int) -> EditingList | None:
        """The list in this address; None if the record was opened by itself."""
        if entity != "release" or request.args.get("list") != "releases":
            return None
        wanted = ReleaseFilter.from_args(request.args)
        return cls(wanted, curation.place_of(owner_id(), wanted, entity_id))

    @property
    def title(self) -> str:
        """What the list is called: "Without a year, “blue”"."""
        named = f"{curation.STATES[self.wanted.state]}"
        return f"{named}, “{self.wanted.q}”" if self.wanted.q else named

    @property
    def url(self) -> str:
        """The list itself."""
        return self.wanted.url()

    @property
    def before(self) -> str:
        """The editor of the record before this one, "" for the first."""
        return self._editor(self.place.before)

    @property
    def after(self) -> str:
        """The editor of the next record, "" for the last."""
        return self._editor(self.place.after)

    def _editor(self, release_id: int | None) -> str:
        if release_id is None:
            return ""
        return f"{editor_url('release', release_id)}?{self.wanted.editor_query()}"
