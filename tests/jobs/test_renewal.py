"""What Spotify told is asked for again after thirty days, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select, update

from app.extensions import db, set_reading
from app.models import Link, ProviderResult
from app.models.base import utcnow
from tests.jobs.enriching import OWNER, follow
from tests.standin.discogs import item
from tests.standin.world import World

A_MONTH = timedelta(days=31)


def let_a_month_go_by() -> None:
    """Everything Spotify told is a month old."""
    db.session.execute(update(Link).values(found_at=utcnow() - A_MONTH))
    due = ProviderResult.provider == "spotify", ProviderResult.due_at.is_not(None)
    db.session.execute(update(ProviderResult).where(*due).values(due_at=utcnow()))
    db.session.commit()


def decide(key: str, state: str) -> None:
    """Have a person decide about a link."""
    decided = {"state": state, "decided_at": utcnow()}
    db.session.execute(update(Link).where(Link.key == key, *OF_SPOTIFY).values(decided))
    db.session.commit()


OF_SPOTIFY = (Link.provider == "spotify", Link.owner_id == OWNER)


def found_at() -> dict[str, datetime]:
    """When the links to Spotify were found, by title."""
    db.session.expire_all()
    return {link.key: link.found_at for link in db.session.scalars(select(Link).where(*OF_SPOTIFY))}


def test_links_are_asked_for_again_by_id_and_kept_or_dropped(app_in: Callable[..., Flask]) -> None:
    titles = {1: "There", 3: "Gone", 5: "Yes", 7: "No", 9: "Undecided"}
    records = [item(n, n, title=f"{title} Garden", artist="Band") for n, title in titles.items()]
    with World(items=records) as world:
        app = app_in(world)
        follow(app, "sync")
        follow(app, "enrich")
        set_reading(False)
        assert set(found_at()) == {"r1", "r3", "r5", "r7", "r9"}
        decide("r5", "accepted")
        decide("r7", "rejected")
        db.session.execute(update(Link).where(Link.key == "r9").values(state="waiting"))
        let_a_month_go_by()
        before = utcnow() - timedelta(days=1)
        world.spotify.albums = [each for each in world.spotify.albums if each.number == 1]
        world.spotify.requests.clear()
        follow(app, "enrich")

        by_id = [each.path for each in world.spotify.requests if "/albums/" in each.path]
        assert by_id == [f"/v1/albums/{1:022d}", f"/v1/albums/{3:022d}"]
        left = found_at()
        assert set(left) == {"r1", "r5", "r7"}, "what is gone is dropped, decisions stay"
        assert left["r1"] > before
        assert max(left["r5"], left["r7"]) < before
        world.spotify.requests.clear()
        follow(app, "enrich")
        assert world.spotify.requests == [], "and not again before the next month"
