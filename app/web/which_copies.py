"""Which copies a form or an address means: by their ids, or by a filter."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs

from werkzeug.datastructures import MultiDict

from app.domain.filters import BrowseFilter
from app.domain.ids import id_in


def ids_in(texts: Iterable[str]) -> list[int]:
    """The ids among `texts`; what is none is passed over."""
    return [number for text in dict.fromkeys(texts) if (number := id_in(text))]


def filter_in(query: str) -> BrowseFilter:
    """The filter a query string stands for."""
    return BrowseFilter.from_args(MultiDict(parse_qs(query.removeprefix("?"))))
