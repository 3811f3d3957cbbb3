"""How far an enrichment is and what it brought, in both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, update

from app.extensions import db
from app.models import Preference, ProviderHealth, ProviderResult, Release, Run
from app.models.base import utcnow
from app.queries import enrich_run, enrich_status
from app.services import runs
from tests.shelves import OWNER, put_on_shelf


def answered(provider: str, count: int, seconds_ago: float, state: str = "found") -> None:
    """So many records a provider has answered about, all at one moment."""
    at = utcnow() - timedelta(seconds=seconds_ago)
    same = {"entity": "release", "provider": provider, "state": state, "fetched_at": at}
    rows = [{**same, "key": f"{1001 + n}", "attempts": 0} for n in range(count)]
    db.session.execute(insert(ProviderResult), rows)


def test_counts_paces_and_troubles_are_told_of_every_service(each_database: Flask) -> None:
    answered("discogs", 30, seconds_ago=60)
    answered("wikidata", 5, seconds_ago=600)
    answered("wikipedia", 2, seconds_ago=60, state="none")
    told = {"failures": 2, "opened": 0, "refusal": "", "last_error": "Away.", "calls": 3}
    db.session.execute(insert(ProviderHealth).values(provider="discogs", errors={}, **told))
    switch = {"owner_id": OWNER, "name": "provider.wikidata", "value": False}
    db.session.execute(insert(Preference).values(switch))

    counts, paces = enrich_status.counts_and_paces()
    troubles = enrich_status.troubles(OWNER)

    assert {each.provider: each.done for each in counts if each.total} == {
        "discogs": 30,
        "wikidata": 5,
        "wikipedia": 2,
    }
    assert paces["discogs"].per_second == pytest.approx(0.5, rel=0.2)
    assert paces["discogs"].silent_seconds == pytest.approx(60, abs=5)
    assert "wikidata" not in paces, "that is too long ago"
    assert (troubles["discogs"].faults, troubles["discogs"].reason) == (2, "Away.")
    assert [name for name, each in troubles.items() if each.is_switched_off] == ["wikidata"]
    assert not enrich_status.troubles(OWNER + 1)["wikidata"].is_switched_off


def test_a_run_that_has_ended_keeps_what_it_brought(each_database: Flask) -> None:
    put_on_shelf({"Title": "Kind Of Blue", "Artist": "Miles Davis"}, {"Title": "Giant Steps"})
    run_id = runs.start(OWNER, "enrich").id
    lease = runs.take(run_id)
    assert lease
    answered("discogs", 1, seconds_ago=0)
    gone = update(Release).where(Release.title == "Kind Of Blue").values(gone_at=utcnow())
    db.session.execute(gone)
    db.session.commit()
    runs.end(lease, "done")
    answered("musicbrainz", 2, seconds_ago=0)
    db.session.execute(update(ProviderResult).values(fetched_at=utcnow()))
    runs.start(OWNER, "enrich")

    status = enrich_run.status(db.session.get_one(Run, run_id), {}, {})

    assert status.is_past
    assert status.ended
    assert (status.ended.gains.details, status.ended.gains.gone) == (1, 1)
    assert [name for _id, name in status.ended.gone] == ["Miles Davis – Kind Of Blue"]
    assert [lane.service.name for lane in status.lanes] == ["discogs"]


def test_a_record_added_later_waits(each_database: Flask) -> None:
    put_on_shelf({"Title": "Kind Of Blue"}, {"Title": "Giant Steps"})
    before = utcnow() - timedelta(hours=1)
    db.session.execute(update(Release).values(detailed_at=utcnow()))
    asked = {"entity": "title", "provider": "wikidata", "state": "none", "attempts": 0}
    db.session.execute(insert(ProviderResult).values(key="r1001", **asked))

    assert enrich_status.waiting_records(OWNER, before, {"discogs", "wikidata"}) == 1
    assert enrich_status.waiting_records(OWNER, before, {"discogs"}) == 0
    assert enrich_status.waiting_records(OWNER, utcnow(), {"discogs", "wikidata"}) == 0
