"""Addresses for machines."""

from __future__ import annotations

from flask import Blueprint, current_app

from app.domain.exposition import CONTENT_TYPE, exposition
from app.queries import health
from app.services import lane_report
from app.web.auth import owner_id
from app.web.machine import metrics as numbers

bp = Blueprint("machine", __name__)


@bp.get("/healthz")
def alive() -> tuple[str, int, dict[str, str]]:
    """The process answers; asks nobody else."""
    return "ok\n", 200, {"Content-Type": "text/plain"}


@bp.get("/readyz")
def ready() -> tuple[str, int, dict[str, str]]:
    """The database can be read and has the tables this version needs."""
    problem = health.why_not_ready()
    return f"{problem or 'ok'}\n", 503 if problem else 200, {"Content-Type": "text/plain"}


@bp.get("/metrics")
def metrics() -> tuple[str, int, dict[str, str]]:
    """How the services and jobs are, in numbers for Prometheus."""
    lanes = lane_report.report(current_app.extensions["workplace"], owner_id())
    return exposition(numbers.families(lanes)), 200, {"Content-Type": CONTENT_TYPE}
