"""The filter that is a URL, and the words of the search box."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

from app.domain.filters import BrowseFilter, from_query


def from_url(url: str) -> BrowseFilter:
    from urllib.parse import parse_qsl

    return BrowseFilter.from_args(MultiDict(parse_qsl(urlsplit(iri_to_uri(url)).query)))


def test_an_address_says_only_what_differs() -> None:
    assert BrowseFilter().url() == "/collection"
    assert BrowseFilter(genre=("Jazz",), page=3).url(page=3) == "/collection?genre=Jazz&page=3"


def test_a_change_of_filter_goes_to_the_first_page() -> None:
    assert BrowseFilter(page=7).url(sort="title") == "/collection?sort=title"


@pytest.mark.parametrize(
    ("name", "value"),
    [("genre", "Folk, World, & Country"), ("country", "Côte d'Ivoire"), ("letter", "0-9")],
)
def test_addresses_that_add_a_value_say_the_same_as_the_filter_with_it(
    name: str, value: str
) -> None:
    shown = BrowseFilter(q="a=b&c", genre=("Jazz",), letter="m", sort="year", page=3)
    more = value if name == "letter" else (*getattr(shown, name), value)

    assert shown.adding(name)(value) == shown.url(**{name: more})


def test_last_added_comes_first_unless_asked_otherwise() -> None:
    assert from_url("/collection?sort=added").descending
    assert not from_url("/collection?sort=added&order=asc").descending
    assert not from_url("/collection?sort=title").descending


def test_nonsense_in_an_address_is_passed_over() -> None:
    nonsense = "?sort=price&page=-4&year_from=abc&added_from=2020-13-45&letter=ab&view=cubes&page=0"
    assert from_url("/collection" + nonsense) == BrowseFilter()


@pytest.mark.parametrize(
    "nonsense",
    [
        "added_to=9999-12-31",
        "added_from=0001-01-01",
        "added_to=2201-01-01",
        "added_from=1899-12-31",
        "decade=²",
        "decade=195",
        "decade=1955",
        "decade=٠٩٧٠",
        "decade=" + "9" * 5_000,
        "year_from=１９５９",
        "page=1٢",
    ],
)
def test_dates_years_and_pages_no_shelf_has_are_passed_over(nonsense: str) -> None:
    assert from_url(f"/collection?{nonsense}") == BrowseFilter()


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(2200, 12, 31)])
def test_dates_to_the_ends_of_what_is_taken_are_kept(day: date) -> None:
    found = from_url(f"/collection?added_from={day}&added_to={day}")

    assert (found.added_from, found.added_to) == (day, day)


@pytest.mark.parametrize("typed", ["decade:²", "decade:195", "added:9999", "year:１９５９"])
def test_a_filter_typed_with_nonsense_is_searched_for(typed: str) -> None:
    assert from_query(typed) == BrowseFilter(q=typed)


def test_the_search_box_knows_the_filters() -> None:
    typed = 'genre:jazz label:"Blue Note" year:1955-1965 decade:1950s miles davis'

    assert from_query(typed) == BrowseFilter(
        q="miles davis",
        genre=("jazz",),
        label=("Blue Note",),
        decade=("1950",),
        year_from=1955,
        year_to=1965,
    )


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [("1971", 1971, 1971), ("1971-", 1971, None), ("..1980", None, 1980)],
)
def test_years_may_be_open_at_one_end(typed: str, first: int | None, last: int | None) -> None:
    found = from_query(f"year:{typed}")

    assert (found.year_from, found.year_to) == (first, last)


def test_a_word_with_a_colon_that_is_no_filter_is_searched_for() -> None:
    assert from_query("2001: a space odyssey").q == "2001: a space odyssey"
    assert from_query("colour:red").q == "colour:red"


def test_chips_take_one_thing_away_each() -> None:
    wanted = BrowseFilter(genre=("Jazz", "Rock"), year_from=1960, added_from=date(2020, 1, 2))

    assert [words for words, _url in wanted.chips()] == [
        "Genre: Jazz",
        "Genre: Rock",
        "From: 1960",
        "Added from: 2020-01-02",
    ]
    assert from_url(wanted.chips()[0][1]).genre == ("Rock",)


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(
    str.strip
)
names = st.lists(words.filter(bool), max_size=3, unique=True).map(tuple)


@given(genre=names, folder=names, year=st.none() | st.integers(1900, 2100), page=st.integers(1, 99))
def test_every_filter_survives_its_address(
    genre: tuple[str, ...], folder: tuple[str, ...], year: int | None, page: int
) -> None:
    from app.domain.text import clean

    wanted = BrowseFilter(
        genre=tuple(dict.fromkeys(clean(g) for g in genre if clean(g))),
        folder=tuple(dict.fromkeys(clean(f) for f in folder if clean(f))),
        year_from=year,
        page=page,
    )

    assert from_url(wanted.url(page=page)) == wanted


@given(st.text(max_size=80))
def test_nothing_typed_breaks_the_search_box(typed: str) -> None:
    assert from_url(from_query(typed).url()) is not None
