"""What the collection can be narrowed by, with exact counts."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.domain.filters import LETTERS, BrowseFilter
from app.extensions import db
from app.models import Folder
from app.queries.matching_copies import PILES, TAGGED, Matches

SHOWN = 40
_FOLDERS = select(Folder.id, Folder.name).where(Folder.owner_id == bindparam("owner_id"))


class FacetValue(NamedTuple):
    """One choice: what the URL says, what people read, how many copies, chosen, where it leads."""

    value: str
    text: str
    count: int  # type: ignore[assignment]
    is_on: bool
    url: str


def counts(wanted: BrowseFilter, matches: Matches) -> dict[str, list[FacetValue]]:
    """The choices of every facet, most copies first (decades by time). One statement."""
    names = _names(matches)
    facets = {
        name: _values(name, wanted, _counted(matches, name), names[name])
        for name in ("folder", *PILES, *TAGGED, "country")
    }
    facets["decade"] = _decades(wanted, matches)
    facets["letter"] = _letters(wanted, matches)
    return facets


def _counted(matches: Matches, facet: str, own: str = "") -> dict[Hashable, int]:
    within = matches.without.get(own or facet, matches.bits)
    if within == matches.index.all:
        return matches.index.totals(facet)
    counted = {
        value: (bits & within).bit_count() for value, bits in matches.index.sets[facet].items()
    }
    return {value: count for value, count in counted.items() if count}


def _names(matches: Matches) -> dict[str, Mapping[Hashable, str]]:
    index = matches.index
    folders = db.session.connection().execute(_FOLDERS, {"owner_id": index.owner_id})
    names: dict[str, Mapping[Hashable, str]] = {kind: index.tag_names(kind) for kind in TAGGED}
    names |= {kind: index.pile_names(kind) for kind in PILES}
    names["folder"] = dict(folders.all())
    names["country"] = {value: str(value) for value in index.sets["country"]}
    return names


def _values(
    facet: str, wanted: BrowseFilter, counted: Mapping[Hashable, int], names: Mapping[Hashable, str]
) -> list[FacetValue]:
    by_name: dict[str, int] = {}
    for value, count in counted.items():
        name = names.get(value)
        if name:
            by_name[name] = by_name.get(name, 0) + count
    chosen = getattr(wanted, facet)
    ranked = sorted(by_name.items(), key=lambda item: (item[0] not in chosen, -item[1], item[0]))
    return _choices(facet, wanted, [(name, name, count) for name, count in ranked[:SHOWN]])


def _choices(
    facet: str, wanted: BrowseFilter, counted: Iterable[tuple[str, str, int]]
) -> list[FacetValue]:
    """(value, text, count) as choices: what is chosen leads to the list without it."""
    chosen, adding = getattr(wanted, facet), wanted.adding(facet)
    return [
        FacetValue(value, text, count, True, wanted.url(**wanted.toggled(facet, value)))
        if value in chosen
        else FacetValue(value, text, count, False, adding(value))
        for value, text, count in counted
    ]


def _decades(wanted: BrowseFilter, matches: Matches) -> list[FacetValue]:
    counted: dict[int, int] = {}
    for year, count in _counted(matches, "year", own="decade").items():
        if isinstance(year, int):
            counted[year // 10 * 10] = counted.get(year // 10 * 10, 0) + count
    by_time = ((str(decade), f"{decade}s", count) for decade, count in sorted(counted.items()))
    return _choices("decade", wanted, by_time)


def _letters(wanted: BrowseFilter, matches: Matches) -> list[FacetValue]:
    counted, turning_to = _counted(matches, "letter"), wanted.adding("letter")
    return [
        FacetValue(
            letter,
            letter.upper() if len(letter) == 1 else letter,
            counted.get(letter, 0),
            letter == wanted.letter,
            wanted.url(letter="") if letter == wanted.letter else turning_to(letter),
        )
        for letter in LETTERS
    ]
