"""Discogs' JSON in, our records out: the shapes of fifteen years."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.clients import discogs_answers as answers
from app.clients.discogs_answers import Viewer
from app.domain.records import CopyRecord, FormatRecord, ReleaseRecord
from app.errors import OddAnswerError
from tests.standin.discogs import credit, item, release

OWNER = Viewer(signed_in=True, owner=True)


def copy_of(entry: dict[str, Any]) -> CopyRecord:
    """The only entry of a listing, which must be readable."""
    page = answers.collection_page(listing(entry), OWNER)
    assert page.odd == ()
    return page.copies[0]


def listing(*entries: Any) -> dict[str, Any]:
    """A listing with these entries."""
    pagination = {"page": 1, "pages": 1, "per_page": 100, "items": len(entries), "urls": {}}
    return {"pagination": pagination, "releases": list(entries)}


def full(**keys: Any) -> ReleaseRecord:
    """A release in full with these keys."""
    return answers.release(release(1) | keys, OWNER)


def test_what_listings_of_2017_did_not_have_is_not_told() -> None:
    entry = item(1, 2)
    for key in ("genres", "styles", "master_id"):
        del entry["basic_information"][key]

    listed = copy_of(entry).release

    assert (listed.genres, listed.styles, listed.master_discogs_id) == (None, None, None)
    assert (listed.country, listed.tracks, listed.images) == (None, None, None)


def test_what_listings_of_today_leave_empty_is_told_to_be_none() -> None:
    listed = copy_of(item(1, 2, genres=[], styles=[], master_id=0)).release

    assert (listed.genres, listed.styles, listed.master_discogs_id) == ((), (), 0)


def test_what_a_full_release_leaves_out_is_told_to_be_none() -> None:
    record = answers.release({"id": 1, "title": "Bare"}, OWNER)

    assert (record.genres, record.styles, record.master_discogs_id) == ((), (), 0)
    assert (record.country, record.released, record.notes) == ("", "", "")
    assert (record.tracks, record.credits, record.videos, record.images) == ((), (), (), ())


@pytest.mark.parametrize(("told", "year"), [(0, None), (1978, 1978), (None, None), (99999, None)])
def test_year_0_is_unknown(told: int | None, year: int | None) -> None:
    assert full(year=told).year == year


@pytest.mark.parametrize(
    ("told", "utc"),
    [
        ("2020-06-24T11:44:41-07:00", datetime(2020, 6, 24, 18, 44, 41, tzinfo=UTC)),
        ("2020-12-31T20:00:00-08:00", datetime(2021, 1, 1, 4, tzinfo=UTC)),
        ("2020-06-24T11:44:41Z", datetime(2020, 6, 24, 11, 44, 41, tzinfo=UTC)),
    ],
)
def test_the_time_added_is_utc(told: str, utc: datetime) -> None:
    added = copy_of(item(1, 2, added=told)).added_at

    assert added == utc
    assert added.utcoffset() == utc.utcoffset()


@pytest.mark.parametrize(
    ("thumb", "read"),
    [
        ("", ""),
        ("https://st.discogs.com/x/images/spacer.gif", ""),
        ("https://i.discogs.com/a.jpeg", "https://i.discogs.com/a.jpeg"),
        (None, None),
    ],
)
def test_a_placeholder_is_no_picture(thumb: str | None, read: str | None) -> None:
    entry = item(1, 2, thumb=thumb, cover_image=thumb)

    listed = copy_of(entry).release

    assert (listed.thumb_url, listed.cover_url) == (read, read)


def test_a_picture_is_unknown_to_who_may_not_see_it() -> None:
    page = answers.collection_page(listing(item(1, 2, thumb="")), Viewer(signed_in=False))
    record = answers.release(release(1, images=[{"uri": ""}]), Viewer(signed_in=False))

    assert page.copies[0].release.thumb_url is None
    assert record.images is None


def test_the_primary_picture_comes_first() -> None:
    images = [
        {"type": "secondary", "uri": "https://i.discogs.com/back.jpeg"},
        {"type": "primary", "uri": "https://i.discogs.com/front.jpeg"},
    ]

    assert full(images=images).images == (
        "https://i.discogs.com/front.jpeg",
        "https://i.discogs.com/back.jpeg",
    )


@pytest.mark.parametrize(("told", "qty"), [("3", 3), (2, 2), ("0", 0), (None, 1), ("", 1)])
def test_a_quantity_is_a_number_written_as_a_text(told: Any, qty: int) -> None:
    assert full(formats=[{"name": "Vinyl", "qty": told}]).formats == (FormatRecord("Vinyl", qty),)


def test_tracks_keep_headings_and_works_with_their_parts() -> None:
    tracks = full(
        tracklist=[
            {"position": "", "type_": "heading", "title": "Live", "duration": ""},
            {
                "position": "",
                "type_": "index",
                "title": "Suite",
                "duration": "",
                "sub_tracks": [{"position": "A1", "type_": "track", "title": "I", "duration": ""}],
            },
            {
                "position": "B1",
                "type_": "track",
                "title": "Song",
                "duration": "4:08",
                "artists": [credit("Guest (2)", 5)],
                "extraartists": [credit("Who", 6, role="Producer")],
            },
        ]
    ).tracks

    assert tracks is not None
    assert [track.kind for track in tracks] == ["heading", "index", "track"]
    assert tracks[1].sub_tracks[0].position == "A1"
    assert (tracks[2].artists[0].name, tracks[2].credits[0].role) == ("Guest (2)", "Producer")
    assert tracks[2].duration == "4:08"


def test_credits_companies_identifiers_and_videos_are_read() -> None:
    record = full(
        extraartists=[credit("Steve Albini", 9, role="Recorded By", tracks="A1 to A3")],
        companies=[{"id": 4, "name": "MPO", "catno": "X 1", "entity_type_name": "Pressed By"}],
        identifiers=[{"type": "Barcode", "value": "5 012", "description": "text"}],
        videos=[{"uri": "https://www.youtube.com/watch?v=1", "title": "Clip", "duration": 61}],
    )

    assert record.credits is not None
    assert record.companies is not None
    assert record.identifiers is not None
    assert record.videos is not None
    assert (record.credits[0].role, record.credits[0].tracks) == ("Recorded By", "A1 to A3")
    assert (record.companies[0].role, record.companies[0].discogs_id) == ("Pressed By", 4)
    assert (record.identifiers[0].kind, record.identifiers[0].value) == ("Barcode", "5 012")
    assert (record.videos[0].duration, record.videos[0].title) == (61, "Clip")


def test_an_artist_without_a_page_has_no_id() -> None:
    assert full(artists=[credit("Somebody", 0)]).artists[0].discogs_id is None


def test_characters_no_database_stores_are_left_out() -> None:
    assert full(title="A\x00B\ud800C 草木").title == "ABC 草木"


@pytest.mark.parametrize(
    "spoil",
    [
        {"instance_id": 0},
        {"instance_id": -4},
        {"instance_id": 2**63},
        {"instance_id": None},
        {"instance_id": True},
        {"instance_id": 1.5},
        {"instance_id": "9" * 5000},
        {"rating": 6},
        {"rating": "good"},
        {"date_added": "yesterday"},
        {"date_added": "2020-06-24T11:44:41"},
        {"date_added": "0001-01-01T00:00:00+14:00"},
        {"notes": "none"},
        {"notes": [{"field_id": 1, "value": 5}]},
        {"basic_information": None},
        {"basic_information": []},
        {"folder_id": [1]},
    ],
)
def test_a_spoilt_entry_is_left_out_and_told(spoil: dict[str, Any]) -> None:
    page = answers.collection_page(listing(item(1, 2) | spoil, item(3, 4)), OWNER)

    assert [copy.instance_id for copy in page.copies] == [3]
    assert len(page.odd) == 1


def test_an_entry_that_is_no_object_does_not_spoil_the_others() -> None:
    page = answers.collection_page(listing("what?", None, item(3, 4)), OWNER)

    assert [copy.instance_id for copy in page.copies] == [3]
    assert len(page.odd) == 2


def test_the_largest_id_a_database_holds_is_read() -> None:
    assert copy_of(item(2**63 - 1, 2)).instance_id == 2**63 - 1


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        (None, "answer"),
        ([], "answer"),
        ("text", "answer"),
        ({}, "pagination"),
        ({"pagination": {"page": 1, "pages": 1, "items": 0}}, "releases"),
        ({"pagination": {"page": 1, "pages": 1}, "releases": []}, "pagination.items"),
        ({"pagination": {"pages": 1, "items": 0}, "releases": []}, "pagination.page"),
        ({"pagination": [1], "releases": []}, "pagination"),
        ({"pagination": {"page": 1, "pages": 1, "items": 0}, "releases": {}}, "releases"),
    ],
)
def test_a_listing_without_its_frame_names_what_is_missing(answer: object, field: str) -> None:
    with pytest.raises(OddAnswerError) as odd:
        answers.collection_page(answer, OWNER)

    assert odd.value.field == field


def test_what_is_odd_deep_in_a_release_is_named_by_its_path() -> None:
    with pytest.raises(OddAnswerError) as odd:
        full(tracklist=[{"title": "A"}, {"title": "B", "extraartists": [{"name": 5}]}])

    assert odd.value.field == "tracklist[1].extraartists[0].name"


@pytest.mark.parametrize("answer", [{}, {"folders": None}, {"folders": [{"id": 1}]}])
def test_folders_without_what_they_need_are_odd(answer: object) -> None:
    with pytest.raises(OddAnswerError):
        answers.folders(answer)
