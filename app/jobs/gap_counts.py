"""Counting once a day how many gaps are open, for the line that shows how they went down."""

from __future__ import annotations

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, set_reading
from app.services import quality

log = structlog.get_logger(__name__)


def count_gaps(app: Flask) -> None:
    """Note it for those who look at their gaps; a fault is made up for an hour later."""
    with app.app_context():
        set_reading(False)
        try:
            quality.count_daily()
        except SQLAlchemyError as error:
            log.warning("gaps_not_counted", reason=type(error).__name__)
        finally:
            db.session.remove()
