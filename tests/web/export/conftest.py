from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.csv_shelf import shelve_many

Shelf = Callable[[int], list[int]]


@pytest.fixture
def picked(client: FlaskClient, app: Flask) -> Shelf:
    """Puts so many records on the shelf and picks them all."""

    def pick(count: int) -> list[int]:
        ids = shelve_many(count)
        client.post("/export/pick", data={"copy_id": ids})
        return ids

    return pick
