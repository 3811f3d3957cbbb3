"""One change made to many records, all or nothing, with one undo (fault E12)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.bulk_changes import read_change
from app.domain.filters import BrowseFilter
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import Copy, Edit, Folder
from app.queries import browse
from app.services import bulk_edit, edits
from app.services.subjects import open_subject
from tests.listening import statements
from tests.listings import OWNER, listed

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def shelf(each_database: Flask) -> list[int]:
    """Our ids of three copies of three releases."""
    listed(discogs_id=1, title="One", genres=("Jazz",))
    listed(discogs_id=2, title="Two", genres=("Jazz", "Rock"))
    listed(discogs_id=3, title="Three", genres=())
    return list(db.session.scalars(select(Copy.id).order_by(Copy.id)))


def make(copies: list[int], kind: str, value: str, name: str = "") -> str:
    change = read_change(kind, value, name)
    batch, _count = bulk_edit.make(
        OWNER, copies, change, bulk_edit.dry_run(OWNER, copies, change).token
    )
    return batch


def genres(copies: list[int]) -> list[list[str]]:
    releases = select(Copy.release_id).where(Copy.id.in_(copies)).order_by(Copy.id)
    return [
        open_subject("release", OWNER, release).shown["genres"]
        for release in db.session.scalars(releases).all()
    ]


def shown(copy_id: int, field: str) -> Any:
    return open_subject("copy", OWNER, copy_id).shown[field]


def count_of_edits() -> int:
    standing = select(func.count()).select_from(Edit).where(Edit.undone_at.is_(None))
    return db.session.execute(standing).scalar_one()


def test_a_dry_run_counts_and_shows_without_writing(shelf: list[int]) -> None:
    dry = bulk_edit.dry_run(OWNER, shelf, read_change("genre", "Rock"))

    assert (dry.records, dry.changing) == (3, 2)
    assert [(s.name, s.before, s.after) for s in dry.samples] == [
        ("Miles Davis – One", ["Jazz"], ["Jazz", "Rock"]),
        ("Miles Davis – Three", [], ["Rock"]),
    ]
    assert (genres(shelf), count_of_edits()) == ([["Jazz"], ["Jazz", "Rock"], []], 0)


def test_one_change_of_many_is_undone_at_once(shelf: list[int]) -> None:
    batch = make(shelf, "genre", "Rock")
    assert genres(shelf) == [["Jazz", "Rock"], ["Jazz", "Rock"], ["Rock"]]

    assert edits.undo_batch(OWNER, batch) == 2

    assert genres(shelf) == [["Jazz"], ["Jazz", "Rock"], []]
    assert edits.undo_batch(OWNER, batch) == 0


def test_a_sync_leaves_what_was_changed_in_bulk(shelf: list[int]) -> None:
    make(shelf, "no-genre", "jazz")

    listed(discogs_id=1, title="One", genres=("Jazz", "Funk"))

    assert genres(shelf) == [[], ["Rock"], []]


def test_copies_are_moved_and_graded_together(shelf: list[int]) -> None:
    batch = make(shelf[:2], "folder", "Loft")
    make(shelf, "media", "Mint (M)")
    make(shelf, "field", "yes", "Cleaned")

    assert [shown(copy, "folder") for copy in shelf] == ["Loft", "Loft", "Uncategorized"]
    assert shown(shelf[2], "media_condition") == "Mint (M)"
    assert shown(shelf[0], "fields") == [{"name": "Cleaned", "value": "yes"}]
    edits.undo_batch(OWNER, batch)
    assert [shown(copy, "folder") for copy in shelf] == ["Uncategorized"] * 3


def test_what_a_person_said_before_comes_back_with_the_undo(shelf: list[int]) -> None:
    make(shelf[:1], "note", "a gift")
    batch = make(shelf, "note", "counted")
    assert shown(shelf[0], "notes") == "a gift\ncounted"

    edits.undo_batch(OWNER, batch)

    assert [shown(copy, "notes") for copy in shelf] == ["a gift", None, None]


def test_the_shelf_may_not_have_changed_since_the_dry_run(shelf: list[int]) -> None:
    change = read_change("genre", "Rock")
    dry = bulk_edit.dry_run(OWNER, shelf, change)
    listed(discogs_id=3, title="Three", genres=("Blues",))

    with pytest.raises(ConflictError):
        bulk_edit.make(OWNER, shelf, change, dry.token)
    assert count_of_edits() == 0


def test_one_record_that_fails_fails_all(shelf: list[int]) -> None:
    make(shelf[2:], "note", "x" * 19_990)
    change = read_change("note", "more than fits")
    dry = bulk_edit.dry_run(OWNER, shelf, change)

    with pytest.raises(InvalidInputError, match="Three"):
        bulk_edit.make(OWNER, shelf, change, dry.token)

    assert shown(shelf[0], "notes") is None
    assert db.session.scalar(select(func.count(Folder.id))) == 1


def test_copies_of_somebody_else_are_not_touched(shelf: list[int]) -> None:
    assert bulk_edit.dry_run(OWNER + 1, shelf, read_change("genre", "Rock")).records == 0


@pytest.mark.parametrize(
    ("kind", "value", "name"),
    [
        ("", "x", ""),
        ("title", "x", ""),
        ("folder", " ", ""),
        ("rating", "6", ""),
        ("rating", "five", ""),
        ("year", "0", ""),
        ("year", "9" * 400, ""),
        ("genre", "\u200b", ""),
        ("genre", "x" * 300, ""),
        ("field", "yes", ""),
        ("country", "a\u202eb", ""),
    ],
)
def test_what_cannot_be_stored_is_refused_at_its_field(kind: str, value: str, name: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_change(kind, value, name)
    assert refused.value.problems.keys() <= {"kind", "value", "name"}
    assert refused.value.problems


def test_a_change_back_to_what_discogs_says_is_undone_as_well(shelf: list[int]) -> None:
    make(shelf, "folder", "Loft")
    batch = make(shelf, "folder", "Uncategorized")

    edits.undo_batch(OWNER, batch)

    assert [shown(copy, "folder") for copy in shelf] == ["Loft"] * 3


@pytest.mark.parametrize(("kind", "value"), [("folder", "Loft"), ("genre", "Funk")])
def test_only_what_is_searched_for_is_indexed_anew(shelf: list[int], kind: str, value: str) -> None:
    wanted = BrowseFilter(folder=(value,)) if kind == "folder" else BrowseFilter(genre=(value,))
    assert browse.page(OWNER, wanted).total == 0

    with statements() as made:
        batch = make(shelf, kind, value)
    assert browse.page(OWNER, wanted).total == 3
    with statements() as undone:
        edits.undo_batch(OWNER, batch)

    assert browse.page(OWNER, wanted).total == 0
    assert not [each for each in (*made, *undone) if "search_text" in each]


def test_words_are_found_as_soon_as_many_copies_have_them(shelf: list[int]) -> None:
    assert browse.page(OWNER, BrowseFilter(q="ada")).total == 0

    note = make(shelf, "note", "from Ada")

    assert browse.page(OWNER, BrowseFilter(q="ada")).total == 3
    edits.undo_batch(OWNER, note)
    assert browse.page(OWNER, BrowseFilter(q="ada")).total == 0


def test_a_year_files_a_record_elsewhere(shelf: list[int]) -> None:
    make(shelf[:2], "year", "1999")

    titles = [row.title for row in browse.page(OWNER, BrowseFilter(sort="year")).rows]

    assert titles[0] == "Three"


def test_more_records_cost_no_more_statements(app: Flask) -> None:
    """Rows are inserted 25 at a time, all such in one go, and what is left over in another."""

    def cost(numbers: range) -> list[int]:
        for number in numbers:
            listed(discogs_id=number)
        copies, counts = list(db.session.scalars(select(Copy.id))), []
        for kind, value in (("folder", f"Loft {numbers}"), ("genre", f"Funk {numbers}")):
            change = read_change(kind, value)
            token = bulk_edit.dry_run(OWNER, copies, change).token
            db.session.rollback()
            with statements() as made:
                batch, count = bulk_edit.make(OWNER, copies, change, token)
            assert count == len(copies)
            counts.append(len(made))
            db.session.rollback()
            with statements() as made:
                edits.undo_batch(OWNER, batch)
            counts.append(len(made))
        return counts

    few = cost(range(1, 27))

    assert cost(range(27, 71)) == few
