"""Pieces of our addresses."""

from __future__ import annotations

from werkzeug.routing import IntegerConverter, Map

from app.domain.ids import LARGEST_ID


class IdConverter(IntegerConverter):
    """A row id. A number no database could hold is no address: 404 instead of an overflow."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, min=1, max=LARGEST_ID)
