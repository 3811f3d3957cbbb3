"""What every template may use: addresses of assets, dates in words, numbers with blanks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request
from markupsafe import Markup

from app.domain.providers import SERVICES
from app.web.auth import owner_id
from config import VERSION, Settings

DIST = Path(__file__).resolve().parents[1] / "static" / "dist"
AGES = ((60, "minute", 60), (3600, "hour", 24), (86400, "day", 30), (2592000, "month", 12))


def init_app(app: Flask, settings: Settings) -> None:
    """Make the helpers below known to Jinja."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(number=number, ago=ago, day=day)
    app.jinja_env.globals.update(
        asset=asset,
        icon=icon,
        version=VERSION,
        discogs_web_url=settings.discogs_web_url,
        services=[(service.name, service.title) for service in SERVICES],
    )
    app.context_processor(_page_frame)


def _page_frame() -> dict[str, Any]:
    return {"fragment": request.headers.get("HX-Request") == "true", "owner_id": owner_id()}


@cache
def _manifest() -> dict[str, str]:
    path = DIST / "manifest.json"
    built: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    return built


@cache
def asset(name: str) -> str:
    """The address of a built file ("main.css"), with its fingerprint."""
    return f"/static/dist/{_manifest().get(name, name)}"


@cache
def icon(name: str) -> Markup:
    """A decorative icon from our sprite, hidden from screen readers."""
    return Markup(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>'
    ).format(asset("icons.svg"), name)


def number(value: int | None) -> str:
    """12345 as 12,345."""
    return "" if value is None else f"{value:,}"


def day(value: datetime | None) -> str:
    """A date as 21 Nov 2026."""
    return f"{value.day} {value:%b %Y}" if value else ""


def ago(value: datetime | None) -> str:
    """How long ago, in one unit: "2 hours ago"."""
    if value is None:
        return "never"
    seconds = (datetime.now(UTC) - value).total_seconds()
    if seconds < 60:
        return "just now"
    for size, unit, most in AGES:
        count = int(seconds // size)
        if count < most:
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return day(value)
