from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient

from app.extensions import db
from app.jobs import runner
from app.queries import run_status
from tests.listening import statements
from tests.listings import OWNER, listed

PAGE = "content/albums/kind-of-blue-5/index.md"


@pytest.fixture
def folder(client: FlaskClient, app: Flask) -> Path:
    listed(discogs_id=5)
    return Path(app.extensions["workplace"].settings.instance_path) / "site"


def publish(client: FlaskClient, **data: str) -> str:
    """Press the button and let the job come to its end; the page afterwards."""
    assert client.post("/admin/publish", data=data).location == "/admin/publish"
    run = run_status.latest(OWNER, "publish")
    assert run is not None
    runner.work_on(current_app._get_current_object(), run.id)  # type: ignore[attr-defined]
    db.session.rollback()
    return client.get("/admin/publish").text


def test_the_page_says_what_goes_public_and_what_would_change(
    client: FlaskClient, folder: Path
) -> None:
    text = client.get("/admin/publish?look=1").text

    assert "<b>+10</b> new" in text
    assert f"<bdi>{PAGE}</bdi>" in text
    assert "<b>Records</b>: artist, title" in text
    assert "<b>Your grades</b>: " not in text
    assert not folder.exists()


def test_a_press_publishes_and_the_site_can_be_taken_along(
    client: FlaskClient, folder: Path
) -> None:
    text = publish(client)

    assert "10 new, 0 changed, 0 removed, 0 unchanged." in text
    assert "no picture was found" in text
    packed = client.get("/admin/publish/site.zip", buffered=True)
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert archive.read(PAGE) == (folder / PAGE).read_bytes()
        assert "manifest.json" in archive.namelist()
    assert client.get("/admin/publish/site.zip", buffered=True).data == packed.data
    assert "10 unchanged" in publish(client)


def test_what_is_ticked_goes_public_and_the_list_says_so(client: FlaskClient, folder: Path) -> None:
    client.post("/admin/publish/public", data={"public": ["folders", "nonsense"]})

    assert "<b>Your folders</b>: folder names" in client.get("/admin/publish").text
    publish(client)
    assert (folder / "content/folder/uncategorized/_index.md").is_file()


def test_a_page_changed_by_hand_waits_for_a_second_word(client: FlaskClient, folder: Path) -> None:
    publish(client)
    (folder / PAGE).write_text("by hand")

    assert "Changed by hand" in publish(client)
    assert (folder / PAGE).read_text() == "by hand"
    publish(client, overwrite="1")
    assert "Kind Of Blue" in (folder / PAGE).read_text()


def test_a_folder_that_cannot_be_used_is_told_on_the_page(
    client: FlaskClient, folder: Path
) -> None:
    folder.write_text("mine")

    assert client.get("/admin/publish?look=1").status_code == 422
    assert "is a file" in publish(client)


def test_nothing_to_take_along_before_the_first_time(client: FlaskClient, folder: Path) -> None:
    assert client.get("/admin/publish/site.zip").status_code == 404
    assert "Download" not in client.get("/admin/publish").text


def test_a_job_leads_to_the_page_and_is_listed(client: FlaskClient, folder: Path) -> None:
    publish(client)
    run = run_status.latest(OWNER, "publish")

    assert run is not None
    assert client.get(f"/jobs/{run.id}").location == "/admin/publish"
    assert re.search(r"Publishing</a>", client.get("/jobs").text)


def test_more_records_cost_the_page_no_more_statements(client: FlaskClient, folder: Path) -> None:
    def asked(path: str) -> int:
        with statements() as told:
            client.get(path)
        return len(told)

    client.get("/admin/publish?look=1")
    few = asked("/admin/publish"), asked("/admin/publish?look=1")
    for number in range(6, 12):
        listed(discogs_id=number)
    assert (asked("/admin/publish"), asked("/admin/publish?look=1")) == few
