"""Alembic's entry: migrates the database of the current app, in one transaction.

A database that is behind is backed up first (`flask db upgrade -x backup=no` goes without); one
that is ahead of this version is left alone. `attributes["connection"]` of the configuration may
hand in the connection to another database, which is then migrated as it is.
"""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from alembic import context
from flask import current_app

from app.errors import GatefoldError
from app.extensions import db
from app.services.backups import upgrading


def run_migrations() -> None:
    """Bring the database to the wanted revision."""
    options = current_app.extensions["migrate"].configure_args
    given = context.config.attributes.get("connection")
    if given is None:
        be_prepared()
    with given_or_new(given) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,
            **{"compare_type": True, **options},
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def be_prepared() -> None:
    """Back up what is to be migrated. Exits with a sentence where that cannot be."""
    wishes = context.get_x_argument(as_dictionary=True)
    workplace = current_app.extensions["workplace"]
    try:
        upgrading.prepare(workplace, with_backup=wishes.get("backup") != "no")
    except GatefoldError as error:
        raise SystemExit(str(error)) from None


def given_or_new(given: Any) -> Any:
    """A connection to work on."""
    return db.engine.connect() if given is None else nullcontext(given)


if context.is_offline_mode():
    raise SystemExit("Gatefold migrates a live database; --sql is not supported.")
run_migrations()
