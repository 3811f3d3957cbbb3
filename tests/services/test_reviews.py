"""Reviews: U18, a person's choice is for ever, and can be taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from app.errors import NotFoundError
from app.extensions import db
from app.models import Link
from app.models.base import utcnow
from app.queries import reviews as queries
from app.services import reviews
from app.services.enrich import links, renewal
from app.services.enrich.links import FoundLink
from tests.listings import OWNER, listed
from tests.offers import offered


def states(*link_ids: int) -> list[str]:
    return [db.session.get_one(Link, each).state for each in link_ids]


def three_candidates() -> tuple[int, int, int]:
    first, second, third = (
        offered(url=f"https://open.spotify.com/album/{n}", score=0.8 - n / 10) for n in range(3)
    )
    return first, second, third


def test_candidates_of_one_provider_are_one_question_the_best_first(each_database: Flask) -> None:
    listed()
    first, second, third = three_candidates()
    offered(provider="wikipedia", score=0.9)

    page = queries.waiting(OWNER, 1)

    assert [row.key.provider for row in page.rows] == ["wikipedia", "spotify"]
    assert [link.id for link in page.rows[1].candidates] == [first, second, third]
    assert page.rows[1].thing is not None
    assert (page.rows[1].thing.name, page.rows[1].thing.by) == ("Kind Of Blue", "Miles Davis")


def test_accepting_one_rejects_the_others_of_that_provider_only(each_database: Flask) -> None:
    first, second, third = three_candidates()
    elsewhere = offered(provider="wikipedia")

    reviews.decide(OWNER, second, "accept")

    assert states(first, second, third, elsewhere) == [
        "rejected",
        "accepted",
        "rejected",
        "waiting",
    ]
    assert queries.counts(OWNER) == queries.Counts(waiting=1, decided=1)


def test_a_guess_accepted_unasked_gives_way_to_a_persons_choice(each_database: Flask) -> None:
    unasked = offered(url="https://open.spotify.com/album/guessed", state="accepted", score=0.91)
    sure = offered(url="https://open.spotify.com/album/sure", state="accepted", badge="derived")
    chosen = offered()

    reviews.decide(OWNER, chosen, "accept")

    assert states(unasked, sure, chosen) == ["rejected", "accepted", "accepted"]


def test_rejecting_one_leaves_the_others_waiting(each_database: Flask) -> None:
    first, second, third = three_candidates()

    reviews.decide(OWNER, first, "reject")

    assert states(first, second, third) == ["rejected", "waiting", "waiting"]


def test_none_of_these_rejects_all_of_them(each_database: Flask) -> None:
    candidates = three_candidates()

    reviews.decide(OWNER, candidates[0], "none")

    assert states(*candidates) == ["rejected"] * 3
    assert queries.waiting(OWNER, 1).rows == []


@pytest.mark.parametrize("answer", ["accept", "reject", "none"])
def test_u18_what_was_decided_is_never_asked_again(each_database: Flask, answer: str) -> None:
    link = offered()
    reviews.decide(OWNER, link, answer)
    before = states(link)

    found = FoundLink("spotify", "https://open.spotify.com/album/r1234", "guess", 0.8, "waiting")
    links.keep(OWNER, "title", "r1234", [found])
    db.session.commit()

    assert states(link) == before
    assert queries.counts(OWNER).waiting == 0


@pytest.mark.parametrize("answer", ["accept", "reject", "none"])
def test_u18_what_was_decided_outlives_a_surer_look(each_database: Flask, answer: str) -> None:
    link = offered()
    reviews.decide(OWNER, link, answer)
    before = states(link)

    same = FoundLink("spotify", "https://open.spotify.com/album/r1234", "exact", 1.0)
    other = FoundLink("spotify", "https://open.spotify.com/album/other", "exact", 1.0)
    links.keep(OWNER, "title", "r1234", [same, other])
    db.session.commit()

    assert states(link) == before
    if answer == "accept":
        chosen = ["https://open.spotify.com/album/r1234"]
        assert links.accepted(OWNER, "title", "spotify", ["r1234"]) == {"r1234": chosen}
    renewal.drop_old(OWNER, "title", "spotify", "r1234", utcnow() + timedelta(days=1))
    db.session.commit()
    assert states(link) == before, "it may be as old as it likes"


@pytest.mark.parametrize("answer", ["accept", "reject", "none"])
def test_u18_a_page_found_later_is_no_new_question(each_database: Flask, answer: str) -> None:
    reviews.decide(OWNER, offered(), answer)

    found = FoundLink("spotify", "https://open.spotify.com/album/new", "guess", 0.8, "waiting")
    links.keep(OWNER, "title", "r1234", [found])
    db.session.commit()

    assert queries.counts(OWNER) == queries.Counts(waiting=0, decided=1)


def test_u18_a_page_that_was_turned_down_stays_so_beside_the_right_one(
    each_database: Flask,
) -> None:
    link = offered()
    reviews.decide(OWNER, link, "reject")

    right = FoundLink("spotify", "https://open.spotify.com/album/right", "exact", 1.0)
    links.keep(OWNER, "title", "r1234", [right])
    db.session.commit()

    assert states(link) == ["rejected"]
    assert links.accepted(OWNER, "title", "spotify", ["r1234"]) == {"r1234": [right.url]}


def test_deciding_twice_changes_nothing(each_database: Flask) -> None:
    link = offered()
    reviews.decide(OWNER, link, "reject")

    assert reviews.decide(OWNER, link, "accept") is None
    assert states(link) == ["rejected"]


def test_decisions_are_taken_back_one_by_one_the_latest_first(each_database: Flask) -> None:
    first, second, third = three_candidates()
    reviews.decide(OWNER, third, "reject")
    reviews.decide(OWNER, second, "accept")

    reviews.undo_last(OWNER)
    assert states(first, second, third) == ["waiting", "waiting", "rejected"]
    reviews.undo_last(OWNER)
    assert states(first, second, third) == ["waiting"] * 3
    assert reviews.undo_last(OWNER) is None


def test_any_earlier_decision_can_be_taken_back_as_a_whole(each_database: Flask) -> None:
    first, second, third = three_candidates()
    other = offered("r99")
    reviews.decide(OWNER, first, "none")
    reviews.decide(OWNER, other, "accept")

    (latest, earlier) = queries.decided(OWNER, 1).rows
    assert (latest.accepted, len(earlier.rejected)) == (db.session.get(Link, other), 3)
    reviews.undo(OWNER, earlier.link_id)

    assert states(first, second, third, other) == ["waiting", "waiting", "waiting", "accepted"]


def test_the_links_of_others_cannot_be_decided(each_database: Flask) -> None:
    link = offered()

    for decide in (reviews.decide, lambda owner, each, _: reviews.undo(owner, each)):
        with pytest.raises(NotFoundError):
            decide(OWNER + 1, link, "accept")
        with pytest.raises(NotFoundError):
            decide(OWNER, link + 1, "accept")


def test_a_question_taken_back_is_found_on_its_page(each_database: Flask) -> None:
    ids = [offered(f"r{n}", score=0.9 - n / 100) for n in range(20)]

    pages = [queries.page_of(OWNER, db.session.get_one(Link, each)) for each in ids]

    assert pages == [1] * 15 + [2] * 5
