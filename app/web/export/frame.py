"""What all sticker pages share."""

from __future__ import annotations

from flask import current_app, request

from app.queries.sticker_facts import Addresses


def addresses() -> Addresses:
    """Where codes lead; ours is the address this page was asked for under."""
    settings = current_app.extensions["workplace"].settings
    return Addresses(settings.discogs_web_url, f"{request.host_url}s/")
