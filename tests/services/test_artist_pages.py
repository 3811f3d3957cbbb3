"""Two artists' pages made one, and taken apart again."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.records import CreditRecord
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Artist, Credit, Release
from app.services.artist_pages import merge, take_apart
from app.services.subjects import open_subject
from tests.listings import OWNER, listed

pytestmark = pytest.mark.usefixtures("app")


def put(discogs_id: int, *artists: tuple[str, int]) -> int:
    """A record by these artists; returns the release."""
    return listed(
        discogs_id=discogs_id, artists=tuple(CreditRecord(name, number) for name, number in artists)
    )


def artist(name: str) -> int:
    return db.session.execute(select(Artist.id).where(Artist.name == name)).scalar_one()


def credited(release_id: int) -> list[str]:
    """Whose pages show the record as theirs, in order."""
    names = (
        select(Artist.name)
        .join(Credit, Credit.artist_id == Artist.id)
        .where(Credit.release_id == release_id, Credit.role == "")
        .order_by(Credit.position)
    )
    return list(db.session.scalars(names))


def main_artist(release_id: int) -> str:
    release = db.session.get_one(Release, release_id, populate_existing=True)
    return db.session.get_one(Artist, release.artist_id).name


def test_records_of_a_merged_artist_stand_on_the_other_page(each_database: Flask) -> None:
    alias, own = put(1, ("AFX", 11)), put(2, ("Aphex Twin", 12))

    merge(OWNER, artist("AFX"), artist("Aphex Twin"))

    assert credited(alias) == credited(own) == ["Aphex Twin"]
    assert main_artist(alias) == "Aphex Twin"


def test_what_a_sync_brings_of_a_merged_artist_stands_there_too() -> None:
    put(1, ("AFX", 11))
    put(2, ("Aphex Twin", 12))
    merge(OWNER, artist("AFX"), artist("Aphex Twin"))

    assert credited(put(3, ("AFX", 11))) == ["Aphex Twin"]


def test_a_record_still_says_who_made_it() -> None:
    alias = put(1, ("AFX", 11))
    put(2, ("Aphex Twin", 12))
    merge(OWNER, artist("AFX"), artist("Aphex Twin"))

    (credit,) = open_subject("release", OWNER, alias).shown["artists"]
    assert (credit["name"], credit["discogs_id"]) == ("AFX", 11)


def test_taking_apart_undoes_a_merge_exactly(each_database: Flask) -> None:
    alias, own = put(1, ("AFX", 11)), put(2, ("Aphex Twin", 12))
    merge(OWNER, artist("AFX"), artist("Aphex Twin"))
    later = put(3, ("AFX", 11), ("Aphex Twin", 12))

    assert take_apart(OWNER, artist("AFX")) == artist("Aphex Twin")

    assert (credited(alias), credited(own)) == (["AFX"], ["Aphex Twin"])
    assert credited(later) == ["AFX", "Aphex Twin"]
    assert main_artist(later) == "AFX"


def test_a_page_made_of_two_moves_whole_and_comes_back_whole(each_database: Flask) -> None:
    first, second = put(1, ("A", 1)), put(2, ("B", 2))
    put(3, ("C", 3))
    merge(OWNER, artist("A"), artist("B"))
    merge(OWNER, artist("B"), artist("C"))
    assert credited(first) == credited(second) == ["C"]

    take_apart(OWNER, artist("B"))

    assert credited(first) == credited(second) == ["B"]
    take_apart(OWNER, artist("A"))
    assert (credited(first), credited(second)) == (["A"], ["B"])


def test_no_page_becomes_part_of_itself() -> None:
    put(1, ("A", 1))
    put(2, ("B", 2))
    merge(OWNER, artist("A"), artist("B"))

    with pytest.raises(InvalidInputError):
        merge(OWNER, artist("B"), artist("A"))
    with pytest.raises(InvalidInputError):
        merge(OWNER, artist("A"), artist("A"))
    with pytest.raises(NotFoundError):
        take_apart(OWNER, artist("B"))
