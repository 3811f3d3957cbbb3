"""The file and what comes after it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from app.queries import exports
from tests.csv_shelf import OWNER, row, shelve
from tests.web.export.conftest import Shelf


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_file_is_a_download_with_the_time_in_its_name(
    client: FlaskClient, picked: Shelf, method: str
) -> None:
    picked(2)

    answer = client.open("/export/csv", method=method)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r"attachment; filename=gatefold-qr-\d{8}-\d{4}\.csv", answer.headers["Content-Disposition"]
    )
    assert "Content-Length" not in answer.headers
    lines = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert [len(line) for line in lines] == [30, 30, 30]


def test_two_copies_of_a_release_get_two_file_names(client: FlaskClient) -> None:
    ids = shelve(row(123), row(123, CollectionFolder="Loft"), row(7))
    client.post("/export/pick", data={"copy_id": ids})

    lines = list(csv.DictReader(io.StringIO(client.get("/export/csv").text, newline="")))

    assert [(line["FileName"], line["BottomText"].split("\n")[1]) for line in lines] == [
        ("123", "Krautrock"),
        ("123-2", "Loft"),
        ("7", "Krautrock"),
    ]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nothing_picked_is_a_page_that_says_so(client: FlaskClient, method: str) -> None:
    answer = client.open("/export/csv", method=method)

    assert answer.status_code == 422
    assert "Nothing is picked yet" in answer.text
    assert 'href="/collection"' in answer.text


def test_only_the_button_notes_the_file(client: FlaskClient, picked: Shelf) -> None:
    picked(2)
    client.get("/export/csv")
    assert exports.recent_batches(OWNER) == []

    client.post("/export/csv")

    (batch,) = exports.recent_batches(OWNER)
    page = client.get("/export").text
    assert f'<span class="file-name">{batch.file_name}</span>' in page
    assert f"{batch.file_name} with 2 codes is on its way" in page
    assert "Mark them as printed" in page


def test_stickers_are_marked_as_printed_and_taken_back(client: FlaskClient, picked: Shelf) -> None:
    picked(2)
    client.post("/export/csv")
    batch = exports.recent_batches(OWNER)[0].id

    answer = client.post("/export/processed", data={"batch": batch})
    page = client.get("/export").text

    assert (answer.status_code, answer.location) == (303, "/export")
    assert "2 records have a sticker now" in page
    assert page.count("Has a sticker") == 2
    client.post("/export/processed", data={"batch": batch, "undo": "1"})
    assert "Has a sticker" not in client.get("/export").text


@pytest.mark.parametrize("batch", ["", "x", "99", "9" * 40, "-1"])
def test_a_file_that_is_not_there_is_not_found(client: FlaskClient, batch: str) -> None:
    assert client.post("/export/processed", data={"batch": batch}).status_code == 404


def test_our_icon_comes_under_the_name_the_file_asks_for(
    client: FlaskClient, picked: Shelf
) -> None:
    picked(1)

    with client.get("/export/icon.svg") as answer:
        assert answer.data.startswith(b"<svg")
        headers = answer.headers

    assert headers["Content-Disposition"] == "attachment; filename=Discogs_record_icon.svg"
    assert headers["Content-Type"].startswith("image/svg+xml")
    assert "Discogs_record_icon.svg" in client.get("/export").text


def test_codes_lead_here_under_the_address_the_page_was_asked_for(
    client: FlaskClient, picked: Shelf
) -> None:
    (copy_id,) = picked(1)
    client.post(
        "/export/presets",
        data={
            "name": "Here",
            "was": "Standard",
            "text_template": "x",
            "unknown_year": "?",
            "content_target": "gatefold",
        },
    )

    assert (
        f",http://127.0.0.1:5000/s/{copy_id},1001"
        in client.get("/export/csv", base_url="http://127.0.0.1:5000").text
    )
