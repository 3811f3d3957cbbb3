from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from app.domain.records import ReleaseRecord, TrackRecord
from app.domain.text import clean
from app.sample import SampleCopy, load_sample


@pytest.fixture(scope="module")
def shelf() -> tuple[SampleCopy, ...]:
    return load_sample()


@pytest.fixture(scope="module")
def releases(shelf: tuple[SampleCopy, ...]) -> list[ReleaseRecord]:
    return [item.copy.release for item in shelf]


def texts(release: ReleaseRecord) -> list[str]:
    """Everything on a record that a person wrote."""
    people = [*release.artists, *(release.credits or ())]
    return [
        release.title,
        *(word for one in people for word in (one.name, one.anv, one.join, one.role, one.tracks)),
        *(word for label in release.labels for word in (label.name, label.catno)),
        *(word for part in release.formats for word in (part.name, part.text, *part.descriptions)),
        *(release.genres or ()),
        *(release.styles or ()),
        *(word for track in release.tracks or () for word in track_texts(track)),
    ]


def track_texts(track: TrackRecord) -> list[str]:
    inner = [word for part in track.sub_tracks for word in track_texts(part)]
    return [track.title, track.position, track.duration, *inner]


def test_the_shelf_is_worth_browsing(releases: list[ReleaseRecord]) -> None:
    assert 200 <= len(releases) <= 300
    assert len({genre for release in releases for genre in release.genres or ()}) >= 10
    assert len({style for release in releases for style in release.styles or ()}) >= 100
    assert len({part.name for release in releases for part in release.formats}) >= 6
    assert len({release.year // 10 for release in releases if release.year}) >= 8
    assert len({release.country for release in releases if release.country}) >= 5
    assert any(release.year is None for release in releases)


def test_no_release_stands_there_twice(releases: list[ReleaseRecord]) -> None:
    assert len({release.discogs_id for release in releases}) == len(releases)


def test_every_record_has_its_facts(releases: list[ReleaseRecord]) -> None:
    for release in releases:
        assert release.discogs_id, release
        assert release.title, release
        assert all(artist.name for artist in release.artists), release
        assert release.artists, release
        assert release.formats, release
        assert all(part.qty > 0 for part in release.formats), release
        assert release.year is None or 1900 < release.year < 2030, release


def test_most_records_have_genres_and_known_artists(releases: list[ReleaseRecord]) -> None:
    with_genre = [release for release in releases if release.genres]
    with_ids = [one for one in releases if all(artist.discogs_id for artist in one.artists)]

    assert len(with_genre) > 0.9 * len(releases)
    assert len(with_ids) > 0.9 * len(releases)


def test_some_records_have_tracks_and_credits(releases: list[ReleaseRecord]) -> None:
    assert sum(bool(release.tracks) for release in releases) >= 10
    assert sum(bool(release.credits) for release in releases) >= 10
    assert any(track.sub_tracks for one in releases for track in one.tracks or ())


def test_artists_and_labels_connect_records(releases: list[ReleaseRecord]) -> None:
    artists = Counter(one.discogs_id for release in releases for one in release.artists)
    labels = Counter(name for one in releases for name in {label.name for label in one.labels})

    assert sum(count > 1 for count in artists.values()) >= 20
    assert sum(count > 1 for count in labels.values()) >= 20


def test_several_scripts_are_there(releases: list[ReleaseRecord]) -> None:
    titles = " ".join(release.title for release in releases)

    assert any("\u0370" <= char <= "\u03ff" for char in titles)
    assert any("\u3040" <= char <= "\u30ff" for char in titles)
    assert any("\u4e00" <= char <= "\u9fff" for char in titles)


def test_only_facts_are_there_no_texts_pictures_or_addresses(
    shelf: tuple[SampleCopy, ...], releases: list[ReleaseRecord]
) -> None:
    for release in releases:
        assert (release.notes, release.thumb_url, release.cover_url, release.videos) == (None,) * 4
        for text in texts(release):
            assert len(text) <= 160, text
            assert "http" not in text
            assert "www." not in text
            assert clean(text) == text.rstrip()
    for item in shelf:
        copy = item.copy
        assert (copy.instance_id, copy.folder_discogs_id, copy.media_condition) == (None,) * 3
        assert (copy.notes, copy.rating, copy.fields) == (None,) * 3


def test_dates_and_folders_give_the_filters_something_to_do(shelf: tuple[SampleCopy, ...]) -> None:
    dates = [item.copy.added_at for item in shelf if item.copy.added_at]

    assert len(dates) == len(shelf)
    assert all(datetime(2019, 1, 1, tzinfo=UTC) <= date for date in dates)
    assert {date.year for date in dates} == set(range(2019, 2027))
    assert len({item.folder for item in shelf}) >= 4
    assert min(Counter(item.folder for item in shelf).values()) >= 10


def test_the_file_is_small() -> None:
    assert len(files("app.sample").joinpath("shelf.json").read_bytes()) <= 350_000
