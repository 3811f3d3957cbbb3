"""Addresses for machines."""

from __future__ import annotations

from flask import Blueprint

from app.queries import health

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
