"""One page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`rows` of `total`: page `number` of `pages`, counted from 1."""

    rows: Sequence[T]
    total: int
    number: int
    pages: int


def place(total: int, wanted: int, per_page: int) -> tuple[int, int]:
    """(page number, pages) for a list of `total`: the nearest page there is to the one wanted."""
    pages = max(1, -(-total // per_page))
    return min(max(wanted, 1), pages), pages


@dataclass(frozen=True, slots=True)
class Place(Generic[T]):
    """Where something stands in a list: `number` of `total`, and those beside it: mostly our ids.

    `number` is None once it no longer fits the list; those beside it may be known even then.
    """

    number: int | None
    total: int
    before: T | None
    after: T | None


class Stop(NamedTuple):
    """A record in a list of records of several kinds; by `at` its place there is found again."""

    entity: str
    id: int
    at: int
