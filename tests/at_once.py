"""Several threads that do the same in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask

from app.extensions import db, set_reading


def found_at_once(app: Flask, count: int, look: Callable[[], list[int]]) -> list[int]:
    """What `count` threads find together, each in an app context of its own that may write."""
    found: list[int] = []
    gate = threading.Barrier(count)

    def run() -> None:
        with app.app_context():
            set_reading(False)
            gate.wait()
            found.extend(look())
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
