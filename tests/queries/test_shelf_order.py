"""Sets of copies in the order of a shelf, met from either end."""

from __future__ import annotations

import random
from collections.abc import Set

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.queries.shelf_order import ShelfOrder, bits_of

SHELF = random.Random(3).sample(range(1, 2_000), 400)


@given(
    st.sets(st.sampled_from(SHELF)),
    st.integers(0, 500),
    st.integers(1, 100),
    st.booleans(),
)
def test_a_part_is_cut_from_the_set_in_order(
    chosen: set[int], offset: int, limit: int, backwards: bool
) -> None:
    order = ShelfOrder(SHELF)
    wanted = [copy_id for copy_id in SHELF if copy_id in chosen]
    if backwards:
        wanted.reverse()

    part = order.part(bits_of(chosen), offset, limit, backwards=backwards)

    assert part == wanted[offset : offset + limit]


@pytest.mark.parametrize("few", [0, 1, 5, 19, 20, 21, 399, 400])
def test_a_set_of_any_size_is_walked_in_order(few: int) -> None:
    chosen = set(random.Random(few).sample(SHELF, few))

    walked = list(ShelfOrder(SHELF).among(bits_of(chosen)))

    assert walked == [copy_id for copy_id in SHELF if copy_id in chosen]


class _Library:
    """What copies are sorted by, and of how many somebody asked."""

    def __init__(self, keys: dict[int, tuple[str, int]]) -> None:
        self.keys, self.asked = keys, 0

    def order(self) -> ShelfOrder:
        return ShelfOrder(sorted(self.keys, key=self.keys.__getitem__))

    def keys_of(self, ids: Set[int]) -> dict[int, tuple[str, int]]:
        self.asked += len(ids)
        return {copy_id: self.keys[copy_id] for copy_id in ids}


_KEYS = st.dictionaries(st.integers(1, 300), st.text("abc", max_size=2), max_size=120)


@given(_KEYS, _KEYS, st.sets(st.integers(1, 300)))
def test_a_resorted_order_is_as_if_sorted_anew(
    before: dict[int, str], changes: dict[int, str], gone: set[int]
) -> None:
    after = {**before, **changes}
    library = _Library({copy_id: (name, copy_id) for copy_id, name in before.items()})
    order = library.order()
    library.keys = {copy_id: (name, copy_id) for copy_id, name in after.items()}
    shelf = bits_of(after.keys() - gone)

    resorted = order.resorted(changes.keys() | gone, shelf, library.keys_of)

    library.keys = {each: key for each, key in library.keys.items() if each not in gone}
    assert list(resorted.ids) == list(library.order().ids)


def test_to_resort_a_few_no_more_than_a_few_are_looked_at() -> None:
    names = random.Random(5).choices("abcdefgh", k=20_000)
    library = _Library({n: (name, n) for n, name in enumerate(names, start=1)})
    order, shelf = library.order(), bits_of(library.keys)

    assert order.resorted({77}, shelf, library.keys_of) is order  # it stays where it stood
    assert library.asked < 30

    library.asked, library.keys[77] = 0, ("zz", 77)
    assert order.resorted({77}, shelf, library.keys_of).ids[-1] == 77
    assert library.asked < 100


def test_an_empty_shelf_has_no_parts() -> None:
    assert ShelfOrder([]).part(0, 0, 60) == []
