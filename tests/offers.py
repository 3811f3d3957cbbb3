"""Pages other services offered for things on a shelf, and things they failed to tell."""

from __future__ import annotations

from typing import Any

from app.extensions import db
from app.models import Link, ProviderResult

OWNER = 1


def offered(key: str = "r1234", **facts: Any) -> int:
    """A candidate that waits for a person; returns its id."""
    told: dict[str, Any] = {
        "owner_id": OWNER,
        "entity": "title",
        "key": key,
        "provider": "spotify",
        "url": f"https://open.spotify.com/album/{key}",
        "name": "Kind Of Blue by Miles Davis",
        "badge": "guess",
        "score": 0.8,
        "evidence": {"artist": "the same", "year": "1997, ours 1959"},
        "state": "waiting",
        **facts,
    }
    link = Link(**told)
    db.session.add(link)
    db.session.commit()
    return link.id


def failed(key: str = "1234", **facts: Any) -> int:
    """Something a provider failed to tell; returns its id."""
    told: dict[str, Any] = {
        "entity": "release",
        "key": key,
        "provider": "musicbrainz",
        "state": "failed",
        "attempts": 3,
        "last_error": "MusicBrainz has a problem of its own just now (503).",
        **facts,
    }
    row = ProviderResult(**told)
    db.session.add(row)
    db.session.commit()
    return row.id
