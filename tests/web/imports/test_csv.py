"""Uploading a CSV export: look first, then import, all or nothing (faults B1–B9, B12, B15)."""

from __future__ import annotations

import gc
import io
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Copy
from app.services import uploads
from tests.domain.discogs_csv_files import export, row
from tests.web.imports.conftest import sent

Inside = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def kept(house: Flask) -> Callable[[], list[Path]]:
    """The uploaded files that are still here."""
    folder = house.extensions["workplace"].settings.instance_path / uploads.FOLDER
    return lambda: sorted(folder.glob("*")) if folder.exists() else []


@pytest.fixture
def copies(inside: Inside) -> Callable[[], int]:
    """How many copies there are."""

    def count() -> int:
        with inside():
            return db.session.scalar(select(func.count()).select_from(Copy)) or 0

    return count


def looked_into(visitor: FlaskClient, content: bytes) -> tuple[str, str]:
    """Upload; the address of the preview and what it shows."""
    answer = sent(visitor, content)
    assert answer.status_code == 302, answer.text
    return answer.location, visitor.get(answer.location).text


def confirmed(visitor: FlaskClient, address: str, **ticks: str) -> TestResponse:
    return visitor.post(address, data=ticks, follow_redirects=True)


def opening_tag(page: str, name: str) -> str:
    """The tag of the form field `name`."""
    tag = re.search(f'<[^>]* name="{name}"[^>]*>', page)
    assert tag is not None, page
    return tag[0]


START = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'


def raw(visitor: FlaskClient, body: bytes, promised: int | None = None) -> TestResponse:
    """Upload a form body as it is; `promised` is the length announced for it."""
    return visitor.post(
        "/import/csv",
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"CONTENT_LENGTH": str(promised or len(body))},
    )


def test_a_file_is_looked_into_then_imported_then_forgotten(
    visitor: FlaskClient, copies: Callable[[], int], kept: Callable[[], list[Path]]
) -> None:
    address, page = looked_into(visitor, export(row(), row(release_id="5", Title="Late Light")))
    assert "Import 2 records" in page
    assert "Late Light" in page
    assert copies() == 0

    answer = confirmed(visitor, address)

    assert "Imported: 2 new." in answer.text
    assert copies() == 2
    assert kept() == []


def test_the_preview_shows_encoding_and_accents(visitor: FlaskClient) -> None:
    """B2."""
    content = export(row(Artist="Björk", Title="Début"), encoding="cp1252")

    _address, page = looked_into(visitor, content)

    assert "Windows-1252" in page
    assert "Björk" in page
    assert "Début" in page


def test_another_encoding_may_be_chosen_and_is_used(visitor: FlaskClient) -> None:
    address, _page = looked_into(visitor, export(row(Artist="Bj÷rk"), encoding="cp1252"))

    page = visitor.get(f"{address}?encoding=mac_roman").text
    assert "Mac Roman" in page
    answer = confirmed(visitor, address, encoding="mac_roman")

    assert "Imported: 1 new." in answer.text


def test_accents_encoded_twice_are_repaired_when_asked(visitor: FlaskClient) -> None:
    broken = export(row(Artist="Björk")).decode().encode().decode("cp1252").encode()
    address, page = looked_into(visitor, broken)
    assert "BjÃ¶rk" in page
    assert "encoded twice" in page

    assert "Björk" in visitor.get(f"{address}?repair=1").text
    assert "Björk" in confirmed(visitor, address, repair="1").text


def test_what_we_cannot_read_in_the_address_is_passed_over(visitor: FlaskClient) -> None:
    address, _page = looked_into(visitor, export())

    assert visitor.get(f"{address}?encoding=klingon&repair=x").status_code == 200


def test_columns_are_told_by_what_they_mean(visitor: FlaskClient) -> None:
    """B8."""
    content = export(
        {**row(), "Künstler": "The Examples", "Shop": "Rough Trade", "Collection Cleaned": "yes"},
        header=("Künstler", "Title", "release_id", "Shop", "Collection Cleaned"),
    )

    _address, page = looked_into(visitor, content)

    assert "“<bdi>Künstler</bdi>” in the file" in page
    assert "a field of your own" in page
    assert "<bdi>Shop</bdi>: columns Gatefold does not know" in page
    assert "Not in this file" in page


def test_unreadable_rows_stop_the_import_until_left_out(
    visitor: FlaskClient, copies: Callable[[], int]
) -> None:
    """B9."""
    address, page = looked_into(visitor, export(row(), row(Released="soon")))
    assert "“soon” is not a year." in page
    assert "Import 1 record and leave out 1 row" in page
    assert 'name="leave_out" value="1"' in page

    refused = confirmed(visitor, address)
    assert refused.status_code == 422
    assert "Nothing was imported." in refused.text
    assert copies() == 0

    answer = confirmed(visitor, address, leave_out="1")
    assert "Imported: 1 new, 1 left out, unreadable." in answer.text
    assert copies() == 1


def test_after_a_later_file_the_new_ones_stand_alone(visitor: FlaskClient) -> None:
    address, _page = looked_into(visitor, export())
    assert confirmed(visitor, address).request.query_string == b"sort=added"
    later = export(
        row(), row(release_id="5", Title="Late Light"), row(release_id="6", Title="Dusk")
    )
    address, _page = looked_into(visitor, later)

    page = confirmed(visitor, address).text

    assert "New from: a CSV file" in page
    assert "Late Light" in page
    assert "Dusk" in page
    assert "First Light" not in page
    assert "<b>2</b> of 3" in page


def test_a_file_of_which_all_is_here_says_so(visitor: FlaskClient) -> None:
    address, _page = looked_into(visitor, export())
    confirmed(visitor, address)

    _address, page = looked_into(visitor, export())

    assert "Everything in this file is here already." in page
    assert "Import 0" not in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "This file is empty."),
        (export()[: export().index(b"\r\n")], "only a header"),
        (b"Title\r\nOne\r\n", "The columns Artist and release_id are missing."),
        (b"\x89PNG\r\n\x1a\n rest", "This is a picture"),
        (b"PK\x03\x04 xl/workbook.xml", "This is an Excel file"),
        (b"<html><body>", "This is a web page"),
        (b"Artist;Title\r\na;b\r\n", "The column release_id is missing."),
        (
            b"Artist,Artist,Title,release_id\r\na,b,c,1\r\n",
            "The columns “Artist” and “Artist” mean the same. Keep one of them",
        ),
    ],
)
def test_what_is_no_export_is_refused_at_the_field(
    visitor: FlaskClient, kept: Callable[[], list[Path]], content: bytes, sentence: str
) -> None:
    """B1, B7, B8."""
    answer = sent(visitor, content)

    assert answer.status_code == 422
    assert sentence in answer.text
    field = opening_tag(answer.text, "file")
    assert 'aria-invalid="true"' in field
    assert 'aria-describedby="file-error"' in field
    assert 'id="file-error"' in answer.text
    assert answer.text.count("autofocus") == field.count("autofocus") == 1
    assert kept() == []


def test_a_page_nothing_was_refused_on_keeps_the_focus_at_its_top(visitor: FlaskClient) -> None:
    address, page = looked_into(visitor, export())

    assert "autofocus" not in page + visitor.get("/import").text + visitor.get(address).text


def test_an_encoding_the_file_cannot_be_in_is_said_where_it_was_chosen(
    visitor: FlaskClient,
) -> None:
    address, _page = looked_into(visitor, export())

    answer = visitor.get(f"{address}?encoding=utf-16-le")

    assert answer.status_code == 422
    chosen = opening_tag(answer.text, "encoding")
    assert "autofocus" in chosen
    assert 'aria-invalid="true"' in chosen
    assert "The file makes no sense in this encoding." in answer.text


def test_without_unreadable_rows_the_button_says_only_what_comes(visitor: FlaskClient) -> None:
    _address, page = looked_into(visitor, export())

    assert "Import 1 record</button>" in page
    assert "leave" not in page[page.index("<main") : page.index("</main>")]


def test_no_file_chosen_is_said_at_the_field(visitor: FlaskClient) -> None:
    for data in ({}, {"file": (io.BytesIO(b""), "")}, {"file": "text"}):
        answer = visitor.post("/import/csv", data=data)

        assert answer.status_code == 422
        assert "Choose the CSV file Discogs sent you." in answer.text


def test_the_name_of_the_file_means_nothing(
    visitor: FlaskClient, kept: Callable[[], list[Path]]
) -> None:
    """B6."""
    sent(visitor, export(), name="../../etc/passwd\0.csv")

    assert [path.suffix for path in kept()] == [".csv"]
    assert len(kept()[0].stem) == 32


def test_a_cancelled_file_is_forgotten(
    visitor: FlaskClient, kept: Callable[[], list[Path]]
) -> None:
    address, _page = looked_into(visitor, export())

    answer = visitor.post(f"{address}/cancel", follow_redirects=True)

    assert "Nothing was imported" in answer.text
    assert kept() == []
    assert visitor.get(address).status_code == 404
    assert visitor.post(address).status_code == 404


@pytest.mark.parametrize("token", ["x", "a" * 32, "..%2f..%2fgatefold", "%00", "Ａ" * 32])
def test_an_unknown_upload_is_not_found(visitor: FlaskClient, token: str) -> None:
    assert visitor.get(f"/import/csv/{token}").status_code == 404
    assert visitor.post(f"/import/csv/{token}").status_code == 404


def test_a_file_that_is_too_big_is_refused_unread(
    visitor: FlaskClient, kept: Callable[[], list[Path]]
) -> None:
    """B5."""
    answer = raw(visitor, b"--b\r\n", promised=uploads.MOST_BYTES + 200_000)

    assert answer.status_code == 413
    assert "larger than Gatefold accepts" in answer.text
    assert kept() == []


def test_only_the_upload_may_be_big(visitor: FlaskClient) -> None:
    """B12."""
    form = {"username": "x" * 3_000_000}

    assert visitor.post("/import/connect/username", data=form).status_code == 413
    content = START + export(*(row() for _ in range(30_000))) + b"\r\n--b--\r\n"
    assert raw(visitor, content).status_code == 302


def test_a_form_of_very_many_parts_is_refused(visitor: FlaskClient) -> None:
    """B12."""
    parts = {f"part{number}": "" for number in range(2_000)}

    answer = visitor.post("/import/csv", data={**parts, "file": (io.BytesIO(export()), "a.csv")})

    assert answer.status_code == 413


@pytest.mark.filterwarnings("ignore:Unclosed file")  # the form parser's, closed by its end
def test_half_a_body_leaves_nothing(visitor: FlaskClient, kept: Callable[[], list[Path]]) -> None:
    """B15: the connection ended before the last byte."""
    answer = raw(visitor, START + b"Artist,Ti", promised=1_000)

    gc.collect()
    assert answer.status_code == 400
    assert kept() == []


def test_the_upload_needs_its_token(visitor: FlaskClient) -> None:
    visitor.application.config["WTF_CSRF_ENABLED"] = True

    assert sent(visitor, export()).status_code == 400


def test_the_address_of_a_refused_file_leads_back_when_loaded_again(visitor: FlaskClient) -> None:
    assert visitor.get("/import/csv").location == "/import"
