"""The pages about gaps, without script."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from app.domain.quality import CHECKS
from app.extensions import db
from app.models import QualityCount, Release
from app.models.base import utcnow
from app.services import curate, shelf
from app.services.subjects import open_subject
from tests.listening import statements
from tests.listings import listed

HIDDEN = re.compile(r'<input type="hidden" name="(version|done|at)" value="([^"]*)">')
PLACE = "/admin/quality"


def gap(client: FlaskClient, name: str) -> tuple[int, str]:
    """What stands on the page of a check: the id of its record, and the version of that."""
    page = client.get(f"{PLACE}/{name}").text
    found = re.search(rf'action="{PLACE}/{name}/(\d+)"', page)
    version = dict(HIDDEN.findall(page))["version"]
    assert found is not None
    return int(found[1]), version


def fill(client: FlaskClient, name: str, **form: Any) -> TestResponse:
    entity_id, version = gap(client, name)
    return client.post(f"{PLACE}/{name}/{entity_id}", data={"version": version, **form})


def test_a_gap_is_filled_and_the_next_is_on_show(client: FlaskClient) -> None:
    first, second = listed(year=None), listed(discogs_id=5, title="Giant Steps", year=None)
    assert "2 open" in client.get(f"{PLACE}/year").text

    said = fill(client, "year", year="1959")

    page = client.get(said.location).text
    assert "1 open" in page
    assert "Giant Steps" in page
    assert "Saved." in page
    assert db.session.get_one(Release, first).year == 1959
    assert db.session.get_one(Release, second).year is None


def test_the_number_beside_gaps_follows_what_is_edited_elsewhere(client: FlaskClient) -> None:
    first = listed(year=None)
    listed(discogs_id=5, year=None)

    def beside_gaps() -> int:
        page = client.get("/admin").text
        return int(re.search(r"Gaps <span>(\d+)</span>", page)[1])  # type: ignore[index]

    client.get(PLACE)
    before = beside_gaps()

    version = open_subject("release", 1, first).version
    curate.save("release", 1, first, version, '{"year": 1959}')

    assert beside_gaps() == before - 1


def test_what_was_saved_is_undone_and_on_show_again(client: FlaskClient) -> None:
    release_id = listed(year=None)
    page = client.get(fill(client, "year", year="1959").location).text
    assert "Nothing left here" in page

    said = client.post(f"{PLACE}/year/undo", data=dict(HIDDEN.findall(page)))

    assert said.location == f"{PLACE}/year?at={release_id}"
    assert "Kind Of Blue" in client.get(said.location).text
    db.session.expire_all()
    assert db.session.get_one(Release, release_id).year is None


@pytest.mark.parametrize("verdict", ["later", "never"])
def test_a_gap_is_left_and_taken_up_again(client: FlaskClient, verdict: str) -> None:
    release_id = listed(year=None)

    said = client.post(f"{PLACE}/year/{release_id}/{verdict}")

    page = client.get(said.location).text
    assert "Nothing left here" in page
    assert f"1 for {'later' if verdict == 'later' else 'good'}" in client.get(PLACE).text
    client.post(f"{PLACE}/year/undo", data=dict(HIDDEN.findall(page)))
    assert "Kind Of Blue" in client.get(f"{PLACE}/year").text


def test_what_was_typed_wrong_comes_back_with_the_reason(client: FlaskClient) -> None:
    listed(year=None)

    said = fill(client, "year", year="<b>19")

    assert said.status_code == 422
    assert "A year from 1850 to 2100." in said.text
    assert 'value="&lt;b&gt;19"' in said.text


def test_a_gap_somebody_else_filled_another_way_is_told(client: FlaskClient) -> None:
    release_id = listed(labels=())
    _, seen = gap(client, "number")
    fill(client, "number", label="Columbia", number="none")

    said = client.post(
        f"{PLACE}/number/{release_id}", data={"version": seen, "label": "B", "number": "1"}
    )

    assert said.status_code == 409
    assert "nothing was saved" in said.text
    assert 'value="1"' in said.text


def test_every_check_has_a_page_with_a_way_to_correct_it_at_discogs(client: FlaskClient) -> None:
    listed(year=None, labels=(), formats=())

    for check in CHECKS:
        page = client.get(f"{PLACE}/{check.name}")
        assert page.status_code == 200
        assert f"<h1>{check.title}</h1>" in page.text
    assert "https://www.discogs.com/release/edit/1234" in client.get(f"{PLACE}/year").text


def test_no_gap_at_all_is_told_as_such(client: FlaskClient) -> None:
    page = client.get(PLACE).text

    assert "Everything is known" in page
    assert "Counted for the first time today" in page


def test_how_the_number_went_down_is_drawn_and_told(client: FlaskClient) -> None:
    listed(year=None)
    yesterday = utcnow().date() - timedelta(days=1)
    for check in CHECKS:
        row = {"owner_id": 1, "check_name": check.name, "day": yesterday, "open": 9}
        db.session.add(QualityCount(**row))
    db.session.commit()

    page = client.get(PLACE).text

    assert 'aria-label="Unknown year: 9 at most, 1 now"' in page
    assert f'<td class="number">{9 * len(CHECKS)}</td>' in page
    today = select(QualityCount.open).where(
        QualityCount.day == utcnow().date(), QualityCount.check_name == "year"
    )
    assert db.session.scalar(today) == 1
    assert "Gaps <span>2</span>" in client.get("/admin").text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/admin/quality/nonsense", 404),
        ("/admin/quality/year/99", 404),
        ("/admin/quality/year/99/never", 404),
        ("/admin/quality/year/99999999999999999999/never", 404),
        ("/admin/quality/year/1/maybe", 404),
        ("/admin/quality/grade/99", 404),
        ("/admin/quality/cover/99", 422),
        ("/admin/quality/name/99", 422),
        ("/admin/quality/year/undo", 404),
    ],
)
def test_hostile_addresses_are_refused(client: FlaskClient, path: str, status: int) -> None:
    assert client.post(path, data={"version": "x", "year": "1959"}).status_code == status


@pytest.mark.parametrize("done", ["edit-x", "merge-9", "cover-9", "later-9", "never-", "-", "x-1"])
def test_there_is_nothing_else_to_undo(client: FlaskClient, done: str) -> None:
    assert client.post(f"{PLACE}/year/undo", data={"done": done}).status_code == 404


def test_odd_addresses_show_what_there_is(client: FlaskClient) -> None:
    listed(year=None)

    for query in ("at=9", f"at={2**62}", "at=x", "done=edit-%00&of=1", "done=%3Cb%3E-1&of=1"):
        page = client.get(f"{PLACE}/year?{query}")
        assert page.status_code == 200
        assert "Kind Of Blue" in page.text
        assert "<b>" not in page.text


def test_a_picture_fills_the_gap_of_a_cover_and_what_is_none_is_refused(
    client: FlaskClient,
) -> None:
    listed()
    db.session.execute(update(Release).values(facts_from="details"))
    shelf.refresh(1, list(db.session.scalars(select(Release.id))))
    db.session.commit()
    release_id, _ = gap(client, "cover")

    assert client.post(f"{PLACE}/cover/{release_id}").status_code == 422
    said = client.post(
        f"{PLACE}/cover/{release_id}", data={"picture": (io.BytesIO(b"no picture"), "a.png")}
    )

    assert said.status_code == 422
    assert "No cover" in said.text


def test_more_gaps_cost_no_more_statements(client: FlaskClient) -> None:
    def some(first: int, count: int) -> None:
        for number in range(first, first + count):
            listed(discogs_id=number, year=None)

    some(10, 2)
    few = _heard(client)
    some(20, 40)
    many = _heard(client)

    assert few == many


def _heard(client: FlaskClient) -> list[int]:
    counts = []
    for path in (PLACE, f"{PLACE}/year", f"{PLACE}/grade"):
        client.get(path)
        with statements() as heard:
            client.get(path)
        counts.append(len(heard))
    return counts
