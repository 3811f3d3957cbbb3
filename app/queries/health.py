"""Is this installation in working order?"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"


def why_not_ready() -> str | None:
    """None when pages can be served, else one line saying what is missing."""
    try:
        present = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        return "The database cannot be read or has no tables yet; run: flask db upgrade"
    if present != newest_revision():
        return f"The database is at {present}, this version needs {newest_revision()}."
    return None


@cache
def newest_revision() -> str:
    """The revision this version of Gatefold works with."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    head = ScriptDirectory.from_config(config).get_current_head()
    return head or ""
