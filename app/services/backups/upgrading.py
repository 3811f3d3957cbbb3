"""Before the tables change: is the program new enough, and is there a way back?"""

from __future__ import annotations

from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text

from app.domain.backups import MIGRATION
from app.errors import GatefoldError
from app.extensions import db, reading
from app.queries.health import MIGRATIONS, known_revisions, newest_revision
from app.services.backups import making
from app.services.workplace import Workplace
from config import VERSION


class DatabaseTooNewError(GatefoldError):
    """The database was migrated by a newer Gatefold than this one."""


def prepare(workplace: Workplace, *, with_backup: bool = True) -> None:
    """Back up a database whose tables are about to change; nothing to do for a new one.

    Raises DatabaseTooNewError, and what keeps a backup from being made.
    """
    present = revision()
    if present is None or present == newest_revision():
        return
    if present not in known_revisions():
        raise DatabaseTooNewError(
            f"This database is of a newer Gatefold (its tables are at {present}; version {VERSION} "
            f"knows {newest_revision()} at most). Nothing was changed. Start the newer version "
            "again, or restore a backup made before it: flask restore FILE."
        )
    if with_backup:
        try:
            making.make(workplace, MIGRATION)
        except GatefoldError as error:
            raise type(error)(
                f"The database was not brought up to date, for it could not be backed up first. "
                f"{error} (`flask --app run db upgrade -x backup=no` goes without a backup.)"
            ) from error


def revision() -> str | None:
    """What the tables of the database are at; None where there are none."""
    with reading(), db.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def bring_up_to_date(connection: Connection) -> None:
    """Migrate the database of this connection to the newest revision. Commits it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    attributes: dict[str, Any] = config.attributes
    attributes["connection"] = connection
    command.upgrade(config, "head")
