"""Is this installation in working order?"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.models import Image

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


@dataclass(frozen=True, slots=True)
class Sizes:
    """What is kept: bytes of the database, and of all pictures."""

    database_bytes: int
    image_bytes: int
    images: int


def sizes() -> Sizes:
    """How much room things take. Two statements."""
    kept = db.session.execute(
        select(func.coalesce(func.sum(Image.bytes), 0), func.count(Image.sha256))
    ).one()
    return Sizes(_database_bytes(), int(kept[0]), kept[1])


def _database_bytes() -> int:
    if db.engine.dialect.name == "postgresql":
        size = select(func.pg_database_size(func.current_database()))
        return int(db.session.scalar(size) or 0)
    pages = text("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
    return int(db.session.scalar(pages) or 0)


@cache
def newest_revision() -> str:
    """The revision this version of Gatefold works with."""
    return _scripts().get_current_head() or ""


@cache
def known_revisions() -> tuple[str, ...]:
    """All revisions this version can bring up to date, the newest first."""
    return tuple(script.revision for script in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)
