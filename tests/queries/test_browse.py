"""Finding, filtering, counting and ordering the records of a shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.domain.filters import BrowseFilter, from_query
from app.extensions import db
from app.models import Copy, Release, Track
from app.queries import browse, facets
from app.queries.browse import Neighbour
from app.queries.matching_copies import matching
from app.services import copies, shelf
from app.services.release_writer import ReleaseWriter
from tests.listening import statements
from tests.shelves import OWNER, put_on_shelf

Find = Callable[..., list[str]]


@pytest.fixture
def records(each_database: Flask) -> Flask:
    """Six records that differ in everything one can ask for."""
    put_on_shelf(
        {"Artist": "Björk", "Title": "Début", "Released": "1993", "Format": "LP, Album, RE"},
        {"Artist": "The Beatles", "Title": "Help!", "Released": "1965", "Label": "Parlophone"},
        {
            "Artist": "久石譲",
            "Title": "風の谷のナウシカ",
            "Released": "1984",
            "CollectionFolder": "Japan",
        },
        {"Artist": "!!!", "Title": "Louden Up Now", "Released": "2004", "Catalog#": "WARP 117"},
        {"Artist": "Guns N' Roses", "Title": "Lies", "Released": "0", "Format": "CD, Album"},
        {
            "Artist": "Zappa",
            "Title": '100% AND "Quotes"',
            "Released": "1979",
            "Collection Notes": "from the flea market",
            "Date Added": "2023-01-05 09:00:00",
        },
    )
    return each_database


def titles(**wanted: object) -> list[str]:
    page = browse.page(OWNER, BrowseFilter(**wanted))  # type: ignore[arg-type]
    return [row.title for row in page.rows]


def test_artists_are_filed_without_their_article_and_symbols_last(records: Flask) -> None:
    assert titles(sort="artist") == [
        "Help!",
        "Début",
        "Lies",
        "風の谷のナウシカ",
        '100% AND "Quotes"',
        "Louden Up Now",
    ]


def test_unknown_years_come_last_not_first(records: Flask) -> None:
    assert titles(sort="year")[0] == "Help!"
    assert titles(sort="year")[-1] == "Lies"


def test_last_added_comes_first_and_unknown_days_last(records: Flask) -> None:
    put_on_shelf({"Title": "Undated", "release_id": 77, "Date Added": ""})

    assert titles(sort="added", descending=True)[0] == '100% AND "Quotes"'
    assert titles(sort="added", descending=True)[-1] == "Undated"
    assert titles(sort="added")[-1] == "Undated"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("bjork", "Début"),
        ("Béatlès", "Help!"),
        ("BJÖRK debut", "Début"),
        ("beat hel", "Help!"),
        ("久石譲", "風の谷のナウシカ"),
        ("!!!", "Louden Up Now"),
        ("warp117", "Louden Up Now"),
        ("WARP 117", "Louden Up Now"),
        ("guns-n-roses", "Lies"),
        ("flea market", '100% AND "Quotes"'),
        ('100% AND "Quotes', '100% AND "Quotes"'),
        ("parlophone", "Help!"),
    ],
)
def test_search_ignores_accents_case_and_signs(records: Flask, typed: str, found: str) -> None:
    assert titles(q=typed) == [found]


@pytest.mark.parametrize(
    "typed", ["nothing like it", "AND OR NOT", "x* NEAR(", "%", "beatles lies"]
)
def test_search_for_what_is_not_there_finds_nothing(records: Flask, typed: str) -> None:
    """Row W7 of the fault list: search words are never part of a query language."""
    assert titles(q=typed) == []


def test_a_track_is_found_by_its_title(records: Flask) -> None:
    release_id = db.session.scalars(select(Release.id).where(Release.title == "Help!")).one()
    db.session.add(Track(release_id=release_id, position=0, title="Ticket To Ride"))
    db.session.flush()
    shelf.refresh(OWNER, [release_id])
    db.session.commit()

    assert titles(q="ticket ride") == ["Help!"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"folder": ("Japan",)}, 1),
        ({"format": ("CD",)}, 1),
        ({"format": ("CD", "Reissue")}, 2),
        ({"decade": ("1960", "1990")}, 2),
        ({"year_from": 1980, "year_to": 1999}, 2),
        ({"label": ("parlophone",)}, 1),
        ({"artist": ("beatles",)}, 1),
        ({"letter": "b"}, 2),
        ({"decade": ("1960",), "format": ("CD",)}, 0),
        ({"country": ("Atlantis",)}, 0),
    ],
)
def test_filters_narrow(records: Flask, wanted: dict[str, object], found: int) -> None:
    assert matching(OWNER, BrowseFilter(**wanted)).total == found  # type: ignore[arg-type]


def test_added_between_two_days_includes_both(records: Flask) -> None:
    wanted = BrowseFilter.from_args(_args(added_from="2023-01-05", added_to="2023-01-05"))

    assert matching(OWNER, wanted).total == 1


def test_the_search_box_filters(records: Flask) -> None:
    assert matching(OWNER, from_query("format:cd lies")).total == 1


def test_facets_count_what_choosing_them_would_show(records: Flask) -> None:
    wanted = BrowseFilter(format=("CD",))
    counted = facets.counts(wanted, matching(OWNER, wanted))

    formats = {choice.value: choice.count for choice in counted["format"]}
    assert formats["CD"] == 1
    assert formats["Vinyl"] == 5, "other formats stay choosable"
    assert [choice.value for choice in counted["folder"]] == ["Uncategorized"]
    for choice in counted["format"]:
        alone = BrowseFilter(format=(choice.value,))
        assert matching(OWNER, alone).total == choice.count


def test_a_record_put_away_disappears_everywhere_at_once(records: Flask) -> None:
    assert matching(OWNER, BrowseFilter()).total == 6
    copy_id = db.session.scalars(select(Copy.id).join(Release).where(Release.title == "Lies")).one()

    copies.remove_copy(OWNER, copy_id)

    assert "Lies" not in titles()
    assert matching(OWNER, BrowseFilter(format=("CD",))).total == 0
    copies.restore_copy(OWNER, copy_id)
    assert matching(OWNER, BrowseFilter(format=("CD",))).total == 1


def test_pages_hold_every_record_once(app: Flask) -> None:
    put_on_shelf(*({"Title": f"Record {n}", "Artist": f"A {n % 7}"} for n in range(150)))
    for wanted in (BrowseFilter(), BrowseFilter(format=("LP",), sort="title", descending=True)):
        seen = []
        for number in (1, 2, 3):
            page = browse.page(OWNER, replace(wanted, page=number))
            assert (page.number, page.pages, page.total) == (number, 3, 150)
            seen += [row.copy_id for row in page.rows]
        assert len(set(seen)) == len(seen) == 150


def test_a_page_past_the_end_shows_the_last(app: Flask) -> None:
    put_on_shelf({}, {})

    assert browse.page(OWNER, BrowseFilter(page=99)).number == 1


def beside(wanted: BrowseFilter, copy_id: int) -> tuple[Neighbour | None, Neighbour | None]:
    return browse.neighbours(matching(OWNER, wanted), wanted, [copy_id])


def test_neighbours_follow_the_order_of_the_filter(records: Flask) -> None:
    page = browse.page(OWNER, BrowseFilter(sort="title"))
    ids = [row.release_id for row in page.rows]
    here = [row.copy_id for row in page.rows]
    before, after = beside(BrowseFilter(sort="title"), here[2])

    assert before is not None
    assert after is not None
    assert (before.release_id, after.release_id) == (ids[1], ids[3])
    first = beside(BrowseFilter(sort="title", descending=True), here[0])
    assert first[1] is None


def test_the_number_of_statements_does_not_grow(app: Flask) -> None:
    put_on_shelf(*({"Title": f"Record {n}"} for n in range(5)))
    _show_everything()
    with statements() as few:
        _show_everything()
    put_on_shelf(*({"Title": f"More {n}", "release_id": 5000 + n} for n in range(55)))
    _show_everything()
    with statements() as many:
        _show_everything()

    assert len(few) == len(many)
    assert len(many) <= 6


@pytest.mark.parametrize(
    ("record", "sleeve", "shown"),
    [
        ("Near Mint (NM or M-)", "Very Good Plus (VG+)", "NM / VG+"),
        ("Near Mint (NM or M-)", "", "NM / –"),
        ("", "Generic", "– / Generic"),
        ("", "", ""),
    ],
)
def test_grades_are_told_in_letters(app: Flask, record: str, sleeve: str, shown: str) -> None:
    put_on_shelf({"Collection Media Condition": record, "Collection Sleeve Condition": sleeve})

    (row,) = browse.page(OWNER, BrowseFilter()).rows

    assert row.grades == shown


def test_a_line_says_only_what_is_known_of_a_pressing(app: Flask) -> None:
    put_on_shelf(
        {"Title": "A", "Released": "1959", "Format": "2xLP, Album, Mono", "Catalog#": "CL 1355"},
        {"Title": "B", "Released": "0", "Format": "", "Catalog#": "none", "Label": "Columbia"},
    )

    full, bare = browse.page(OWNER, BrowseFilter(sort="title")).rows

    assert (full.edition, bare.edition) == ("1959 · 2×Vinyl, LP · CL 1355", "")
    assert bare.label_and_number == "Columbia"


def test_a_release_of_somebody_else_is_not_shown(app: Flask) -> None:
    put_on_shelf({"Title": "Mine"})
    writer = ReleaseWriter(OWNER)
    writer.write()

    assert browse.page(OWNER + 1, BrowseFilter()).rows == []


def _show_everything() -> None:
    wanted = BrowseFilter(format=("LP",), sort="title")
    matches = matching(OWNER, wanted)
    facets.counts(wanted, matches)
    browse.page(OWNER, wanted, matches)


def _args(**values: object) -> MultiDict[str, str]:
    return MultiDict({name: str(value) for name, value in values.items()})
