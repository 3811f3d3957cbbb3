"""The form that adds one record."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.standin.discogs import DiscogsStandIn, release

BY_HAND = {"how": "hand", "artist": "Can", "title": "Unlimited", "genres": "Rock"}


@pytest.fixture(autouse=True)
def _known_release(discogs: DiscogsStandIn) -> None:
    discogs.releases[4711] = release(4711, title="First Light", artist="The Examples")


def test_a_number_leads_to_the_release(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/import/record", data={"how": "discogs", "discogs": "r4711"}, follow_redirects=True
    )

    assert answer.request.path.startswith("/releases/")
    assert "First Light" in answer.text
    assert "It stands on your shelf." in answer.text


def test_a_second_copy_is_offered(visitor: FlaskClient) -> None:
    form = {"how": "discogs", "discogs": "4711"}
    visitor.post("/import/record", data=form)

    offer = visitor.post("/import/record", data=form)

    assert offer.status_code == 409
    assert "stands on your shelf already" in offer.text
    assert "Add another copy" in offer.text
    assert visitor.post("/import/record", data={**form, "another": "1"}).status_code == 302


def test_a_master_is_refused_at_the_field(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/import/record", data={"how": "discogs", "discogs": "https://www.discogs.com/master/1"}
    )

    assert answer.status_code == 422
    assert "all pressings" in answer.text
    assert 'id="discogs-error"' in answer.text


def test_a_silent_discogs_keeps_what_was_typed(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    discogs.fail_next("/releases", "bad_gateway", times=3)

    answer = visitor.post("/import/record", data={"how": "discogs", "discogs": "4711"})

    assert answer.status_code == 502
    assert 'value="4711"' in answer.text


def test_a_typed_record_is_shown(visitor: FlaskClient) -> None:
    answer = visitor.post("/import/record", data=BY_HAND, follow_redirects=True)

    assert "Unlimited" in answer.text
    assert "Rock" in answer.text


def test_wrong_fields_come_back_as_typed(visitor: FlaskClient) -> None:
    answer = visitor.post("/import/record", data={**BY_HAND, "title": " ", "year": "19xx"})

    assert answer.status_code == 422
    assert 'id="title-error"' in answer.text
    assert 'id="year-error"' in answer.text
    assert 'value="19xx"' in answer.text
    assert 'value="Rock" checked' in answer.text


def test_the_first_wrong_field_has_the_focus(visitor: FlaskClient) -> None:
    page = visitor.post("/import/record", data={"how": "hand", "artist": "A", "year": "soon"}).text

    assert page.count("autofocus") == 1
    focused = page[: page.index("autofocus")].rpartition("<")[2]
    assert 'name="title"' in focused


def test_genres_are_those_of_the_list(visitor: FlaskClient) -> None:
    answer = visitor.post(
        "/import/record", data={**BY_HAND, "genres": "<b>Mine</b>"}, follow_redirects=True
    )

    assert "Mine" not in answer.text


def test_an_empty_form_is_refused_not_broken(visitor: FlaskClient) -> None:
    assert visitor.post("/import/record").status_code == 422
    assert visitor.get("/import/record").status_code == 200
