from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app.domain.filters import BrowseFilter
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Crate
from app.models.base import utcnow
from app.queries import browse, facets, piles
from app.queries.matching_copies import matching
from app.queries.shelf_index import shelf_index
from app.services import crates, own_tags
from app.services.copies import remove_copy, restore_copy
from tests.csv_shelf import OWNER, shelve_many, strangers_copy

TONIGHT = BrowseFilter(crate=("Tonight",), sort="crate")


def wall(wanted: BrowseFilter) -> list[int]:
    return [row.copy_id for row in browse.page(OWNER, wanted).rows]


def test_a_crate_is_a_part_of_the_collection_in_its_own_order(each_database: Flask) -> None:
    one, two, three, other = shelve_many(4)

    crate = crates.make(OWNER, "Tonight", copy_ids=[three, one])
    assert wall(TONIGHT) == [three, one]
    crates.put_in(OWNER, crate, [two, one])

    assert wall(TONIGHT) == [three, one, two]
    assert sorted(wall(BrowseFilter(crate=("tonight",)))) == [one, two, three]
    assert other not in wall(TONIGHT)
    backwards = BrowseFilter(crate=("Tonight",), sort="crate", descending=True)
    assert wall(backwards) == [two, one, three]


def test_copies_move_to_another_place_of_a_crate(each_database: Flask) -> None:
    one, two, three, four = shelve_many(4)
    crate = crates.make(OWNER, "Tonight", copy_ids=[one, two, three, four])

    crates.move(OWNER, crate, three, "up")
    assert wall(TONIGHT) == [one, three, two, four]
    crates.move(OWNER, crate, one, "down")
    assert wall(TONIGHT) == [three, one, two, four]
    crates.move(OWNER, crate, four, "first")
    crates.move(OWNER, crate, four, "up")
    assert wall(TONIGHT) == [four, three, one, two]
    crates.move(OWNER, crate, three, "last")
    assert wall(TONIGHT) == [four, one, two, three]
    crates.put_beside(OWNER, crate, three, four, after=True)
    assert wall(TONIGHT) == [four, three, one, two]
    crates.put_beside(OWNER, crate, two, 999_999, after=True)
    crates.move(OWNER, crate, two, "sideways")
    assert wall(TONIGHT) == [four, three, one, two]


def test_a_copy_moves_past_one_that_was_put_away(each_database: Flask) -> None:
    one, two, three = shelve_many(3)
    crate = crates.make(OWNER, "Tonight", copy_ids=[one, two, three])
    remove_copy(OWNER, two)

    crates.move(OWNER, crate, three, "up")

    assert wall(TONIGHT) == [three, one]
    restore_copy(OWNER, two)
    assert wall(TONIGHT) == [three, one, two]


def test_what_is_taken_out_stays_on_the_shelf(each_database: Flask) -> None:
    one, two = shelve_many(2)
    crate = crates.make(OWNER, "Tonight", copy_ids=[one, two])
    assert wall(TONIGHT) == [one, two]

    crates.take_out(OWNER, crate, [one])

    assert wall(TONIGHT) == [two]
    assert sorted(wall(BrowseFilter())) == [one, two]


def test_a_deleted_crate_comes_back_as_it_was(each_database: Flask) -> None:
    one, two = shelve_many(2)
    crate = crates.make(OWNER, "Tonight", "Loud", copy_ids=[two, one])

    assert crates.delete_crate(OWNER, crate) == "Tonight"
    assert wall(TONIGHT) == []
    assert [gone.name for gone in piles.deleted(OWNER)] == ["Tonight"]
    crates.bring_back(OWNER, crate)

    assert wall(TONIGHT) == [two, one]
    assert crates.get(OWNER, crate).note == "Loud"


def test_a_crate_deleted_long_ago_is_gone(each_database: Flask) -> None:
    old, fresh = crates.make(OWNER, "Old"), crates.make(OWNER, "Fresh")
    crates.delete_crate(OWNER, old)
    long_ago = utcnow() - timedelta(days=31)
    db.session.execute(update(Crate).where(Crate.id == old).values(removed_at=long_ago))
    db.session.commit()

    crates.delete_crate(OWNER, fresh)

    with pytest.raises(NotFoundError):
        crates.bring_back(OWNER, old)
    assert crates.bring_back(OWNER, fresh) == "Fresh"


def test_two_crates_do_not_share_a_name_in_whatever_case(each_database: Flask) -> None:
    first = crates.make(OWNER, "Über")
    second = crates.make(OWNER, "Other")

    with pytest.raises(InvalidInputError, match="Über"):
        crates.make(OWNER, " über ")
    with pytest.raises(InvalidInputError):
        crates.change(OWNER, second, "ÜBER", "")
    with pytest.raises(InvalidInputError):
        crates.make(OWNER, ' \n" ')
    crates.change(OWNER, first, "über", "now small")
    assert crates.get(OWNER, first).name == "über"


def test_the_name_of_a_deleted_crate_is_free(each_database: Flask) -> None:
    one, two = shelve_many(2)
    crates.delete_crate(OWNER, crates.make(OWNER, "Tonight", copy_ids=[one]))

    crates.put_in_by_name(OWNER, "tonight", [two])

    assert wall(TONIGHT) == [two]
    assert piles.deleted(OWNER) == []


def test_a_renamed_crate_is_found_by_its_new_name_only(each_database: Flask) -> None:
    (one,) = shelve_many(1)
    crate = crates.make(OWNER, "Tonight", copy_ids=[one])
    assert wall(TONIGHT) == [one]

    crates.change(OWNER, crate, "Tomorrow", "")

    assert wall(TONIGHT) == []
    assert wall(BrowseFilter(crate=("Tomorrow",))) == [one]


def test_crates_and_copies_of_others_are_out_of_reach(each_database: Flask) -> None:
    (mine,) = shelve_many(1)
    theirs = strangers_copy()
    crate = crates.make(OWNER, "Tonight", copy_ids=[mine, theirs, 999_999])

    assert wall(TONIGHT) == [mine]
    assert own_tags.tag(OWNER, [theirs, mine], "loud") == ["loud"]
    assert wall(BrowseFilter(tag=("loud",))) == [mine]
    assert theirs not in piles.of_copies(OWNER, [theirs])
    with pytest.raises(NotFoundError):
        crates.get(OWNER + 1, crate)
    with pytest.raises(NotFoundError):
        crates.bring_back(OWNER + 1, crate)


def test_tags_are_words_of_ones_own_that_narrow_the_shelf(each_database: Flask) -> None:
    one, two, three = shelve_many(3)

    assert wall(BrowseFilter(tag=("party",))) == []
    own_tags.tag(OWNER, [one, two], "to clean, Party,  to   CLEAN ")
    assert own_tags.tag(OWNER, [three], "PARTY") == ["Party"]

    found = matching(OWNER, BrowseFilter(tag=("party",)))
    assert sorted(wall(BrowseFilter(tag=("party",)))) == [one, two, three]
    assert sorted(wall(BrowseFilter(tag=("To Clean",)))) == [one, two]
    choices = {v.value: v.count for v in facets.counts(BrowseFilter(), found)["tag"]}
    assert choices == {"Party": 3, "to clean": 2}


def test_a_tag_nothing_carries_any_more_is_no_tag(each_database: Flask) -> None:
    one, two = shelve_many(2)
    own_tags.tag(OWNER, [one, two], "loud")
    tag_id = piles.of_copies(OWNER, [one])[one].tags[0].id

    own_tags.untag(OWNER, [one], tag_id)
    assert wall(BrowseFilter(tag=("loud",))) == [two]
    own_tags.untag(OWNER, [two], tag_id)

    assert piles.tags(shelf_index(OWNER)) == []


def test_a_renamed_tag_is_found_by_its_new_name_only(each_database: Flask) -> None:
    one, two, other = shelve_many(3)
    own_tags.tag(OWNER, [one, two], "to clean")
    own_tags.tag(OWNER, [other], "loud")
    tag = piles.of_copies(OWNER, [one])[one].tags[0].id
    assert sorted(wall(BrowseFilter(tag=("to clean",)))) == [one, two]

    assert own_tags.rename_tag(OWNER, tag, " To   Wash ") == "To Wash"

    assert sorted(wall(BrowseFilter(tag=("to wash",)))) == [one, two]
    assert wall(BrowseFilter(tag=("to clean",))) == []
    assert own_tags.rename_tag(OWNER, tag, "TO WASH") == "TO WASH"
    for typed in ("LOUD", "", "a, b"):
        with pytest.raises(InvalidInputError):
            own_tags.rename_tag(OWNER, tag, typed)
    assert [each.name for each in piles.tags(shelf_index(OWNER))] == ["loud", "TO WASH"]


def test_a_deleted_tag_is_off_every_copy_and_other_tags_stay(each_database: Flask) -> None:
    one, two = shelve_many(2)
    own_tags.tag(OWNER, [one, two], "by mistake, loud")
    tag = piles.of_copies(OWNER, [one])[one].tags[0].id
    assert sorted(wall(BrowseFilter(tag=("by mistake",)))) == [one, two]

    assert own_tags.delete_tag(OWNER, tag) == "by mistake"

    assert wall(BrowseFilter(tag=("by mistake",))) == []
    assert sorted(wall(BrowseFilter(tag=("loud",)))) == [one, two]
    with pytest.raises(NotFoundError):
        own_tags.delete_tag(OWNER, tag)


@pytest.mark.parametrize("typed", ["", " , ,", ", ".join(f"tag {n}" for n in range(21))])
def test_no_tag_or_too_many_are_refused(app: Flask, typed: str) -> None:
    (one,) = shelve_many(1)

    with pytest.raises(InvalidInputError):
        own_tags.tag(OWNER, [one], typed)


def test_the_page_of_crates_takes_the_same_statements_for_many(each_database: Flask) -> None:
    ids = shelve_many(8)
    crates.make(OWNER, "First", copy_ids=ids[:1])
    own_tags.tag(OWNER, ids[:1], "one")
    few = _statements()
    for number in range(12):
        crates.make(OWNER, f"Crate {number}", copy_ids=ids)
    own_tags.tag(OWNER, ids, "one, two, three")

    shelf_index(OWNER)

    assert _statements() == few
    cards = piles.crates(OWNER, shelf_index(OWNER))
    assert [card.count for card in cards] == [8] * 12 + [1]
    assert all(len(card.sleeves) == 4 for card in cards[:12])


def _statements() -> int:
    index = shelf_index(OWNER)
    index.words_of_piles.clear()
    seen: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    piles.crates(OWNER, index)
    piles.tags(index)
    piles.of_copies(OWNER, [row.copy_id for row in browse.page(OWNER, BrowseFilter()).rows])
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)


def test_the_search_box_knows_crates_and_tags_by_name() -> None:
    args = {"q": 'crate:"For Sale" tag:loud miles', "sort": "crate"}

    class Args(dict[str, str]):
        def getlist(self, key: str) -> list[str]:
            return [self[key]] if key in self else []

    wanted = BrowseFilter.from_args(Args(args))

    assert (wanted.crate, wanted.tag, wanted.q) == (("For Sale",), ("loud",), "miles")
    assert wanted.sort == "crate"
    assert BrowseFilter.from_args(Args(sort="crate")).sort == "artist"


def test_emptying_the_trash_of_crates_leaves_the_copies(each_database: Flask) -> None:
    (one,) = shelve_many(1)
    crates.delete_crate(OWNER, crates.make(OWNER, "Tonight", copy_ids=[one]))
    crates.make(OWNER, "Tonight")

    assert wall(BrowseFilter()) == [one]
    assert db.session.scalars(select(Crate.name)).all() == ["Tonight"]
