"""The WSGI entry: `gunicorn run:app`, or `flask --app run …` for the commands."""

from __future__ import annotations

import gc
import sys

gc.disable()  # until all is imported: none of it is garbage, and looking costs a fifth of the start

from app import create_app  # noqa: E402
from config import ConfigError, load_settings  # noqa: E402

try:
    app = create_app(load_settings())
except ConfigError as error:
    sys.exit(str(error))

gc.freeze()  # what is here now stays
gc.enable()
