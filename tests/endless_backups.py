"""Makes one backup after another, to be killed: python -m tests.endless_backups SETTINGS.

SETTINGS is a JSON file of settings.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from app import create_app
from app.services.backups import making
from config import load_settings


def main(settings: Path) -> None:
    """Go on until killed."""
    app = create_app(load_settings(**json.loads(settings.read_text())))
    with app.app_context():
        while True:
            making.make(app.extensions["workplace"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
