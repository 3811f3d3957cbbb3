"""/metrics: numbers for Prometheus (N3, N4)."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.exposition import Family, exposition
from app.domain.providers import BY_NAME
from app.extensions import db
from app.models import Image, ProviderHealth, ProviderPause, Run
from app.models.base import utcnow
from app.services import runs
from tests.listings import OWNER
from tests.offers import failed

SAMPLE = re.compile(r'^([a-z_]+)(?:\{((?:[a-z_]+="[^"]*",?)+)\})? (\S+)$')


def read(app: Flask) -> dict[str, float]:
    """Each sample by its name with its labels."""
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            assert SAMPLE.match(line), line
            name, _, number = line.rpartition(" ")
            found[name] = float(number)
    return found


def test_work_calls_errors_and_waits_are_told(each_database: Flask) -> None:
    failed("1")
    failed("2")
    failed("3", state="pending")
    errors = {"Unavailable": 4, "Something Else": 1}
    db.session.add(
        ProviderHealth(
            provider="musicbrainz",
            calls=7,
            errors=errors,
            failures=2,
            opened=0,
            refusal="",
            last_error="",
        )
    )
    until = time.time() + 600
    db.session.add(ProviderPause(provider="musicbrainz", until=until, reason="asked"))
    db.session.add(Image(sha256="a" * 64, width=1, height=1, bytes=4321, colour="#000000"))
    db.session.commit()

    told = read(each_database)

    assert told['gatefold_queue_depth{provider="musicbrainz",state="failed"}'] == 2
    assert told['gatefold_queue_depth{provider="musicbrainz",state="pending"}'] == 1
    assert told['gatefold_provider_calls_total{provider="musicbrainz"}'] == 7
    assert told['gatefold_provider_errors_total{provider="musicbrainz",kind="Unavailable"}'] == 4
    assert told['gatefold_provider_wait_seconds{provider="musicbrainz"}'] == pytest.approx(
        600, abs=5
    )
    assert told["gatefold_images_bytes"] == 4321
    assert told["gatefold_database_bytes"] > 10_000


def test_n3_no_more_series_however_much_there_is_and_no_text_of_people(
    each_database: Flask,
) -> None:
    runs.start(OWNER, "sync")
    runs.start(OWNER, "enrich")
    few = read(each_database)
    for number in range(20):
        failed(str(number), last_error=f"Secret Records {number}", entity="artist")
        failed(f"r{number}", entity="title", provider=f"secret {number}")
    many = read(each_database)

    assert set(few) == set(many)
    assert len(many) <= 500
    assert "ecret" not in each_database.test_client().get("/metrics").text
    assert {name for each in many for name in re.findall(r'provider="(\w+)"', each)} == set(BY_NAME)


def test_n4_a_run_that_does_not_get_further_is_told_by_a_number_that_rises(
    each_database: Flask,
) -> None:
    run = runs.start(OWNER, "enrich")
    run.state, run.started_at = "running", utcnow() - timedelta(hours=2)
    db.session.commit()

    assert read(each_database)['job_last_progress_seconds{kind="enrich"}'] >= 7_200
    db.session.add(
        ProviderHealth(
            provider="discogs",
            calls=1,
            errors={},
            failures=0,
            opened=0,
            refusal="",
            last_error="",
            last_success_at=utcnow(),
        )
    )
    db.session.commit()
    assert read(each_database)['job_last_progress_seconds{kind="enrich"}'] < 60


@pytest.mark.parametrize("state", ["waiting", "done", "failed"])
def test_a_run_that_waits_or_has_ended_is_not_stuck(app: Flask, state: str) -> None:
    run = runs.start(OWNER, "sync")
    run.state = state
    db.session.commit()

    told = read(app)

    assert told[f'gatefold_run_state{{kind="sync",state="{state}"}}'] == 1
    assert not [name for name in told if name.startswith("job_last_progress")]


def test_only_the_newest_run_of_a_kind_is_told(app: Flask) -> None:
    runs.start(OWNER, "sync")
    db.session.scalars(select(Run)).one().state = "failed"
    db.session.commit()
    runs.start(OWNER, "sync")

    told = read(app)

    assert told['gatefold_run_state{kind="sync",state="queued"}'] == 1
    assert told['gatefold_run_state{kind="sync",state="failed"}'] == 0


def test_only_this_machine_may_read_them(client: FlaskClient) -> None:
    far = client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"})

    assert far.status_code == 403


def test_labels_are_escaped_and_families_without_samples_left_out() -> None:
    odd = Family("a_total", "counter", "About.", [({"x": 'back\\slash "quote"\nline'}, 1.5)])

    assert exposition([odd, Family("b", "gauge", "None.", [])]) == (
        "# HELP a_total About.\n# TYPE a_total counter\n"
        'a_total{x="back\\\\slash \\"quote\\"\\nline"} 1.5\n'
    )


GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide"
METRIC = re.compile(r"(?:gatefold|job)_[a-z_]+")


def all_names(app: Flask) -> set[str]:
    """The names of all metrics there can be."""
    run = runs.start(OWNER, "enrich")
    db.session.add(
        ProviderHealth(
            provider="discogs",
            calls=1,
            errors={},
            failures=0,
            opened=0,
            refusal="",
            last_error="",
            clock_skew=1.0,
        )
    )
    db.session.commit()
    assert run.state == "queued"
    return {name.partition("{")[0] for name in read(app)}


def test_n4_the_alerts_ask_for_numbers_there_are(app: Flask) -> None:
    rules = (GUIDE / "prometheus_alerts.yml").read_text(encoding="utf-8")
    asked = {name for line in re.findall(r"expr: (.*)", rules) for name in METRIC.findall(line)}

    assert "job_last_progress_seconds" in asked
    assert asked - all_names(app) == set()


def test_the_guide_names_every_number(app: Flask) -> None:
    guide = (GUIDE / "watching.md").read_text(encoding="utf-8")

    assert set(METRIC.findall(guide)) == all_names(app)
