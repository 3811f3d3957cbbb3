"""The migrations, from nothing on, make exactly the tables the models describe."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect, select, text

from app.extensions import db
from app.models import User, is_ours
from tests.conftest import OWNER


def differences() -> list[object]:
    """What Alembic would have to change to make the database of the current app fit the models."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours}
        )
        return list(compare_metadata(context, db.metadata))


def test_the_migrations_make_what_the_models_describe(each_database: Flask) -> None:
    assert differences() == []


def test_a_table_the_models_do_not_know_would_be_noticed(each_database: Flask) -> None:
    db.session.execute(text("ALTER TABLE edit ADD COLUMN stray TEXT"))
    db.session.commit()

    assert len(differences()) == 1


def test_the_first_owner_is_there_before_anybody_comes(each_database: Flask) -> None:
    assert [user.id for user in db.session.scalars(select(User))] == [OWNER]


def test_what_is_written_next_gets_an_id_of_its_own(each_database: Flask) -> None:
    db.session.add(User(name="somebody else"))
    db.session.commit()

    assert db.session.scalars(select(User.id).order_by(User.id)).all() == [OWNER, OWNER + 1]


def test_the_search_index_is_there_on_both_databases(each_database: Flask) -> None:
    found = inspect(db.engine)

    if db.engine.dialect.name == "sqlite":
        assert found.has_table("copy_fts")
    else:
        assert "ix_copy_search" in {index["name"] for index in found.get_indexes("copy")}


def test_upgrading_twice_changes_nothing(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app(database_url=f"sqlite:///{tmp_path / 'from_nothing.db'}")

    with app.app_context():
        upgrade()
        once = schema()
        upgrade()

        assert schema() == once
        assert differences() == []


def schema() -> list[str]:
    """The statements that made the tables of this SQLite database."""
    with db.engine.connect() as connection:
        query = text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return list(connection.scalars(query))
