"""Track lists as people type them."""

from __future__ import annotations

import pytest

from app.domain.track_lines import read_tracks


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("A1 So What 9:22", ("A1", "So What", "9:22")),
        ("So What", ("", "So What", "")),
        ("So What 9:22", ("", "So What", "9:22")),
        ("B2. Blue In Green (5:37)", ("B2", "Blue In Green", "5:37")),
        ("3. All Blues", ("3", "All Blues", "")),
        ("1-03 Untitled 1:02:03", ("1-03", "Untitled", "1:02:03")),
        ("CD2-4 Encore", ("CD2-4", "Encore", "")),
        ("A1 Halleluhwah – 18:32", ("A1", "Halleluhwah", "18:32")),
        ("A Love Supreme", ("", "A Love Supreme", "")),
        ("99 Luftballons 3:53", ("", "99 Luftballons", "3:53")),
        ("4:33", ("", "4:33", "")),
        ("A1", ("", "A1", "")),
        ("A1 水", ("A1", "水", "")),
    ],
)
def test_a_line_is_number_title_and_length(line: str, told: tuple[str, str, str]) -> None:
    (track,) = read_tracks(line)

    assert (track.position, track.title, track.duration) == told


def test_sides_and_bare_numbers_count_when_they_go_up() -> None:
    sides = read_tracks("A Future Days 9:30\nB Bel Air 20:00\n")
    songs = read_tracks("1 One\n\n2 Two\n3 Three")

    assert [(each.position, each.title) for each in sides] == [
        ("A", "Future Days"),
        ("B", "Bel Air"),
    ]
    assert [each.position for each in songs] == ["1", "2", "3"]


def test_titles_that_begin_like_numbers_stay_whole() -> None:
    tracks = read_tracks("99 Luftballons\n7 Seconds")

    assert [each.title for each in tracks] == ["99 Luftballons", "7 Seconds"]


def test_no_lines_are_no_tracks() -> None:
    assert read_tracks(" \n\n") == ()
