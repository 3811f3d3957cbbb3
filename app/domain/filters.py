"""What part of the collection somebody looks at, and in which order: a filter that is a URL.

The search box knows the same filters as words: `genre:jazz label:"blue note" year:1959-1965 miles`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode

from app.domain.arrivals import find_arrivals
from app.domain.text import clean, fold

LISTED = (
    "folder",
    "crate",
    "tag",
    "genre",
    "style",
    "format",
    "country",
    "decade",
    "label",
    "artist",
)
# "crate" is the order in which a crate is packed, and needs just one of them.
SORTS = ("artist", "title", "year", "added", "crate")
VIEWS = ("wall", "table")
DESCENDING_FIRST = ("added",)
LETTERS = (*"abcdefghijklmnopqrstuvwxyz", "0-9", "other")
# The years a copy can have been added in; a day more or less than the calendar has is an error.
EARLIEST_ADDED, LATEST_ADDED = 1900, 2200
LONGEST_QUERY = 500
MOST_VALUES = 50
CHIP_NAMES = {
    "folder": "Folder",
    "crate": "Crate",
    "tag": "Your tag",
    "genre": "Genre",
    "style": "Style",
    "format": "Format",
    "country": "Country",
    "decade": "Decade",
    "label": "Label",
    "artist": "Artist",
    "year_from": "From",
    "year_to": "Up to",
    "added_from": "Added from",
    "added_to": "Added up to",
    "letter": "Letter",
    "arrived": "New from",
    "q": "Search",
}
# Stands where a value will: no value has it, clean() takes control characters out.
_GAP = "\0"
_WORD = re.compile(r'(?:(?P<field>[a-z]+):)?(?:"(?P<quoted>[^"]*)"|(?P<bare>[^\s"]+))')
_RANGE = re.compile(r"(\d{4})?\s*(-|\.\.)\s*(\d{4})?|(\d{4})", re.ASCII)
_YEAR = re.compile(r"[1-9]\d{3}", re.ASCII)
_PAGE = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_DECADE = re.compile(r"[12]\d{2}0", re.ASCII)


class Arguments(Protocol):
    """The arguments of an address: werkzeug's MultiDict, or anything that can do the same."""

    def get(self, key: str, default: str, /) -> str | None: ...
    def getlist(self, key: str, /) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class BrowseFilter:
    """A part of the collection. Empty lists and None mean "any"; values of one list mean "or".

    Folders, crates, labels and artists are given by name, `tag` holds a person's own words.
    `decade` holds first years ("1970"), `arrived` the address of copies that came in together
    (see arrivals).
    """

    q: str = ""
    folder: tuple[str, ...] = ()
    crate: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    genre: tuple[str, ...] = ()
    style: tuple[str, ...] = ()
    format: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    decade: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    artist: tuple[str, ...] = ()
    year_from: int | None = None
    year_to: int | None = None
    added_from: date | None = None
    added_to: date | None = None
    letter: str = ""
    arrived: str = ""
    sort: str = "artist"
    descending: bool = False
    view: str = "wall"
    page: int = 1

    @classmethod
    def from_args(cls, args: Arguments) -> BrowseFilter:
        """The filter an address stands for. What makes no sense in it is passed over."""
        letter = args.get("letter", "") or ""
        arrivals = find_arrivals(args.get("arrived", "") or "")
        view = args.get("view", "") or ""
        typed = from_query(args.get("q", "") or "")
        listed: dict[str, Any] = {
            name: _merged(getattr(typed, name), args.getlist(name)) for name in LISTED
        }
        listed["decade"] = tuple(filter(_DECADE.fullmatch, listed["decade"]))
        sort = args.get("sort", "") or ""
        has_order = sort in SORTS and (sort != "crate" or len(listed["crate"]) == 1)
        sort = sort if has_order else "artist"
        order = args.get("order", "") or ""
        descending = order == "desc" if order in ("asc", "desc") else sort in DESCENDING_FIRST
        return replace(
            typed,
            **listed,
            year_from=_year(args.get("year_from", "")) or typed.year_from,
            year_to=_year(args.get("year_to", "")) or typed.year_to,
            added_from=_date(args.get("added_from", "")) or typed.added_from,
            added_to=_date(args.get("added_to", "")) or typed.added_to,
            letter=letter if letter in LETTERS else "",
            arrived=arrivals.address if arrivals else "",
            sort=sort,
            descending=descending,
            view=view if view in VIEWS else "wall",
            page=_page(args.get("page", "")),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but sort, view and page differs from "everything"."""
        return bool(self.chips())

    def params(self) -> list[tuple[str, str]]:
        """The arguments of this filter's address; defaults are left out."""
        return self.pairs()

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """The arguments of this filter's address with `changes`, for hidden fields."""
        pairs: list[tuple[str, str]] = []
        for name, default in _DEFAULTS:
            value = changes[name] if name in changes else getattr(self, name)
            if name == "descending":
                if value != (changes.get("sort", self.sort) in DESCENDING_FIRST):
                    pairs.append(("order", "desc" if value else "asc"))
            elif value == default:
                continue
            elif isinstance(value, tuple):
                pairs.extend((name, each) for each in value)
            else:
                pairs.append((name, str(value)))
        return pairs

    def query(self, **changes: Any) -> str:
        """The part of the address after "?", with `changes`; any change but page goes to page 1."""
        if "page" not in changes:
            changes["page"] = 1
        return urlencode(self.pairs(**changes))

    def url(self, **changes: Any) -> str:
        """The collection page of this filter with `changes`."""
        query = self.query(**changes)
        return f"/collection?{query}" if query else "/collection"

    def adding(self, name: str) -> Callable[[str], str]:
        """Gives the address of this filter with one more value of a list, or with that letter.

        A page of the collection has 150 addresses that differ in one word: what they share is
        written once.
        """
        chosen = getattr(self, name)
        gap = (*chosen, _GAP) if isinstance(chosen, tuple) else _GAP
        before, after = self.url(**{name: gap}).split(quote_plus(_GAP))
        return lambda value: f"{before}{quote_plus(value)}{after}"

    def toggled(self, name: str, value: str) -> dict[str, Any]:
        """The change that adds `value` to a list, or takes it out."""
        values = getattr(self, name)
        left = tuple(each for each in values if each != value)
        return {name: left if len(left) < len(values) else (*values, value)}

    def chips(self) -> list[tuple[str, str]]:
        """What narrows the view: (words, address without it)."""
        chips = []
        for name, words in CHIP_NAMES.items():
            value = getattr(self, name)
            if isinstance(value, tuple):
                for each in value:
                    shown = f"{each}s" if name == "decade" else each
                    chips.append((f"{words}: {shown}", self.url(**self.toggled(name, each))))
            elif value:
                empty: Any = "" if isinstance(value, str) else None
                shown = _arrived_from(value) if name == "arrived" else value
                chips.append((f"{words}: {shown}", self.url(**{name: empty})))
        return chips


def _arrived_from(address: str) -> str:
    arrivals = find_arrivals(address)
    return arrivals.words if arrivals else address


_DEFAULTS = tuple((part.name, part.default) for part in fields(BrowseFilter))


def from_query(text: str) -> BrowseFilter:
    """The filter typed into the search box; words without a known field are searched for."""
    found: dict[str, list[str]] = {name: [] for name in LISTED}
    ranges: dict[str, Any] = {}
    words: list[str] = []
    for match in _WORD.finditer(clean(text, LONGEST_QUERY).replace("\n", " ")):
        name = match["field"]
        value = (match["quoted"] if match["quoted"] is not None else match["bare"]).strip()
        if name == "decade" and _DECADE.fullmatch(value.removesuffix("s")):
            found[name].append(value.removesuffix("s"))
        elif name in found and name != "decade" and value:
            found[name].append(value)
        elif name == "year" and _RANGE.fullmatch(value):
            ranges["year_from"], ranges["year_to"] = _year_range(value)
        elif name == "added" and (added_from := _date(f"{value[:4]}-01-01")):
            ranges["added_from"] = added_from
        else:
            words.append(match[0] if name else value)
    listed: dict[str, Any] = {name: _merged((), values) for name, values in found.items()}
    return BrowseFilter(q=" ".join(words), **listed, **ranges)


def _year_range(text: str) -> tuple[int | None, int | None]:
    match = _RANGE.fullmatch(text)
    if match is None:
        return None, None
    if match[4]:
        return int(match[4]), int(match[4])
    return _year(match[1]), _year(match[3])


def _merged(typed: Sequence[str], given: Sequence[str]) -> tuple[str, ...]:
    cleaned = (clean(value, 300) for value in (*typed, *given))
    return tuple(dict.fromkeys(value for value in cleaned if value))[:MOST_VALUES]


def _year(text: str | None) -> int | None:
    return int(text) if text and _YEAR.fullmatch(text) else None


def _date(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if EARLIEST_ADDED <= day.year <= LATEST_ADDED else None


def _page(text: str | None) -> int:
    return int(text) if text and _PAGE.fullmatch(text) else 1


def search_words(q: str) -> list[str]:
    """The folded words of a search, each to be found as the beginning of a word."""
    return fold(q).split()[:20]
