"""The commands: parse, call one service, print."""

from __future__ import annotations

from flask import Flask

from app.cli import enriching, house, keeping, records


def init_app(app: Flask) -> None:
    """Register the commands."""
    for group in (records, enriching, keeping, house):
        group.register(app.cli)
