"""Runs an enrichment in a process of its own, to be killed: python -m tests.jobs.killed SETTINGS.

SETTINGS is a JSON file of settings. Exits with 0 when the run has ended.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from sqlalchemy import select

from app import create_app
from app.extensions import db, set_reading
from app.jobs import foreground
from app.models import Run
from app.models.run import ACTIVE_STATES
from app.services import runs
from config import load_settings

OWNER = 1


def main(settings: Path) -> None:
    """Sync and enrich, or take up the enrichment that was left, and work on it to its end."""
    app = create_app(load_settings(**json.loads(settings.read_text())))
    with app.app_context():
        set_reading(False)
        is_left = db.session.scalar(
            select(Run.id).where(Run.kind == "enrich", Run.state.in_(ACTIVE_STATES))
        )
        db.session.commit()
        for kind in ("enrich",) if is_left else ("sync", "enrich"):
            run_id = runs.start(OWNER, kind).id
            foreground.follow(app, OWNER, run_id, lambda _run: None)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
