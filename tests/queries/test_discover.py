"""Picks by chance: repeatable, within the genres asked for, each with its reason."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask import Flask

from app.queries import discover
from app.queries.discover import DiscoverPage, DiscoverShelf
from tests.listening import statements
from tests.tied_shelf import OWNER, record, shelve

TODAY = date(2026, 11, 21)


def page(
    genres: tuple[str, ...] = (), match_all: bool = False, seed: str = "one", today: date = TODAY
) -> DiscoverPage:
    return discover.page(OWNER, genres, match_all, seed, today)


def shelf(name: str, page: DiscoverPage) -> DiscoverShelf:
    return next(shelf for shelf in page.shelves if shelf.name == name)


def picks(page: DiscoverPage) -> dict[str, list[int]]:
    return {shelf.name: [card.row.copy_id for card in shelf.cards] for shelf in page.shelves}


@pytest.fixture
def records(each_database: Flask) -> list[int]:
    """Sixty records of three genres and six decades."""
    return shelve(
        *(
            record(
                f"Artist {n}",
                "Label",
                f"Style {n % 3}",
                genres=("Jazz", "Rock", "Jazz|Rock")[n % 3],
                year=1950 + n,
            )
            for n in range(60)
        )
    )


def test_the_same_seed_gives_the_same_picks_and_another_gives_others(records: list[int]) -> None:
    assert picks(page()) == picks(page())
    assert picks(page(seed="two")) != picks(page())


def test_the_crate_holds_twelve_different_records_of_the_shelf(records: list[int]) -> None:
    crate = picks(page())["crate"]

    assert len(set(crate)) == 12
    assert set(crate) <= set(records)


def test_every_record_can_be_picked(records: list[int]) -> None:
    seen = {one for seed in range(60) for one in picks(page(seed=str(seed)))["crate"]}

    assert seen == set(records)


def test_every_card_says_why_it_is_here(records: list[int]) -> None:
    shown = page().shelves

    assert all(shelf.about and shelf.title for shelf in shown)
    assert all(card.why for shelf in shown for card in shelf.cards)


@pytest.mark.parametrize(
    ("genres", "match_all", "total"),
    [
        ((), False, 60),
        (("Jazz",), False, 40),
        (("Jazz", "Rock"), False, 60),
        (("Jazz", "Rock"), True, 20),
        (("Jazz", "Polka"), False, 40),
        (("Jazz", "Polka"), True, 0),
        (("Polka",), False, 0),
    ],
)
def test_genres_narrow_to_any_or_to_all_of_them(
    records: list[int], genres: tuple[str, ...], match_all: bool, total: int
) -> None:
    found = page(genres, match_all)
    wanted = {f"Style {n}" for n in range(3)}

    assert found.total == total
    assert found.collection_total == 60
    assert (found.shelves == []) == (total == 0)
    if match_all and total:
        assert {shelf.title for shelf in found.shelves} & wanted == {"Style 2"}


def test_picks_stay_within_the_genres(records: list[int]) -> None:
    rock = set(records[1::3]) | set(records[2::3])

    for ids in picks(page(("Rock",))).values():
        assert set(ids) <= rock


def test_chosen_genres_are_offered_even_when_nobody_has_them(records: list[int]) -> None:
    assert page(("Polka",)).genres[0] == ("Polka", 0, True)
    assert [choice.name for choice in page().genres] == ["Jazz", "Rock"]
    assert [choice.records for choice in page(("Jazz",), True).genres] == [40, 20]


def test_there_is_one_record_of_each_decade(records: list[int]) -> None:
    cards = shelf("decades", page()).cards

    assert [card.row.year // 10 for card in cards if card.row.year] == list(range(195, 201))
    assert cards[0].why == "From the 1950s"


def test_records_added_around_this_day_of_other_years_are_shown(each_database: Flask) -> None:
    def added(*when: int) -> int:
        return shelve(record("A", added_at=datetime(*when, tzinfo=UTC)))[0]  # type: ignore[arg-type, misc]

    near, exact = added(2019, 11, 23), added(2018, 11, 21)
    added(2026, 11, 21)
    added(2019, 6, 1)

    found = shelf("this-day", page())

    assert [card.row.copy_id for card in found.cards] == [exact, near]
    assert found.cards[0].why == "Added 21 Nov 2018"


def test_the_turn_of_the_year_is_no_wall(each_database: Flask) -> None:
    shelve(record("A", added_at=datetime(2019, 12, 31, 23, tzinfo=UTC)))

    assert shelf("this-day", page(today=date(2026, 1, 2))).cards


def test_gems_are_the_best_rated(each_database: Flask) -> None:
    shelve(*(record("A", rating=2) for _ in range(20)))
    five, four = shelve(record("B", rating=5), record("C", rating=4))

    gems = shelf("gems", page())

    assert [card.row.copy_id for card in gems.cards] == [five, four]
    assert gems.cards[0].why == "You gave it 5 stars"


def test_where_nothing_is_rated_those_longest_here_are_shown(each_database: Flask) -> None:
    shelve(record("A", added_at=datetime(2024, 5, 1, tzinfo=UTC)))
    shelve(record("B", added_at=datetime(2019, 5, 1, tzinfo=UTC)), record("C", added_at=None))

    cards = shelf("gems", page()).cards

    assert [card.row.artist_text for card in cards] == ["B", "A"]
    assert cards[0].why == "Here since May 2019"


def test_records_without_a_date_are_shown_where_there_are_no_others(each_database: Flask) -> None:
    shelve(record("C", added_at=None))

    assert shelf("gems", page()).cards[0].why == "Here since nobody knows when"


def test_an_empty_shelf_has_nothing_to_show(each_database: Flask) -> None:
    assert page() == DiscoverPage([], [], 0, 0)


def test_the_page_costs_the_same_statements_for_any_number_of_records(records: list[int]) -> None:
    shelve(record("Rated", rating=5))
    page()
    with statements() as few:
        page()
    shelve(*(record(f"More {n}", "Other", "Style 9", rating=5) for n in range(200)))
    page()
    with statements() as many:
        page()

    assert len(few) == len(many) <= 6
