"""Pages and orders of the Discogs stand-in's lists."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.standin.discogs_world import Json
from tests.standin.messages import Reply, Request, json_reply


class Problem(Exception):  # noqa: N818  # an answer, not an error of ours
    """Ends a request with a status and Discogs' message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def page_asked(request: Request) -> int:
    """The number of the page that is asked for."""
    return _number(request, "page", 1)


def paged(base: str, request: Request, rows: list[Json], show: Callable[[Json], Json]) -> Reply:
    """The page that is asked for, at most 100 rows; 404 beyond the last one."""
    page = page_asked(request)
    per_page = max(1, min(_number(request, "per_page", 50), 100))
    pages = max(1, math.ceil(len(rows) / per_page))
    if not 1 <= page <= pages:
        raise Problem(404, f"Page {page} is outside of valid range [1, {pages}].")
    urls = _urls(base, request, page, pages, per_page)
    pagination = {
        "page": page,
        "pages": pages,
        "per_page": per_page,
        "items": len(rows),
        "urls": urls,
    }
    shown = [show(row) for row in rows[(page - 1) * per_page : page * per_page]]
    link = ", ".join(f"<{url}>; rel={name}" for name, url in urls.items())
    headers = {"Link": link} if link else {}
    return json_reply({"pagination": pagination, "releases": shown}, headers=headers)


def in_order(entries: list[Json], request: Request) -> list[Json]:
    """The entries sorted as asked for."""
    key = _KEYS.get(request.query.get("sort", ""))
    if key is None:
        return entries
    return sorted(entries, key=key, reverse=request.query.get("sort_order") == "desc")


def _urls(base: str, request: Request, page: int, pages: int, per_page: int) -> dict[str, str]:
    path = urlsplit(request.target).path

    def url(number: int) -> str:
        # Every parameter comes back, a token in the query too.
        query = request.query | {"page": str(number), "per_page": str(per_page)}
        return f"{base}{path}?{urlencode(query)}"

    back = {"first": url(1), "prev": url(page - 1)} if page > 1 else {}
    onward = {"next": url(page + 1), "last": url(pages)} if page < pages else {}
    return back | onward


def _first(entry: Json, key: str, name: str) -> str:
    return next((str(each[name]) for each in entry["basic_information"][key]), "").casefold()


# Every page of a listing needs those of all its copies.
_moment = lru_cache(maxsize=100_000)(datetime.fromisoformat)

_KEYS: dict[str, Callable[[Json], Any]] = {
    "label": lambda entry: _first(entry, "labels", "name"),
    "artist": lambda entry: _first(entry, "artists", "name"),
    "title": lambda entry: entry["basic_information"]["title"].casefold(),
    "catno": lambda entry: _first(entry, "labels", "catno"),
    "format": lambda entry: _first(entry, "formats", "name"),
    "rating": lambda entry: entry["rating"],
    "added": lambda entry: _moment(entry["date_added"]),
    "year": lambda entry: entry["basic_information"]["year"],
}


def _number(request: Request, key: str, default: int) -> int:
    text = request.query.get(key, "")
    return int(text) if re.fullmatch(r"-?\d+", text) else default
