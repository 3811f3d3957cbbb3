"""Row P6 of the fault list: each process opens the database for itself."""

from __future__ import annotations

from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.extensions import ForkedConnectionError, begin_in_this_process, db
from tests.browser.live import LiveServer
from tests.standin.discogs import Collector, DiscogsStandIn


def test_a_database_that_was_open_at_the_fork_is_refused(each_database: Flask) -> None:
    """Row P6 of the fault list."""
    db.session.execute(text("SELECT 1"))
    db.session.remove()
    with pytest.raises(ForkedConnectionError):
        begin_in_this_process(db.engine)

    db.engine.dispose()
    begin_in_this_process(db.engine)


def test_with_preload_the_worker_opens_the_database_for_itself(tmp_path: Path) -> None:
    """Row P6 of the fault list."""
    with DiscogsStandIn(Collector("collector")) as discogs:
        server = LiveServer(tmp_path, discogs, GUNICORN_CMD_ARGS="--preload")
        server.start()
        try:
            connection = HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request("GET", "/collection")
            status = connection.getresponse().status
            connection.close()
        finally:
            server.kill()

    assert status == 200
    assert "was open when" not in server.output
