"""The commands: what they print, how they end, and that a machine can read them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.domain.preset_settings import STANDARD
from app.domain.qr_rows import Preset
from app.extensions import db
from app.models import Run
from app.services import runs
from app.services.sticker_presets import save_preset
from tests.conftest import OWNER
from tests.domain.discogs_csv_files import export, row
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items

ELSEWHERE = (
    "musicbrainz",
    "wikidata",
    "wikipedia",
    "spotify",
    "apple_music",
    "itunes",
    "coverart",
)
# None of the services but Discogs is asked.
ALONE = {f"enable_{name}": False for name in ELSEWHERE}
ROOT = Path(__file__).resolve().parent.parent
Command = Callable[..., Result]


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    collector = Collector("collector", token="test-token", items=generated_items(250))
    with DiscogsStandIn(collector) as stand_in:
        yield stand_in


@pytest.fixture
def house(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Flask:
    return make_app(
        discogs_api_url=discogs.url,
        discogs_web_url=discogs.web_url,
        discogs_token="test-token",
        **ALONE,
    )


@pytest.fixture
def command(house: Flask) -> Command:
    """Runs a command of an installation connected with a token."""
    runner = house.test_cli_runner()

    def run(*words: str) -> Result:
        return runner.invoke(args=list(words))

    return run


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_sync_waits_for_the_end_and_tells_its_progress(
    command: Command, discogs: DiscogsStandIn
) -> None:
    discogs.delay = 0.4
    result = command("sync")

    assert result.exit_code == 0
    assert result.stdout == "250 copies; 250 added.\n"
    assert "copies" in result.stderr


def test_a_sync_that_waits_for_a_person_does_not_keep_its_command(
    command: Command, discogs: DiscogsStandIn
) -> None:
    """Row U9 of the fault list: it goes on there once that is put right."""
    pages = "/users/collector/collection/folders/0/releases"
    discogs.before_page(1, lambda: discogs.fail_next(pages, "unauthorised", 2))
    result = command("sync", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["state"] == "waiting"
    assert "does not accept this token" in json.loads(result.stdout)["message"]

    discogs.recover()
    assert command("sync").stdout == "250 copies; 250 added.\n"
    assert discogs.calls(pages) <= 3 + 2, "those that were refused"


def test_a_sync_for_a_machine(command: Command) -> None:
    command("sync")

    again = told(command("sync", "--json"))

    assert (again["state"], again["copies"], again["changes"]) == ("done", 250, {})


def test_a_sync_costs_what_its_listing_costs(command: Command, discogs: DiscogsStandIn) -> None:
    command("sync")

    assert len(discogs.requests) <= 3 + 3


def test_a_username_alone_is_enough(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    app = make_app(discogs_api_url=discogs.url, discogs_web_url=discogs.web_url)

    result = app.test_cli_runner().invoke(args=["sync", "--username", "COLLECTOR", "--json"])

    assert told(result)["copies"] == 250
    assert len(discogs.requests) <= 3 + 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [(("sync",), "not connected yet"), (("sync", "--username", "nobody"), "nobody called nobody")],
)
def test_a_sync_that_fails_says_why_and_ends_so(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn, words: tuple[str, ...], sentence: str
) -> None:
    app = make_app(discogs_api_url=discogs.url, discogs_web_url=discogs.web_url)

    result = app.test_cli_runner().invoke(args=list(words))

    assert result.exit_code == 1
    assert sentence in result.stdout


def test_a_run_somebody_else_works_on_is_waited_for(
    house: Flask, command: Command, discogs: DiscogsStandIn
) -> None:
    """The web process may have taken it first; the command only watches then."""
    with house.app_context():
        lease = runs.take(runs.start(1, "sync").id)
        db.session.remove()
    assert lease is not None

    def finish() -> None:
        with house.app_context():
            runs.end(lease, "done")

    elsewhere = threading.Timer(1.0, finish)
    elsewhere.start()
    result = command("sync", "--json")
    elsewhere.join()

    assert told(result)["run"] == lease.run_id
    assert discogs.requests == []


def test_a_sync_asked_for_by_button_and_by_command_is_one(
    house: Flask, command: Command, discogs: DiscogsStandIn
) -> None:
    """Row P10 of the fault list."""
    house.config["WTF_CSRF_ENABLED"] = False
    job = house.test_client().post("/import/sync").location

    answer = told(command("sync", "--json"))

    assert job == f"/jobs/{answer['run']}"
    assert discogs.calls("/users/collector/collection/folders/0/releases") == 3
    with house.app_context():
        assert db.session.scalars(select(Run.state)).all() == ["done"]


def test_a_csv_export_is_imported(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(export(row(), row(release_id="5", Title="Two")))

    assert told(command("import-csv", str(file), "--json"))["new"] == 2
    assert told(command("import-csv", str(file), "--json"))["unchanged"] == 2


def test_a_damaged_export_is_refused_by_line_or_imported_without_those(
    command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    file.write_bytes(export(row(), row(Released="soon")))

    refused = command("import-csv", str(file))
    taken = command("import-csv", str(file), "--leave-out")

    assert refused.exit_code == 1
    assert "Line 3" in refused.stderr
    assert taken.exit_code == 0
    assert "line 3: “soon” is not a year." in taken.stderr
    assert "1 new" in taken.stdout


@pytest.mark.parametrize("words", [("import-csv", "/no/such/file"), ("load", "/no/such/file")])
def test_a_missing_file_is_no_traceback(command: Command, words: tuple[str, ...]) -> None:
    result = command(*words)

    assert result.exit_code == 2
    assert "No such file" in result.stderr


def test_the_csv_for_stickers_goes_to_standard_output_or_a_file(
    command: Command, tmp_path: Path
) -> None:
    command("demo")
    file = tmp_path / "stickers.csv"

    printed = command("export-csv", "--filter", 'folder:"Jazz room" year:1950-1969')
    written = told(
        command(
            "export-csv", "--filter", 'folder:"Jazz room" year:1950-1969', "-o", str(file), "--json"
        )
    )

    assert printed.stdout_bytes == file.read_bytes()
    assert printed.stdout.startswith("Type,OutputSize,")
    assert printed.stdout.count("/release/") >= 5
    assert written == {"file": str(file), "bytes": file.stat().st_size}


def test_a_code_that_leads_to_gatefold_leads_to_where_it_listens(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOST", "127.0.0.2")
    monkeypatch.setenv("PORT", "5050")
    app = make_app()
    runner = app.test_cli_runner()
    runner.invoke(args=["demo"])
    with app.app_context():
        save_preset(OWNER, Preset(STANDARD, content_target="gatefold"), STANDARD)

    printed = runner.invoke(args=["export-csv"])

    assert "http://127.0.0.2:5050/s/" in printed.stdout


def test_a_file_that_cannot_be_written_fails_in_one_line(command: Command) -> None:
    result = command("export-csv", "-o", "/no/such/folder/stickers.csv")

    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_the_sample_shelf_goes_up_and_down(command: Command) -> None:
    came = told(command("demo", "--json"))["added"]

    assert came >= 200
    assert told(command("demo", "--json")) == {"added": 0}
    assert told(command("demo", "--remove", "--json")) == {"removed": came}


def test_a_dump_is_the_same_twice_and_after_a_load(command: Command, tmp_path: Path) -> None:
    command("demo")
    first, second = command("dump").stdout_bytes, command("dump").stdout_bytes
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()
    file = tmp_path / "dump.jsonl"
    command("dump", "-o", str(file))
    assert file.read_bytes() == first

    assert "here already" in command("load", str(file)).stdout
    command("demo", "--remove")
    assert told(command("load", str(file), "--json"))["loaded"]["copy"] >= 200

    assert command("dump").stdout_bytes == first


def test_a_dump_an_editor_marked_is_loaded_and_one_it_recoded_is_refused(
    command: Command, tmp_path: Path
) -> None:
    command("demo")
    text = command("dump").stdout_bytes.decode()
    command("demo", "--remove")
    marked, recoded = tmp_path / "marked.jsonl", tmp_path / "recoded.jsonl"
    marked.write_text(text.replace("\n", "\r\n"), "utf-8-sig", newline="")
    recoded.write_text(text, "utf-16")

    refused = command("load", str(recoded))

    assert (refused.exit_code, type(refused.exception)) == (1, SystemExit)
    assert "no text in UTF-8" in refused.stderr
    assert told(command("load", str(marked), "--json"))["equal"]


def test_a_dump_holds_no_token(command: Command) -> None:
    command("sync")

    assert "test-token" not in command("dump").stdout


def test_the_doctor_finds_everything_in_order(command: Command) -> None:
    checks = told(command("doctor", "--json"))["checks"]

    assert {check["name"]: check["ok"] for check in checks} == {
        "settings": True,
        "disk": True,
        "database": True,
        "backups": True,
        "discogs": True,
        **dict.fromkeys(ELSEWHERE, True),
        "images": True,
    }
    assert checks[4]["message"] == "Connected as collector."


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("unauthorised", "does not accept this token.*on the import page"),
        ("bad_gateway", "problem of its own.*Try again later"),
        ("firewall", "a firewall blocks.*from another network"),
    ],
)
def test_the_doctor_says_what_is_wrong_with_discogs(
    command: Command, discogs: DiscogsStandIn, fault: str, sentence: str
) -> None:
    discogs.fail_next("/", fault)

    result = command("doctor")

    assert result.exit_code == 1
    assert re.search(rf"BAD discogs: .*{sentence}", result.stdout)
    assert "test-token" not in result.output


def test_the_doctor_is_content_without_a_connection(make_app: Callable[..., Flask]) -> None:
    result = make_app(**ALONE).test_cli_runner().invoke(args=["doctor"])

    assert result.exit_code == 0
    assert "Not connected" in result.stdout


def test_the_doctor_looks_at_a_public_collection(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    app = make_app(discogs_api_url=discogs.url, discogs_username="collector", **ALONE)
    healthy = app.test_cli_runner().invoke(args=["doctor"])
    discogs.users[0].private = True
    private = app.test_cli_runner().invoke(args=["doctor"])

    assert healthy.exit_code == 0
    assert private.exit_code == 1
    assert "is private" in private.stdout
    assert "discogs.com/settings/privacy" in private.stdout


def test_the_doctor_says_which_setting_names_nobody(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    app = make_app(discogs_api_url=discogs.url, discogs_username="renamed", **ALONE)

    result = app.test_cli_runner().invoke(args=["doctor"])

    assert result.exit_code == 1
    assert "nobody called renamed" in result.stdout
    assert "DISCOGS_USERNAME" in result.stdout


def test_the_doctor_finds_discogs_in_order_that_asks_for_a_pause(
    command: Command, discogs: DiscogsStandIn
) -> None:
    discogs.fail_next("/", "rate_limited", 9)

    result = command("doctor")

    assert result.exit_code == 0
    assert "ok  discogs: Discogs asked us to slow down. A run waits" in result.stdout


def test_an_installation_without_tables_says_what_to_run(tmp_path: Path) -> None:
    result = flask_command(tmp_path, "doctor")

    assert result.returncode == 1
    assert "flask db upgrade" in result.stdout


def test_people_are_listed_and_added(command: Command) -> None:
    assert told(command("user", "list", "--json"))["users"] == [{"id": 1, "name": "me"}]

    assert command("user", "create", "Anna").exit_code == 0
    again = command("user", "create", "Anna")

    assert again.exit_code == 1
    assert "somebody called Anna already" in again.stderr
    assert "Anna" in command("user", "list").stdout


def test_a_worker_takes_jobs_up_until_it_is_told_to_stop(
    house: Flask, discogs: DiscogsStandIn
) -> None:
    instance = house.extensions["workplace"].settings.instance_path
    settings = {"DISCOGS_API_URL": discogs.url, "DISCOGS_TOKEN": "test-token"}
    with house.app_context():
        run_id = runs.start(1, "sync").id
        db.session.remove()
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "run", "worker"],
        cwd=ROOT,
        env={**os.environ, **settings, "INSTANCE_PATH": str(instance)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert wait_for(lambda: _state(house, run_id) == "done")
    finally:
        process.send_signal(signal.SIGTERM)
        output, _errors = process.communicate(timeout=20)

    assert process.returncode == 0
    assert "Working on jobs" in output
    assert "Stopped" in output


def _state(house: Flask, run_id: int) -> str:
    with house.app_context():
        state = runs.get(1, run_id).state
        db.session.remove()
    return state


def wait_for(is_so: Callable[[], bool], seconds: float = 30) -> bool:
    give_up_at = time.monotonic() + seconds
    while time.monotonic() < give_up_at:
        if is_so():
            return True
        time.sleep(0.1)
    return False


def flask_command(instance: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, as people type it."""
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "run", *words],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_PATH": str(instance)},
        capture_output=True,
        text=True,
        check=False,
    )
