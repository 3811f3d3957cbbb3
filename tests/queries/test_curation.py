from __future__ import annotations

import pytest
from flask import Flask

from app.domain.records import CreditRecord
from app.extensions import db
from app.models import ProviderResult
from app.queries import curation, edit_history
from app.queries.alike_names import alike_names
from app.queries.curation import ReleaseFilter
from app.queries.field_states import field_states
from app.services import curate, edits, one_record
from app.services.one_record import Typed
from app.services.subjects import open_subject
from tests.listings import OWNER, listed


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"q": "1234 "}, ["Kind Of Blue"]),
        ({"q": "freddie columbia"}, ["Kind Of Blue", "Volume 2"]),
        ({"state": "edited"}, ["Volume 2"]),
        ({"state": "removed"}, []),
        ({"state": "no-country", "q": "volume"}, ["Volume 2"]),
    ],
)
def test_releases_are_found_on_both_databases(
    each_database: Flask, args: dict[str, str], found: list[str]
) -> None:
    listed()
    second = listed(title="Volume Two", discogs_id=20, country="")
    version = open_subject("release", OWNER, second).version
    curate.save("release", OWNER, second, version, '{"title": "Volume 2"}')

    page = curation.releases(OWNER, ReleaseFilter.from_args(args))

    assert sorted(row.title for row in page.rows) == found
    assert {row.title: row.edits for row in page.rows} == {
        title: int(title == "Volume 2") for title in found
    }


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("locked", ["Locked"]),
        ("no-cover", ["Failed", "Locked", "Mixtape"]),
        ("failed", ["Failed", "Mixtape"]),
        ("by-hand", ["Mixtape"]),
    ],
)
def test_releases_are_found_by_what_they_need(
    each_database: Flask, state: str, found: list[str]
) -> None:
    locked = listed(title="Locked", discogs_id=10)
    edits.lock("release", OWNER, locked, "title")
    failed = listed(title="Failed", discogs_id=20)
    edits.lock("release", OWNER, failed, "year")
    edits.unlock("release", OWNER, failed, "year")
    own = one_record.add_by_hand(OWNER, Typed(artist="Me", title="Mixtape")).release_id
    for key, told in (("20", "failed"), (f"own:{own}", "failed"), ("10", "found")):
        row = ProviderResult(entity="release", key=key, provider="coverart", state=told)
        db.session.add(row)
    db.session.commit()

    page = curation.releases(OWNER, ReleaseFilter.from_args({"state": state}))

    assert sorted(row.title for row in page.rows) == found


def test_names_are_found_by_all_their_words_the_shortest_first(each_database: Flask) -> None:
    listed()
    for number, name in enumerate(("Miles Davis Quintet", "Davis, Miles Junior", "Myles"), 20):
        listed(discogs_id=number, artists=(CreditRecord(name),))

    found = alike_names(OWNER, "DAVIS miles")

    assert [(each.kind, each.name) for each in found] == [
        ("artist", "Miles Davis"),
        ("artist", "Davis, Miles Junior"),
        ("artist", "Miles Davis Quintet"),
    ]


def test_nobody_sees_the_releases_or_edits_of_somebody_else(app: Flask) -> None:
    release = listed()
    curate.save("release", OWNER, release, 1, '{"title": "Blue"}')

    assert curation.releases(2, ReleaseFilter()).rows == []
    assert edit_history.saves(2, "release", release, 1, 50).rows == ()
    assert edit_history.all_saves(2, "", "", 1).rows == ()
    assert edit_history.change(2, edit_history.all_saves(OWNER, "", "", 1).rows[0].batch) is None
    assert field_states(2, "release", release) == {}


def test_a_filter_becomes_its_address_again() -> None:
    wanted = ReleaseFilter(q="blue & green", state="edited", page=3)

    assert wanted.url(page=4) == "/admin?q=blue+%26+green&state=edited&page=4"
    assert wanted.url(state="") == "/admin?q=blue+%26+green"
    assert ReleaseFilter().url() == "/admin"
