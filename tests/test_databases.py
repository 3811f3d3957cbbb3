"""The PostgreSQL database of the tests: what one test leaves behind, the next does not find."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from tests.databases import PostgresCopy
from tests.servers import Server

NEW_USER = """
    INSERT INTO "user" (name, collection_version, created_at) VALUES ('guest', 0, now())
    RETURNING id
"""
STATEMENTS_OF_A_TEST = {
    "a row": NEW_USER,
    "a row taken away": 'DELETE FROM "user"',
    "a row changed": """UPDATE "user" SET name = 'somebody else'""",
    "a new table": "CREATE TABLE left_behind (id int)",
    "a new column": 'ALTER TABLE "user" ADD COLUMN left_behind int',
    "a missing table": "DROP TABLE run_event CASCADE",
    "the end of all": "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()",
}


@pytest.fixture(scope="module")
def copy(postgres: Server, migrated_postgres: str) -> Iterator[PostgresCopy]:
    """A database beside the one other tests use."""
    copy = PostgresCopy(postgres, migrated_postgres, "copy_of_its_own")
    yield copy
    copy.close()


def state(url: str) -> tuple[list[tuple[object, ...]], set[object], object]:
    """The users, the columns of all tables, and the number the next user gets."""
    with psycopg.connect(url) as connection:
        users = connection.execute('SELECT * FROM "user" ORDER BY id').fetchall()
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = 'public'"
        )
        there = set(columns.fetchall())
        (next_id,) = connection.execute(NEW_USER).fetchone() or (None,)
        connection.rollback()
    return users, there, next_id


@pytest.mark.parametrize("left", STATEMENTS_OF_A_TEST)
def test_whatever_a_test_did_the_next_finds_what_the_migrations_made(
    copy: PostgresCopy, left: str
) -> None:
    before = state(copy.fresh())
    with psycopg.connect(copy.fresh(), autocommit=True) as connection:
        connection.execute(STATEMENTS_OF_A_TEST[left].encode())

    assert state(copy.fresh()) == before


def test_a_connection_left_open_in_the_midst_of_its_work_is_ended(copy: PostgresCopy) -> None:
    before = state(copy.fresh())
    connection = psycopg.connect(copy.fresh())
    connection.execute(NEW_USER)

    assert state(copy.fresh()) == before
    with pytest.raises(psycopg.OperationalError):
        connection.execute("SELECT 1")
    connection.close()
