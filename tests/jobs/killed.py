"""Runs an enrichment in a process of its own, to be killed: python -m tests.jobs.killed SETTINGS.

SETTINGS is a JSON file of settings. Exits with 0 when the run has ended.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app import create_app
from app.extensions import set_reading
from app.jobs import foreground
from app.services import runs
from config import load_settings

OWNER = 1


def main(settings: Path) -> None:
    """Start the run, or take up the one that was left, and work on it to its end."""
    app = create_app(load_settings(**json.loads(settings.read_text())))
    with app.app_context():
        set_reading(False)
        for kind in ("sync", "enrich"):
            run_id = runs.start(OWNER, kind).id
            foreground.follow(app, OWNER, run_id, lambda _run: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
