from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import update

from app.extensions import db
from app.jobs import attempt
from app.models import Copy, Run
from app.queries import run_status
from app.services import runs
from tests.listening import statements
from tests.listings import OWNER, listed

PAGE = "content/albums/kind-of-blue-5/index.md"


@pytest.fixture
def folder(client: FlaskClient, app: Flask) -> Path:
    listed(discogs_id=5)
    return Path(app.extensions["workplace"].settings.instance_path) / "site"


def press(client: FlaskClient, place: str = "", **data: str | list[str]) -> str:
    """Press a button and let its job come to its end; the page afterwards."""
    assert client.post(f"/admin/publish{place}", data=data).location == "/admin/publish"
    kind = {"": "publish", "/look": "publish_look", "/preview": "publish_preview"}[place]
    run = run_status.latest(OWNER, kind)
    assert run is not None
    attempt.work_on(current_app._get_current_object(), run.id)  # type: ignore[attr-defined]
    db.session.rollback()
    return client.get("/admin/publish").text


def look(client: FlaskClient, query: str = "", **data: str) -> str:
    press(client, "/look", **data)
    return client.get(f"/admin/publish/look{query}").text


def test_the_page_says_what_goes_public_and_what_would_change(
    client: FlaskClient, folder: Path
) -> None:
    text = press(client, "/look")

    assert "<b>+10</b> new" in text
    assert "<b>Records</b>: artist, title" in text
    assert "<b>Your grades</b>: " not in text
    assert f"<bdi>{PAGE}</bdi>" in client.get("/admin/publish/look").text
    assert not folder.exists()


def test_a_changed_page_is_shown_line_by_line(client: FlaskClient, folder: Path) -> None:
    press(client)
    listed(discogs_id=5, country="Italy")

    text = look(client)

    assert "Changed 1<" in text
    assert re.search(r"<del>.*country: .*US", text)
    assert re.search(r"<ins>.*country: .*Italy", text)


def test_a_publishing_can_be_paused_resumed_and_cancelled_from_its_page(
    client: FlaskClient, folder: Path
) -> None:
    client.post("/admin/publish")
    run = run_status.latest(OWNER, "publish")
    assert run is not None
    at_work = client.get("/admin/publish").text
    assert f'action="/jobs/{run.id}/cancel"' in at_work
    assert f'action="/jobs/{run.id}/resume"' not in at_work

    client.post(f"/jobs/{run.id}/pause")
    paused = client.get("/admin/publish").text
    assert f'action="/jobs/{run.id}/resume"' in paused
    assert "Publishing: paused</h2>" in paused
    assert "It goes on by itself" not in paused
    assert f'id="resume-{run.id}"' in paused  # keeps the focus when this part is fetched anew

    client.post(f"/jobs/{run.id}/resume")
    assert f'action="/jobs/{run.id}/pause"' in client.get("/admin/publish").text


def test_a_long_look_comes_in_pages(client: FlaskClient, folder: Path) -> None:
    for number in range(6, 40):
        listed(discogs_id=number)

    first, second = look(client), client.get("/admin/publish/look?kind=new&page=2").text

    assert first.count("<li><bdi>content/") == 25
    assert second.count("<li><bdi>content/") == 44 - 25
    for strange in ("kind=x", "page=0", "page=999", "page=²", "page=" + "9" * 50):
        assert client.get(f"/admin/publish/look?{strange}").status_code == 200


def test_before_the_first_look_there_is_nothing_to_see(client: FlaskClient, folder: Path) -> None:
    assert client.get("/admin/publish/look").location == "/admin/publish"


def test_a_press_publishes_and_the_site_can_be_taken_along(
    client: FlaskClient, folder: Path
) -> None:
    text = press(client)

    assert "10 new, 0 changed, 0 removed, 0 unchanged." in text
    assert re.search(r'<a href="/releases/\d+"><bdi>Kind Of Blue</bdi></a>', text)
    assert "no picture was found" in text
    packed = client.get("/admin/publish/site.zip", buffered=True)
    with zipfile.ZipFile(io.BytesIO(packed.data)) as archive:
        assert archive.read(PAGE) == (folder / PAGE).read_bytes()
        assert "manifest.json" in archive.namelist()
    assert client.get("/admin/publish/site.zip", buffered=True).data == packed.data
    whole = client.get("/admin/publish/site.zip?theme=1", buffered=True)
    with zipfile.ZipFile(io.BytesIO(whole.data)) as archive:
        assert {PAGE, "hugo.toml", "layouts/index.html"} <= set(archive.namelist())
    assert "10 unchanged" in press(client, everything="1")


def test_what_would_have_changed_before_a_publishing_is_not_told_after_it(
    client: FlaskClient, folder: Path
) -> None:
    assert "Would change" in press(client, "/look")
    assert "Publish this" in client.get("/admin/publish/look").text

    assert "Would change" not in press(client)
    after = client.get("/admin/publish/look").text
    assert ("There was a publishing since." in after, "Publish this" in after) == (True, False)


def test_one_record_is_published_from_its_page(client: FlaskClient, folder: Path) -> None:
    release = listed(discogs_id=6, title="Kind Of Green")
    assert "Publish this page" not in client.get(f"/releases/{release}").text
    press(client)
    listed(discogs_id=6, title="Kind Of Green", country="Italy")
    listed(discogs_id=5, country="Italy")
    assert f'name="release" value="{release}"' in client.get(f"/releases/{release}").text

    assert "0 new, 1 changed, 0 removed" in press(client, release=str(release))

    assert "Italy" in (folder / "content/albums/kind-of-green-6/index.md").read_text()
    assert "Italy" not in (folder / PAGE).read_text()
    assert "is not on this shelf" in press(client, release="999")
    for strange in ("x", "-1", "²", "9" * 40):
        assert client.post("/admin/publish", data={"release": strange}).status_code == 422


def test_what_is_ticked_goes_public_and_the_list_says_so(client: FlaskClient, folder: Path) -> None:
    client.post("/admin/publish/public", data={"public": ["folders", "nonsense"]})

    assert "<b>Your folders</b>: folder names" in client.get("/admin/publish").text
    press(client)
    assert (folder / "content/folder/uncategorized/_index.md").is_file()


def test_pages_changed_by_hand_are_replaced_one_by_one(client: FlaskClient, folder: Path) -> None:
    listed(discogs_id=6, title="Kind Of Green")
    press(client)
    other = folder / "content/albums/kind-of-green-6/index.md"
    for page in (folder / PAGE, other):
        page.write_text("by hand")

    text = look(client, "?kind=edited")
    assert text.count('name="overwrite"') == 2
    assert re.search(r"<del>.*by hand", text)
    assert f'name="overwrite" value="{PAGE}"' in press(client)
    press(client, overwrite=[PAGE, "../../etc/passwd"])

    assert "Kind Of Blue" in (folder / PAGE).read_text()
    assert other.read_text() == "by hand"


def test_a_page_changed_by_hand_whose_record_left_is_told_apart(
    client: FlaskClient, folder: Path
) -> None:
    press(client)
    (folder / PAGE).write_text("by hand")
    db.session.execute(update(Copy).values(removed_at=db.func.now(), removed_by="person"))
    db.session.commit()

    assert "Its record has left." in look(client, "?kind=edited")
    press(client, overwrite=[PAGE])
    assert not (folder / PAGE).exists()


def test_a_folder_that_cannot_be_used_is_told_on_the_page(
    client: FlaskClient, folder: Path
) -> None:
    folder.write_text("mine")

    assert "is a file" in press(client, "/look")
    assert "is a file" in press(client)
    assert "is a file" in client.get("/jobs").text


def test_nothing_to_take_along_before_the_first_time(client: FlaskClient, folder: Path) -> None:
    assert client.get("/admin/publish/site.zip").status_code == 404
    assert "Download" not in client.get("/admin/publish").text


@pytest.mark.parametrize("place", ["", "/look", "/preview"])
def test_a_job_leads_to_the_page_and_is_listed(
    client: FlaskClient, folder: Path, place: str
) -> None:
    client.post(f"/admin/publish{place}")
    run = db.session.query(Run).one()

    assert client.get(f"/jobs/{run.id}").location == "/admin/publish"
    assert re.search(r"(Publishing|publishing would change|Preview of the site)</a>",
                     client.get("/jobs").text)  # fmt: skip
    assert 'hx-get="/admin/publish"' in client.get("/admin/publish").text
    runs.ask_to_stop(OWNER, run.id)
    over = client.get("/admin/publish", headers={"HX-Request": "true"})
    assert over.headers["HX-Refresh"] == "true"


def test_a_second_press_with_another_wish_says_that_it_has_to_wait(
    client: FlaskClient, folder: Path
) -> None:
    client.post("/admin/publish")
    client.post("/admin/publish", data={"everything": "1"})

    assert "Another one is under way" in client.get("/admin/publish").text
    assert db.session.query(Run).count() == 1


def test_publishings_are_committed_where_that_is_wished(
    client: FlaskClient, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    choice = "/admin/publish/by-itself", {"commit": "1"}
    assert "But as it is" in client.post(choice[0], data=choice[1], follow_redirects=True).text
    assert "git init" in press(client)

    subprocess.run(["git", "init", "--quiet", str(folder)], check=True)
    assert "But as it is" not in client.post(choice[0], data=choice[1], follow_redirects=True).text
    assert "Committed as " in press(client)
    (folder / "mine.md").write_text("mine")
    subprocess.run(["git", "-C", str(folder), "add", "mine.md"], check=True)
    assert "mine.md" in press(client)


def test_more_records_cost_the_page_no_more_statements(client: FlaskClient, folder: Path) -> None:
    def asked(path: str) -> int:
        with statements() as told:
            client.get(path)
        return len(told)

    press(client, "/look")
    press(client)
    few = asked("/admin/publish"), asked("/admin/publish/look")
    for number in range(6, 12):
        listed(discogs_id=number)
    press(client, "/look")
    press(client)
    assert (asked("/admin/publish"), asked("/admin/publish/look")) == few
