"""Keeping the lease of a run alive while its worker waits for the network."""

from __future__ import annotations

import threading

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, patient
from app.services import runs
from app.services.runs import Lease

log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 2.0


class Heart(threading.Thread):
    """Keeps a lease alive, and listens for "stop": then, or when it is lost, it `has_news`."""

    def __init__(self, app: Flask, lease: Lease) -> None:
        super().__init__(name=f"heart-{lease.run_id}", daemon=True)
        self._app, self._lease = app, lease
        self._done = threading.Event()
        self.has_news = threading.Event()

    def run(self) -> None:
        with self._app.app_context(), patient():
            while not self._done.wait(HEARTBEAT_SECONDS):
                try:
                    if not runs.keep_alive(self._lease):
                        self.has_news.set()
                        return
                except SQLAlchemyError as error:
                    log.warning("heartbeat_missed", reason=type(error).__name__)
                    db.session.rollback()
            db.session.remove()

    def stop(self) -> None:
        """Let the lease be."""
        self._done.set()
        self.join(HEARTBEAT_SECONDS)
