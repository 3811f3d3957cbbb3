"""kill -9 in the middle of an enrichment: nothing is lost, nothing done twice."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask

from app.domain.providers import SERVICES
from app.extensions import db, set_reading
from app.queries.dump import dump_lines
from tests.servers import ROOT
from tests.standin.world import World

OWNER = 1
KILLS = 2
IN_FLIGHT = sum(service.threads for service in SERVICES)
ENDS_WITHIN_SECONDS = 90


def test_a_killed_enrichment_goes_on_where_it_was(
    make_app: Callable[..., Flask], tmp_path: Path, migrated_sqlite: Path
) -> None:
    """Row P1 of the fault list."""
    with World(40) as world:
        for stand_in in world.services.values():
            stand_in.delay = 0.05
        undisturbed = Home(world, tmp_path / "undisturbed", migrated_sqlite)
        assert undisturbed.work().wait(ENDS_WITHIN_SECONDS) == 0
        asked = requests(world)
        killed = Home(world, tmp_path / "killed", migrated_sqlite)
        chance = random.Random(8)
        for _ in range(KILLS):
            process = killed.work()
            time.sleep(3 + chance.random() * 3)
            process.kill()
            process.wait()
        assert killed.work().wait(ENDS_WITHIN_SECONDS) == 0

        repeated = requests(world) - asked - asked
        assert killed.dump(make_app) == undisturbed.dump(make_app)
        assert sum(repeated.values()) <= KILLS * IN_FLIGHT


class Home:
    """An instance folder whose settings lead to a world."""

    def __init__(self, world: World, folder: Path, database: Path) -> None:
        folder.mkdir()
        shutil.copy(database, folder / "gatefold.db")
        self.settings = {**world.settings(folder), "instance_path": folder, "log_level": "ERROR"}
        self.file = folder / "settings.json"
        self.file.write_text(json.dumps(self.settings, default=str))

    def work(self) -> subprocess.Popen[bytes]:
        """A process that syncs and enriches."""
        command = [sys.executable, "-m", "tests.jobs.killed", str(self.file)]
        return subprocess.Popen(command, cwd=ROOT)

    def dump(self, make_app: Callable[..., Flask]) -> list[str]:
        """What `flask dump` says."""
        with make_app(**self.settings).app_context():
            set_reading(False)
            try:
                return list(dump_lines(OWNER))
            finally:
                db.session.remove()


def requests(world: World) -> Counter[Any]:
    """How often each thing was asked for, but for the listing, which a new start reads again."""
    return Counter(
        (name, request.target)
        for name, stand_in in world.services.items()
        for request in stand_in.requests
        if name != "discogs" or request.path.startswith(("/releases/", "/images/"))
    )
