"""One token of each service for all that runs in a process, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask

from app.services.service_checks import ServiceChecks
from tests.jobs.enriching import OWNER, follow
from tests.standin.world import World


def test_runs_and_checks_of_a_process_use_the_same_tokens(app_in: Callable[..., Flask]) -> None:
    """Row U10 of the fault list."""
    with World(3) as world:
        app = app_in(world)
        follow(app, "sync")
        follow(app, "enrich")
        checks = ServiceChecks(app.extensions["workplace"], OWNER)

        assert all(finding.is_good for finding in checks.findings())
        assert world.spotify.calls("/v1/search") > 1 < world.apple_music.calls()
        assert world.spotify.token_calls == 1
        assert len(world.apple_music.tokens) == 1
