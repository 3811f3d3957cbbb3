"""Sets of copies in the order of a shelf, met from either end."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.queries.shelf_index import bits_of
from app.queries.shelf_order import ShelfOrder

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


def test_an_empty_shelf_has_no_parts() -> None:
    assert ShelfOrder([]).part(0, 0, 60) == []
