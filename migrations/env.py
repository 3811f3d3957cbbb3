"""Alembic's entry: migrates the database of the current app, in one transaction."""

from __future__ import annotations

from alembic import context
from flask import current_app

from app.extensions import db


def run_migrations() -> None:
    """Bring the database to the wanted revision."""
    options = current_app.extensions["migrate"].configure_args
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            transactional_ddl=True,
            **{"compare_type": True, **options},
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("Gatefold migrates a live database; --sql is not supported.")
run_migrations()
