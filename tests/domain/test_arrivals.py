"""Copies that came in together, as a word of an address."""

from __future__ import annotations

import pytest

from app.domain.arrivals import Arrivals, find_arrivals
from app.domain.filters import BrowseFilter


@pytest.mark.parametrize("arrivals", [Arrivals("csv", 12, 40), Arrivals("discogs", 7, None)])
def test_an_address_is_read_as_it_was_written(arrivals: Arrivals) -> None:
    assert find_arrivals(arrivals.address) == arrivals


@pytest.mark.parametrize(
    "text", ["", "csv", "csv-0-4", "hand-1-2", "csv-1", "csv-1-2-3", "csv-٣-4", "csv-1-" + "9" * 30]
)
def test_what_is_no_such_address_means_nothing(text: str) -> None:
    assert find_arrivals(text) is None
    assert BrowseFilter.from_args(Args(arrived=text)) == BrowseFilter()


def test_a_filter_says_where_the_new_ones_came_from_and_drops_it() -> None:
    wanted = BrowseFilter.from_args(Args(arrived="csv-12-40", genre="Jazz"))

    assert ("New from: a CSV file", "/collection?genre=Jazz") in wanted.chips()
    assert "arrived=csv-12-40" in wanted.url()


class Args(dict[str, str]):
    """The arguments of an address."""

    def __init__(self, **said: str) -> None:
        super().__init__(said)

    def getlist(self, key: str) -> list[str]:
        return [self[key]] if key in self else []
