from __future__ import annotations

from app.domain.document_changes import MOST_LINES, change_lines, differing_lines


def test_a_changed_value_is_shown_before_and_after() -> None:
    assert change_lines("Blue", "Blau") == [("-", "Blue"), ("+", "Blau")]
    assert change_lines(1959, None) == [("-", "1959")]
    assert change_lines(None, "First pressing.\nSigned.") == [
        ("+", "First pressing."),
        ("+", "Signed."),
    ]


def test_of_a_list_only_the_entries_that_differ_are_shown_without_their_empty_parts() -> None:
    one = {"position": "A1", "title": "So What", "artist": ""}
    two = {"position": "A2", "title": "Blue in Green", "artist": ""}

    assert change_lines([one, two], [one, {**two, "title": "Blue In Green"}]) == [
        ("-", '{"position": "A2", "title": "Blue in Green"}'),
        ("+", '{"position": "A2", "title": "Blue In Green"}'),
    ]


def test_a_long_change_is_cut_and_says_so() -> None:
    lines = change_lines([], [str(number) for number in range(5_000)])

    assert len(lines) == MOST_LINES + 1
    assert lines[-1].text == "… and more"


def test_side_by_side_what_all_have_is_left_out() -> None:
    assert differing_lines(["Jazz", "Modal"], ["Jazz"], ["Jazz", "Cool"]) == (
        ["Modal"],
        [],
        ["Cool"],
    )
