"""`flask doctor` and the services: what is set up is asked once, and told plainly."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.domain.providers import SERVICES
from app.services import provider_care
from tests.conftest import OWNER
from tests.standin.world import World

Doctor = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def world() -> Iterator[World]:
    with World(2) as world:
        yield world


@pytest.fixture
def doctor(make_app: Callable[..., Flask], tmp_path: Path) -> Doctor:
    """Runs the doctor in an app that talks to a world: its exit code, its findings by name."""

    def run(world: World, off: str = "", **settings: Any) -> tuple[int, dict[str, Any]]:
        app = make_app(**{**world.settings(tmp_path), **settings})
        if off:
            with app.app_context():
                provider_care.switch(OWNER, off, on=False)
        result = app.test_cli_runner().invoke(args=["doctor", "--json"])
        return result.exit_code, {
            each["name"]: each for each in json.loads(result.stdout)["checks"]
        }

    return run


def test_every_service_has_a_finding_and_is_asked_once(world: World, doctor: Doctor) -> None:
    code, found = doctor(world)

    assert code == 0
    assert {service.name for service in SERVICES} <= set(found)
    for name in ("musicbrainz", "wikidata", "wikipedia", "spotify", "apple_music", "coverart"):
        assert found[name]["message"].endswith(" answers."), name
    assert found["clock"]["ok"]
    asked = {name: stand_in.calls() for name, stand_in in world.services.items()}
    assert asked.pop("spotify") == 2, "one of them for its token"
    assert asked.pop("itunes") == 0, "Apple Music answers for the same shop"
    assert set(asked.values()) == {1}


def test_what_is_not_set_up_is_in_order_and_told_how_to(world: World, doctor: Doctor) -> None:
    keys = ("apple_team_id", "apple_key_id", "spotify_client_id", "spotify_client_secret")
    unset = {**dict.fromkeys(keys, ""), "apple_private_key_file": None}

    code, found = doctor(world, **unset, off="wikidata", enable_coverart=False)

    assert code == 0
    assert "SPOTIFY_CLIENT_ID" in found["spotify"]["message"]
    assert "APPLE_TEAM_ID" in found["apple_music"]["message"]
    assert found["itunes"]["message"] == "iTunes answers."
    assert found["wikidata"]["message"] == "Wikidata is switched off."
    assert "ENABLE_COVERART" in found["coverart"]["message"]
    assert world.wikidata.calls() == world.covers.calls() == world.spotify.calls() == 0


@pytest.mark.parametrize(
    ("name", "fault", "sentence"),
    [
        ("musicbrainz", "server_error", "network"),
        ("wikidata", "web_page", "firewall"),
        ("wikipedia", "half_json", ""),
        ("spotify", "unauthorised", "SPOTIFY_CLIENT"),
        ("apple_music", "unauthorised", "APPLE_"),
        ("coverart", "bad_gateway", "network"),
    ],
)
def test_a_service_that_fails_is_told_and_the_others_are_looked_at(
    world: World, doctor: Doctor, name: str, fault: str, sentence: str
) -> None:
    world.services[name].fail_next("/", fault, 9)

    code, found = doctor(world)

    assert code == 1
    assert [each for each in found if not found[each]["ok"]] == [name]
    assert sentence in found[name]["message"]
    assert world.services[name].calls() <= 2


def test_an_apple_key_that_is_no_file_is_told(world: World, doctor: Doctor, tmp_path: Path) -> None:
    code, found = doctor(world, apple_private_key_file=tmp_path / "none.p8")

    assert code == 1
    assert "none.p8 cannot be read" in found["apple_music"]["message"]


def test_a_service_that_hangs_does_not_hold_the_doctor_up(world: World, doctor: Doctor) -> None:
    world.wikipedia.fail_next("/", "hang", 9)
    began = time.monotonic()

    code, found = doctor(world)

    assert code == 1
    assert not found["wikipedia"]["ok"]
    assert time.monotonic() - began < 20


def test_a_service_that_asks_for_a_pause_is_set_up_right(world: World, doctor: Doctor) -> None:
    world.spotify.fail_next("/v1/search", "rate_limited", 9, retry_after=86_400)

    code, found = doctor(world)

    assert code == 0
    assert "waits for it by itself" in found["spotify"]["message"]


@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [(86_400, "24 h 0 min behind Wikidata"), (-70, "(69|70|71) s ahead of Wikidata")],
)
def test_a_wrong_clock_is_told(world: World, doctor: Doctor, ahead: float, sentence: str) -> None:
    """What matters is the difference, whoever is wrong."""
    world.wikidata.clock_ahead = ahead

    code, found = doctor(world)

    assert code == 1
    assert re.search(rf"is {sentence}", found["clock"]["message"])
    assert "Set it by the network" in found["clock"]["message"]
