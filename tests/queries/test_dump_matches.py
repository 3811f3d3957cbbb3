"""Links, what a person decided about them, own covers and preferences through dump and load."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import InvalidInputError
from app.extensions import db
from app.models import Copy, Link, Picture, Preference, Release
from app.services import (
    cover_order,
    load_dump,
    one_record,
    own_cover,
    provider_care,
    reviews,
)
from app.services.enrich import links
from app.services.enrich.links import FoundLink
from app.services.image_store import ImageStore
from app.services.one_record import Typed
from app.services.publishing import site
from app.services.publishing.report import Wish
from tests.listings import listed
from tests.pictures import picture
from tests.queries.test_dump import dump, empty, entries

OWNER = 1


def found(provider: str, page: str, badge: str = "guess", state: str = "waiting") -> FoundLink:
    return FoundLink(provider, f"https://{provider}.example/{page}", badge, 0.62, state)


def by_hand(**told: Any) -> int:
    """A release Discogs does not know; our id."""
    copy = one_record.add_by_hand(OWNER, Typed(**told))
    return db.session.scalars(select(Copy.release_id).where(Copy.id == copy.copy_id)).one()


def reviewed() -> int:
    """A shelf with links of all kinds, some decided; the id of the release entered by hand."""
    listed()
    own = by_hand(artist="水", title="†")
    links.keep(OWNER, "title", "m5", [found("spotify", "1"), found("spotify", "2")])
    links.keep(OWNER, "title", f"own:{own}", [found("itunes", "own")])
    links.keep(OWNER, "release", "1234", [found("musicbrainz", "r", "exact", "accepted")])
    links.keep(OWNER, "artist", "23755", [found("wikipedia", "a", "derived", "accepted")])
    db.session.commit()
    reviews.decide(OWNER, link("https://spotify.example/2").id, "accept")
    reviews.decide(OWNER, link("https://itunes.example/own").id, "reject")
    return own


def link(url: str) -> Link:
    return db.session.scalars(select(Link).where(Link.url == url)).one()


def test_links_and_decisions_come_back_as_they_were(each_database: Flask) -> None:
    reviewed()
    before = dump()
    empty()

    load_dump.load(OWNER, before)

    assert dump() == before
    said = {entry["url"]: (entry["accepted"], entry["decided_at"]) for entry in entries("link")}
    assert said["https://spotify.example/1"][0] is False
    assert said["https://spotify.example/2"][0] is True
    assert said["https://musicbrainz.example/r"] == (True, None)
    again = db.session.scalars(select(Release.id).where(Release.discogs_id.is_(None))).one()
    assert link("https://itunes.example/own").key == f"own:{again}"


def test_no_program_changes_a_decision_that_was_loaded_and_a_person_can_take_it_back(
    app: Flask,
) -> None:
    reviewed()
    before = dump()
    empty()
    load_dump.load(OWNER, before)

    offered = [found("spotify", "1", state="accepted"), found("spotify", "3")]
    links.keep(OWNER, "title", "m5", offered)
    db.session.commit()

    assert dump() == before
    reviews.undo(OWNER, link("https://spotify.example/2").id)
    assert {entry["accepted"] for entry in entries("link") if entry.get("title") == "m5"} == {None}


def test_a_link_tells_who_is_meant_where_and_how_sure(app: Flask) -> None:
    listed()
    links.keep(OWNER, "artist", "23755", [found("wikipedia", "a")])
    db.session.commit()

    (entry,) = entries("link")

    assert entry == {
        "type": "link",
        "artist_id": 23755,
        "provider": "wikipedia",
        "url": "https://wikipedia.example/a",
        "remote_id": "",
        "name": "",
        "badge": "guess",
        "score": 0.62,
        "evidence": {},
        "accepted": None,
        "decided_at": None,
    }


def test_what_a_person_set_comes_back(each_database: Flask) -> None:
    listed()
    cover_order.move(OWNER, "itunes", -3)
    provider_care.switch(OWNER, "spotify", on=False)
    before = dump()
    empty()
    provider_care.switch(OWNER, "spotify", on=True)

    load_dump.load(OWNER, before)

    assert dump() == before
    assert provider_care.switched_off(OWNER) == {"spotify"}


def test_an_own_cover_is_told_and_shown_again_where_its_picture_is(app: Flask) -> None:
    store = ImageStore(app.extensions["workplace"].settings.instance_path)
    release_id = listed()
    own = by_hand(artist="Me", title="Mine")
    for each, colour in ((release_id, "red"), (own, "blue")):
        own_cover.upload(store, OWNER, each, picture(colour=colour))
    before = dump()
    shown = set(db.session.scalars(select(Release.image_sha256)))
    empty()

    load_dump.load(OWNER, before)

    assert dump() == before
    assert {entry["sha256"] for entry in entries("cover")} == shown
    assert set(db.session.scalars(select(Release.image_sha256))) == shown


def test_an_own_cover_whose_picture_is_elsewhere_is_told_but_not_shown(app: Flask) -> None:
    listed()
    before = [*dump(), json.dumps({"type": "cover", "release_id": 1234, "sha256": "ab" * 32})]
    empty()

    load_dump.load(OWNER, before)

    assert entries("cover") == [{"type": "cover", "release_id": 1234, "sha256": "ab" * 32}]
    assert db.session.scalars(select(Release.image_sha256)).one() is None


LINK = {
    "type": "link",
    "release_id": 1234,
    "provider": "spotify",
    "url": "https://open.spotify.com/album/1",
    "remote_id": "",
    "name": "",
    "badge": "exact",
    "score": 1.0,
    "evidence": {},
    "accepted": True,
    "decided_at": None,
}


@pytest.mark.parametrize(
    "line",
    [
        LINK | {"url": "javascript:alert(1)"},
        LINK | {"url": "https://x.example/" + "x" * 2_000},
        LINK | {"badge": "sure"},
        LINK | {"accepted": "yes"},
        LINK | {"score": "much"},
        LINK | {"evidence": []},
        LINK | {"release_id": "x"},
        LINK | {"release_id": None, "own": "nobody"},
        {**{name: LINK[name] for name in LINK if name != "release_id"}, "title": "own:5"},
        {"type": "link", "url": "https://x.example/"},
        {"type": "cover", "release_id": 1234, "sha256": "../../etc/passwd"},
        {"type": "cover", "release_id": None, "own": "nobody", "sha256": "ab" * 32},
        {"type": "preference", "name": "cover_order", "value": 5},
        {"type": "preference", "name": "provider.spotify", "value": "off"},
        {"type": "preference", "name": "x" * 41, "value": True},
        {"type": "preference", "name": 5, "value": True},
    ],
)
def test_a_dump_with_a_senseless_line_is_refused_whole(app: Flask, line: dict[str, Any]) -> None:
    listed()
    good = dump()
    empty()

    with pytest.raises(InvalidInputError):
        load_dump.load(OWNER, [*good, json.dumps(line)])

    assert dump() == []
    for model in (Link, Preference, Picture):
        assert db.session.scalars(select(model)).all() == []


def test_a_sound_link_is_taken(app: Flask) -> None:
    listed()
    good = dump()
    empty()

    load_dump.load(OWNER, [*good, json.dumps(LINK)])

    assert entries("link") == [LINK]


def test_publishing_leaves_the_dump_as_it_was(app: Flask, tmp_path: Path) -> None:
    listed()
    before = dump()

    site.publish(app.extensions["workplace"], OWNER, tmp_path / "site", Wish())

    assert dump() == before
