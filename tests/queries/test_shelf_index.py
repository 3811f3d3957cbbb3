"""The collection in memory: whatever changed, the mended index equals one built anew."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import ColumnElement, literal, select, update

from app.extensions import db
from app.models import Copy, Release
from app.queries import put_away
from app.queries.shelf_index import ShelfIndex, _built, shelf_index
from app.queries.shelf_order import bits_of, ids_of
from app.services import copies, curate, sample_shelf, shelf, trash
from tests.shelves import OWNER, put_on_shelf


@given(st.sets(st.integers(1, 5000)))
def test_a_set_of_copies_comes_back_as_it_went_in(ids: set[int]) -> None:
    assert list(ids_of(bits_of(ids))) == sorted(ids)
    assert bits_of(ids).bit_count() == len(ids)


def test_after_any_change_the_index_is_as_if_built_anew(each_database: Flask) -> None:
    formats = ["LP, Album", "CD", '7"', "2xLP, RE"]
    put_on_shelf(
        *(
            {
                "Title": f"Record {n}",
                "Artist": f"{chr(65 + n % 26)} Band",
                "Format": formats[n % 4],
                "Released": 1950 + n,
                "CollectionFolder": f"Folder {n % 3}",
            }
            for n in range(60)
        )
    )
    chance = random.Random(7)
    shelf_index(OWNER)
    for step in range(25):
        _change_something(chance, step)

        assert _sets(shelf_index(OWNER)) == _sets(_built(OWNER, 0))


def test_after_any_change_every_order_is_as_if_read_anew(each_database: Flask) -> None:
    put_on_shelf(
        *(
            {
                "Title": f"Record {n % 40}",
                "Artist": f"{chr(65 + n % 26)} Band",
                "Released": 1950 + n % 60,
                "Date Added": f"2020-01-{1 + n % 28:02} 10:00:00" if n % 9 else "",
            }
            for n in range(400)
        )
    )
    chance = random.Random(11)
    _orders(shelf_index(OWNER))
    for step in range(24):
        _change_something(chance, step)
        index = shelf_index(OWNER)
        if step % 4 != 2:  # else two changes before anybody asks for an order
            assert _orders(index) == _orders(_built(OWNER, 0))


def test_a_change_of_one_copy_reads_no_order_anew(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_shelf(*({"Title": f"Record {n}", "Artist": f"Band {n:03}"} for n in range(200)))
    _orders(shelf_index(OWNER))
    monkeypatch.setattr("app.queries.shelf_index.read_order", None)
    _file_under("zz", Copy.id == 50)

    assert _orders(shelf_index(OWNER))["artist 0"][-1] == 50


def test_what_is_emptied_out_of_the_trash_is_known_no_more(
    each_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_shelf(*({"Title": f"Record {n}", "Artist": f"Band {n:03}"} for n in range(200)))
    _orders(shelf_index(OWNER))
    for copy_id in (3, 5):
        copies.remove_copy(OWNER, copy_id)
    assert put_away.away_count(shelf_index(OWNER)) == 2
    monkeypatch.setattr("app.queries.shelf_index.read_shelf", None)  # no need to build it anew

    trash.empty(OWNER, [3])

    index = shelf_index(OWNER)
    assert put_away.away_count(index) == 1
    assert list(ids_of(index.all)) == sorted(_orders(index)["artist 0"])
    assert index.all.bit_count() == 198


def test_an_order_is_read_anew_where_the_table_has_moved_on(each_database: Flask) -> None:
    put_on_shelf(*({"Title": f"Record {n}", "Artist": f"Band {n:03}"} for n in range(200)))
    _orders(shelf_index(OWNER))
    _file_under("zz", Copy.id == 50)
    index = shelf_index(OWNER)

    # Somebody else's commit, which PostgreSQL shows to whoever has made their index before it.
    _file_under("a ", Copy.id > 100)

    assert _orders(index) == _orders(_built(OWNER, 0))


def _file_under(name: str, which: ColumnElement[bool]) -> None:
    version = shelf.next_version(OWNER)
    there = update(Copy).where(which).values(changed_in=version)
    db.session.execute(there.values(sort_artist=literal(name) + Copy.sort_artist))
    db.session.commit()


def _orders(index: ShelfIndex) -> dict[str, list[int]]:
    ways = [(sort, turned) for sort in ("artist", "title", "year", "added") for turned in (0, 1)]
    walked = {}
    for sort, turned in ways:
        order, backwards = index.in_order(sort, descending=bool(turned))
        walked[f"{sort} {turned}"] = list(order.among(index.all, backwards=backwards))
    return walked


def _change_something(chance: random.Random, step: int) -> None:
    copy = chance.choice(db.session.scalars(select(Copy).order_by(Copy.id)).all())
    if step % 3 == 0:
        release = db.session.get_one(Release, copy.release_id)
        text = f'{{"year": {1900 + step}, "genres": ["Genre {step % 2}"], "country": "UK"}}'
        curate.save("release", OWNER, release.id, release.version, text)
    elif copy.removed_at is None:
        copies.remove_copy(OWNER, copy.id)
    else:
        copies.restore_copy(OWNER, copy.id)
    if step % 7 == 0:
        put_on_shelf({"Title": f"Late {step}", "release_id": 9000 + step})


def _sets(index: ShelfIndex) -> dict[str, dict[object, list[int]]]:
    return {
        "all": {"": list(ids_of(index.all))},
        **{
            facet: {value: list(ids_of(bits)) for value, bits in values.items()}
            for facet, values in index.sets.items()
        },
    }


def test_an_index_in_use_does_not_change_under_its_reader(app: Flask) -> None:
    put_on_shelf({"Title": "One"}, {"Title": "Two"})
    before = shelf_index(OWNER)
    seen = _sets(before)

    put_on_shelf({"Title": "Three", "release_id": 77})

    assert _sets(before) == seen
    assert shelf_index(OWNER).all.bit_count() == 3


@pytest.mark.parametrize("owner", [OWNER + 1])
def test_another_persons_index_is_empty(app: Flask, owner: int) -> None:
    put_on_shelf({"Title": "Mine"})

    assert shelf_index(owner).all == 0


def test_taking_the_sample_shelf_down_leaves_nothing_of_it(each_database: Flask) -> None:
    put_on_shelf({"Title": "Mine"})
    sample_shelf.load(OWNER)
    assert shelf_index(OWNER).all.bit_count() > 200

    sample_shelf.remove(OWNER)

    assert shelf_index(OWNER).all.bit_count() == 1
    assert _sets(shelf_index(OWNER)) == _sets(_built(OWNER, 0))
