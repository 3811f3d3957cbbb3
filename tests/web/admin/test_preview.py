"""The preview on the page, and that it is served so that it can do nothing to Gatefold."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import set_reading
from tests.listings import listed
from tests.web.admin.test_publishing import press

BUILDS = """#!/bin/sh
[ "$1" = version ] && { echo hugo v0.111.3; exit; }
while [ "$1" != --destination ]; do shift; done
mkdir -p "$2/albums" && cd "$2" && echo home > index.html && echo lost > 404.html
echo x > site.css; echo x > odd.exe; echo albums > albums/index.html
"""
FAILS = """#!/bin/sh
[ "$1" = version ] && { echo hugo v0.111.3; exit; }
echo "Start building <b>"; echo "Error: no such partial" >&2; exit 1
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A Hugo that makes a site of a few files at once."""
    path = tmp_path / "hugo"
    path.write_text(BUILDS)
    path.chmod(0o755)
    return path


@pytest.fixture
def app(make_app: Callable[..., Flask], program: Path) -> Flask:
    app = make_app(hugo_binary=str(program))
    app.app_context().push()
    set_reading(False)
    listed(discogs_id=5)
    return app


def get(client: FlaskClient, path: str, **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(path, headers=named, buffered=True)


def base(client: FlaskClient) -> str:
    location = get(client, "/admin/preview/").location
    assert location is not None
    return location


def test_a_press_makes_the_preview_and_its_pages_are_kept_apart(client: FlaskClient) -> None:
    assert get(client, "/admin/preview/").status_code == 404

    text = press(client, "/preview")

    assert "Made just now." in text
    assert 'href="/admin/preview/"' in text
    home = get(client, base(client))
    assert home.text == "home\n"
    policy = home.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts allow-forms; default-src 'none'; ")
    assert "allow-same-origin" not in policy
    assert f"script-src http://localhost{base(client)};" in policy
    assert home.headers["X-Frame-Options"] == "DENY"
    assert home.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in home.headers


def test_files_have_their_kinds_and_folders_their_pages(client: FlaskClient) -> None:
    press(client, "/preview")
    root = base(client)

    assert get(client, f"{root}site.css").content_type == "text/css; charset=utf-8"
    assert get(client, f"{root}odd.exe").content_type == "application/octet-stream"
    assert get(client, f"{root}albums").location == f"{root}albums/"
    assert get(client, f"{root}albums/").text == "albums\n"
    lost = get(client, f"{root}no/such")
    assert (lost.status_code, lost.text) == (404, "lost\n")
    assert lost.headers["Content-Security-Policy"].startswith("sandbox")
    for strange in ("../../gatefold.db", "..%2f..%2fgatefold.db", "%00", ".hidden"):
        assert get(client, root + strange).status_code in (400, 404)


def test_a_page_elsewhere_learns_nothing_of_the_preview(client: FlaskClient) -> None:
    press(client, "/preview")
    part = {"Sec_Fetch_Dest": "script", "Sec_Fetch_Site": "cross-site"}

    assert get(client, "/admin/preview/", **part).status_code == 404
    wrong = get(client, f"/admin/preview/{'0' * 32}/index.html")
    assert wrong.status_code == 404
    assert "sandbox" not in wrong.headers["Content-Security-Policy"]
    assert wrong.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in get(client, "/admin/publish").headers
    assert client.post(base(client)).status_code == 405


def test_what_hugo_said_is_shown_and_the_old_preview_stays(
    client: FlaskClient, program: Path
) -> None:
    press(client, "/preview")
    program.write_text(FAILS)

    text = press(client, "/preview")

    assert "Hugo could not build the site: Error: no such partial" in text
    assert "Start building &lt;b&gt;" in text
    assert "The preview from before is still here." in text
    assert get(client, base(client)).text == "home\n"
    assert "Error: no such partial" in get(client, "/jobs").text


def test_without_hugo_the_page_says_how_to_get_it_and_the_rest_works(
    client: FlaskClient, program: Path
) -> None:
    program.unlink()

    text = press(client, "/preview")

    assert "apt-get install hugo" in text
    assert "Preview the site</button>" not in text
    assert "There is no program" in text
    assert "10 new" in press(client)
