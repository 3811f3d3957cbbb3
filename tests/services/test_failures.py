"""N10: dead letters are listed with their reason, tried again one by one or all, or left alone."""

from __future__ import annotations

import pytest
from flask import Flask

from app.errors import NotFoundError
from app.extensions import db
from app.models import ProviderResult
from app.queries import failures as queries
from app.queries import skips as skip_list
from app.queries.failures import FailureFilter
from app.services import failures, skips
from app.services.enrich import reopening, work
from app.services.runs import Lease
from tests.listings import OWNER, listed
from tests.offers import failed

ODD = "Discogs does something unexpected: tracklist is no list."


def shown(**wanted: object) -> list[str]:
    """The keys on the list, in the order they came about."""
    page = queries.page(OWNER, FailureFilter(**wanted))  # type: ignore[arg-type]
    return sorted(row.key for row in page.rows)


@pytest.fixture
def letters(each_database: Flask) -> dict[str, int]:
    """One failure of each kind, and three things that are none."""
    failed("8", state="found", last_error=None)
    failed("9", state="pending", last_error=None)
    return {
        "1": failed("1"),
        "2": failed("2", provider="discogs", state="parked", last_error=ODD),
        "3": failed("3", state="pending", attempts=1),
    }


def test_what_failed_was_put_aside_or_waits_for_its_next_try_is_listed(
    letters: dict[str, int],
) -> None:
    assert shown() == ["1", "2", "3"]
    assert queries.open_count() == 3


def test_the_list_is_narrowed_by_provider_and_reason_with_counts(letters: dict[str, int]) -> None:
    assert shown(provider="discogs") == ["2"]
    assert shown(reason=ODD) == ["2"]
    assert shown(provider="musicbrainz", reason=ODD) == []
    found = queries.choices(FailureFilter())
    assert found.providers == [("musicbrainz", 2), ("discogs", 1)]
    assert found.reasons[1] == (ODD, 1)


def test_a_thing_on_the_shelf_is_told_by_its_name(each_database: Flask) -> None:
    release = listed()
    failed("1234")
    failed("23755", entity="artist", provider="wikidata")
    failed("777", provider="discogs")

    rows = {row.key: row.thing for row in queries.page(OWNER, FailureFilter()).rows}

    assert rows["1234"] is not None
    assert (rows["1234"].name, rows["1234"].address) == ("Kind Of Blue", f"/releases/{release}")
    assert rows["23755"] is not None
    assert rows["23755"].name == "Miles Davis"
    assert rows["777"] is None


def test_retried_things_are_due_at_once(letters: dict[str, int]) -> None:
    failures.retry(letters["2"])

    assert [item.key for item in work.due("discogs", "release", 10)] == ["2"]
    assert db.session.get_one(ProviderResult, letters["2"]).attempts == 0
    assert shown() == ["1", "3"]


def test_all_of_a_filter_are_retried_and_no_others(letters: dict[str, int]) -> None:
    assert failures.retry_all(FailureFilter(provider="musicbrainz")) == 2

    assert shown() == ["2"]
    assert len(work.due("musicbrainz", "release", 10)) == 3


def test_what_is_left_alone_is_not_asked_for_until_it_is_taken_back(
    letters: dict[str, int],
) -> None:
    skips.leave_failed_alone(OWNER, letters["1"], "", everybody=False)
    failures.retry_all(FailureFilter())
    reopening.due()
    db.session.commit()

    (skip,) = skip_list.page(OWNER, 1).rows
    assert (skip.key, skip.provider) == ("1", "musicbrainz")
    assert "503" in skip.reason, "what went wrong is the reason where none is given"
    assert shown() == []
    assert "1" not in [item.key for item in work.due("musicbrainz", "release", 10)]

    skips.take_back(OWNER, skip.id)
    assert "1" in [item.key for item in work.due("musicbrainz", "release", 10)]


def test_only_failures_can_be_retried(letters: dict[str, int]) -> None:
    failures.retry(letters["1"])

    with pytest.raises(NotFoundError):
        failures.retry(letters["1"])
    with pytest.raises(NotFoundError):
        skips.leave_failed_alone(OWNER, letters["1"], "", everybody=False)


def test_the_last_try_is_told(letters: dict[str, int]) -> None:
    failures.retry(letters["1"])
    (item,) = [each for each in work.due("musicbrainz", "release", 10) if each.key == "1"]
    (claimed,) = work.claim([item], Lease(1, OWNER, "enrich", "ours", 1, 0))
    work.fail(claimed, "MusicBrainz does not answer.", again=False)
    db.session.commit()

    row = queries.page(OWNER, FailureFilter()).rows[0]
    assert (row.key, row.attempts) == ("1", 1)
    assert row.tried_at is not None
    assert row.due_at is not None
