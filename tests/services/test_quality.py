"""Gaps: each is found where it is and nowhere else, its fix holds against syncs, and is undone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.quality import BY_NAME, CHECKS
from app.domain.quality_fixes import values_of
from app.domain.records import (
    CreditRecord,
    FormatRecord,
    IdentifierRecord,
    LabelRecord,
    TrackRecord,
)
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.jobs.gap_counts import count_gaps
from app.models import (
    Artist,
    Copy,
    Folder,
    Image,
    Master,
    QualityCount,
    QualityVerdict,
    Release,
)
from app.models.base import utcnow
from app.queries import quality as queries
from app.services import artist_pages, copies, edits, own_folders, quality, shelf
from app.services.curate import StaleDocumentError
from app.services.release_details import store_details
from app.services.subjects import open_subject
from tests.listings import KIND_OF_BLUE, listed

OWNER = 1
BARCODE = IdentifierRecord("Barcode", "5 012394 144777", "")
WHOLE: dict[str, Any] = {"identifiers": (BARCODE,)}
JAZZ = select(Folder.id).where(Folder.name == "Jazz")


@pytest.fixture(autouse=True)
def world(each_database: Flask) -> Flask:
    return each_database


def detailed(**facts: Any) -> int:
    """A record whose details Discogs told."""
    release_id = listed(**facts)
    sync(**facts)
    return release_id


def sync(**facts: Any) -> None:
    """Discogs tells the details again."""
    store_details(OWNER, replace(KIND_OF_BLUE, **{**WHOLE, **facts}), b"{}")
    db.session.commit()


def open_gaps() -> dict[str, int]:
    """The checks with open gaps, and how many."""
    db.session.rollback()
    return {s.check.name: s.open for s in queries.standings(OWNER) if s.open}


def the_copy(release_id: int) -> int:
    return db.session.scalars(select(Copy.id).where(Copy.release_id == release_id)).all()[-1]


def change_copy(release_id: int, **columns: Any) -> None:
    db.session.execute(update(Copy).where(Copy.release_id == release_id).values(**columns))
    shelf.refresh(OWNER, [release_id])
    db.session.commit()


def graded(release_id: int) -> None:
    change_copy(release_id, media_condition="Mint (M)", sleeve_condition="Mint (M)")


def entity_of(name: str) -> int:
    turn = queries.turn(OWNER, BY_NAME[name])
    assert turn is not None
    return turn.entity_id


def fill(name: str, **form: str | list[str]) -> str:
    """Fill the first gap of a check, as its form does."""
    check, entity_id = BY_NAME[name], entity_of(name)
    subject = open_subject(check.entity, OWNER, entity_id)
    sent = {field: [text] if isinstance(text, str) else text for field, text in form.items()}
    values = values_of(check, subject.shown, sent)
    db.session.rollback()
    batch = quality.fill(OWNER, check, entity_id, subject.version, values)
    assert batch is not None
    return batch


@dataclass(frozen=True)
class Case:
    """What Discogs tells, and what a person types in."""

    facts: dict[str, Any]
    form: dict[str, Any]


CASES = {
    "year": Case({"year": None}, {"year": "1959"}),
    "country": Case({"country": ""}, {"country": "US"}),
    "genre": Case({"genres": ()}, {"genres": ["Jazz", "No Genre"]}),
    "number": Case({"labels": (LabelRecord("Columbia", "none", 1_866),)}, {"number": "CL 1355"}),
    "format": Case({"formats": (FormatRecord("CD", 1, ("LP",)),)}, {"format": "LP, Album"}),
    "tracks": Case({"tracks": ()}, {"tracks": "A1 So What 9:22\nA2 Blue In Green"}),
    "durations": Case({"tracks": (TrackRecord("So What", "A1"),)}, {"duration": ["9:22"]}),
}


@pytest.mark.parametrize("name", CASES)
def test_a_gap_of_a_record_is_found_and_what_fills_it_survives_a_sync(name: str) -> None:
    case = CASES[name]
    graded(detailed(**case.facts))
    assert open_gaps() == {"cover": 1, name: 1}

    batch = fill(name, **case.form)

    assert open_gaps() == {"cover": 1}
    sync(**case.facts)
    assert open_gaps() == {"cover": 1}
    edits.undo_batch(OWNER, batch)
    assert open_gaps() == {"cover": 1, name: 1}


def test_a_record_of_which_all_is_known_has_no_gap() -> None:
    release_id = detailed(discogs_id=7)
    graded(release_id)
    assert open_gaps() == {"cover": 1}
    digest = "0" * 64
    db.session.add(Image(sha256=digest, width=1, height=1, colour="#000000", bytes=1))
    db.session.flush()
    db.session.execute(update(Release).values(image_sha256=digest))
    shelf.refresh(OWNER, [release_id])
    db.session.commit()

    assert open_gaps() == {}


def test_what_discogs_was_not_asked_yet_is_no_gap() -> None:
    graded(listed(country="", genres=(), tracks=()))

    assert open_gaps() == {}
    assert queries.waiting(OWNER) == 1


def test_a_pressing_older_than_its_work_is_found() -> None:
    graded(detailed(master_discogs_id=5_460, year=1959))
    db.session.add(Master(discogs_id=5_460, year=1960))
    shelf.refresh(OWNER, list(db.session.scalars(select(Release.id))))
    db.session.commit()

    assert open_gaps() == {"cover": 1, "too-early": 1}
    fill("too-early", year="1960")
    assert open_gaps() == {"cover": 1}


def test_the_later_of_two_records_with_one_barcode_is_found_however_it_is_written() -> None:
    graded(detailed())
    graded(detailed(discogs_id=99, identifiers=(IdentifierRecord("Barcode", "5012394144777", ""),)))
    graded(detailed(discogs_id=98, identifiers=(IdentifierRecord("Barcode", "1234", ""),)))
    assert open_gaps() == {"cover": 3, "barcode": 1}

    batch = fill("barcode", barcode="5012394144777")

    assert open_gaps() == {"cover": 3}
    edits.undo_batch(OWNER, batch)
    assert open_gaps() == {"cover": 3, "barcode": 1}


def test_an_ungraded_copy_is_found_until_record_and_sleeve_are_graded() -> None:
    detailed()
    assert open_gaps() == {"cover": 1, "grade": 1}

    fill("grade", media_condition="Mint (M)")
    assert open_gaps() == {"cover": 1, "grade": 1}
    fill("grade", sleeve_condition="Not Graded")

    assert open_gaps() == {"cover": 1}
    listed()
    assert open_gaps() == {"cover": 1}


def test_a_copy_in_no_folder_is_found_where_there_are_folders() -> None:
    graded(detailed())
    assert "folder" not in open_gaps()
    own_folders.make_folder(OWNER, "Jazz")

    assert open_gaps() == {"cover": 1, "folder": 1}
    fill("folder", folder=["Jazz", ""])
    assert open_gaps() == {"cover": 1}


def test_the_first_folder_is_a_question_to_all_copies_and_without_folders_there_is_none() -> None:
    one, two = detailed(), detailed(discogs_id=2, identifiers=())
    graded(one)
    graded(two)
    assert open_gaps() == {"cover": 2}

    own_folders.move_copy(OWNER, the_copy(one), "Jazz")
    assert open_gaps() == {"cover": 2, "folder": 1}

    own_folders.delete_folder(OWNER, db.session.scalars(JAZZ).one())
    assert open_gaps() == {"cover": 2}


def test_the_second_copy_of_a_record_is_found_until_a_note_tells_why() -> None:
    release_id = detailed()
    first = db.session.get_one(Copy, the_copy(release_id))
    second = Copy(owner_id=OWNER, release_id=release_id, folder_id=first.folder_id, source="hand")
    db.session.add(second)
    db.session.flush()
    second_id = second.id
    graded(release_id)
    assert open_gaps() == {"cover": 1, "twice": 1}
    assert entity_of("twice") == second_id

    fill("twice", notes="For the car")

    assert open_gaps() == {"cover": 1}


def test_a_bare_name_is_found_where_discogs_knows_it_and_merged_into_that_page() -> None:
    graded(detailed())
    graded(detailed(discogs_id=99, artists=(CreditRecord("miles davis", None),), identifiers=()))
    assert open_gaps() == {"cover": 2, "name": 1}
    bare = entity_of("name")
    _this, known = queries.namesakes(OWNER, bare)
    assert (known.discogs_id, known.titles) == (23_755, ["Kind Of Blue (1959)"])

    quality.merge(OWNER, bare, known.id)

    assert open_gaps() == {"cover": 2}
    artist_pages.take_apart(OWNER, bare)
    assert open_gaps() == {"cover": 2, "name": 1}


def test_a_bare_name_is_found_as_soon_as_its_namesake_of_discogs_arrives() -> None:
    graded(detailed(discogs_id=99, artists=(CreditRecord("miles davis", None),), identifiers=()))
    assert open_gaps() == {"cover": 1}

    graded(detailed())

    assert open_gaps() == {"cover": 2, "name": 1}


def test_nobody_but_a_namesake_is_merged_with() -> None:
    graded(detailed())
    graded(detailed(discogs_id=99, artists=(CreditRecord("miles davis", None),)))
    stranger = db.session.scalars(select(Artist.id).where(Artist.name == "Bill Evans")).one()
    bare = entity_of("name")

    with pytest.raises(InvalidInputError):
        quality.merge(OWNER, bare, stranger)


def test_later_comes_back_after_a_month_and_never_does_not() -> None:
    detailed()
    cover, grade = (BY_NAME[name] for name in ("cover", "grade"))
    quality.leave(OWNER, cover, entity_of("cover"), "never")
    quality.leave(OWNER, grade, entity_of("grade"), "later")
    assert open_gaps() == {}

    past = utcnow() - timedelta(days=1)
    db.session.execute(
        update(QualityVerdict).where(QualityVerdict.verdict == "later").values(until=past)
    )
    db.session.commit()

    assert open_gaps() == {"grade": 1}
    listed()
    assert open_gaps() == {"grade": 1}


def test_a_verdict_is_taken_back() -> None:
    detailed()
    verdict = quality.leave(OWNER, BY_NAME["cover"], entity_of("cover"), "never")
    assert verdict is not None

    quality.take_back_verdict(OWNER, verdict)

    assert "cover" in open_gaps()
    with pytest.raises(NotFoundError):
        quality.take_back_verdict(OWNER, verdict)


def test_a_gap_that_is_filled_already_needs_no_verdict() -> None:
    release_id = detailed()

    assert quality.leave(OWNER, BY_NAME["year"], release_id, "never") is None
    with pytest.raises(NotFoundError):
        quality.leave(OWNER, BY_NAME["year"], 10**15, "never")


def test_what_somebody_else_filled_meanwhile_is_not_overwritten() -> None:
    release_id = detailed(year=None)
    seen = open_subject("release", OWNER, release_id).version
    fill("year", year="1959")

    with pytest.raises(StaleDocumentError):
        quality.fill(OWNER, BY_NAME["year"], release_id, seen, {"year": 1960})


def test_a_copy_that_is_put_away_takes_its_gaps_along() -> None:
    release_id = detailed(year=None)
    copy_id = the_copy(release_id)
    assert {"year", "grade"} <= open_gaps().keys()

    change_copy(release_id, removed_at=utcnow(), removed_by="person")

    assert open_gaps() == {}
    copies.put_back(db.session.get_one(Copy, copy_id))
    shelf.refresh(OWNER, [release_id])
    db.session.commit()
    assert {"year", "grade"} <= open_gaps().keys()


def test_what_is_open_is_noted_once_a_day() -> None:
    detailed(year=None)
    quality.count(OWNER)
    fill("year", year="1959")

    ((_day, counted),) = queries.counts_by_day(OWNER).items()

    assert counted == {check.name: 0 for check in CHECKS} | {"cover": 1, "grade": 1}
    assert queries.open_now(OWNER) == 2


def test_a_day_on_which_nobody_looks_is_counted_for_those_who_looked_before(world: Flask) -> None:
    detailed()
    count_gaps(world)
    assert queries.counts_by_day(OWNER) == {}
    quality.count(OWNER)
    yesterday = utcnow().date() - timedelta(days=1)
    db.session.execute(update(QualityCount).values(day=yesterday))
    db.session.commit()

    count_gaps(world)
    count_gaps(world)

    days = queries.counts_by_day(OWNER)
    assert [sum(days[day].values()) for day in (yesterday, utcnow().date())] == [2, 2]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("year", {"year": "59"}),
        ("year", {"year": "٢٠٠٠"}),
        ("year", {}),
        ("genre", {"genres": ["Polka"]}),
        ("durations", {"duration": ["long"]}),
        ("durations", {"duration": [""]}),
        ("grade", {"media_condition": "Fine"}),
        ("grade", {}),
        ("folder", {"folder": ["", ""]}),
        ("country", {"country": "x" * 5_000}),
        ("format", {"format": ""}),
    ],
)
def test_what_makes_no_sense_is_refused(name: str, form: dict[str, Any]) -> None:
    detailed(year=None, genres=(), country="", tracks=(TrackRecord("So What", "A1"),))
    check = BY_NAME[name]
    entity_id = entity_of("grade") if check.entity == "copy" else entity_of("cover")
    shown = open_subject(check.entity, OWNER, entity_id).shown

    with pytest.raises(InvalidInputError):
        values_of(check, shown, {key: [v] if isinstance(v, str) else v for key, v in form.items()})
