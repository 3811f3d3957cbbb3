"""The commands: parse, call one service, print."""

from __future__ import annotations

from flask import Flask

from app.cli import backing_up, enriching, house, keeping, publishing, records


def init_app(app: Flask) -> None:
    """Register the commands."""
    for group in (records, enriching, keeping, publishing, backing_up, house):
        group.register(app.cli)
