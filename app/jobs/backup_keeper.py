"""The thread that sees to backups in the background: on start, daily, and the weekly try."""

from __future__ import annotations

import sqlite3
import threading

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.errors import GatefoldError
from app.extensions import db
from app.services.backups import tending

log = structlog.get_logger(__name__)

# A start is for those who wait for a page; the backup can come when they have one.
FIRST_LOOK_SECONDS = 20.0
LOOK_SECONDS = 300.0


class BackupKeeper(threading.Thread):
    """Looks every few minutes whether a backup is due, until `stopping` is set."""

    def __init__(self, app: Flask, stopping: threading.Event) -> None:
        super().__init__(name="backups", daemon=True)
        self._app, self._stopping = app, stopping

    def run(self) -> None:
        """Look, and wait."""
        wait = FIRST_LOOK_SECONDS
        while not self._stopping.wait(wait):
            wait = LOOK_SECONDS
            self.look()

    def look(self) -> None:
        """Make what is due. What goes wrong is logged, and tried again later."""
        with self._app.app_context():
            try:
                tending.tend(self._app.extensions["workplace"])
            except (GatefoldError, SQLAlchemyError, sqlite3.Error, OSError) as error:
                log.warning("backups_not_tended", reason=type(error).__name__)
            finally:
                db.session.remove()
