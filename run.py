"""The WSGI entry: `gunicorn run:app`, or `flask --app run …` for the commands."""

from __future__ import annotations

import sys

from app import create_app
from config import ConfigError, load_settings

try:
    app = create_app(load_settings())
except ConfigError as error:
    sys.exit(str(error))
