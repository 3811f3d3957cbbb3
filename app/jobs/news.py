"""Which steps got on, for those that wait for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

Pair = tuple[str, str]


class News:
    """Counts, by entity and provider, how often a step got on. Safe for several threads.

    A count tells no more than whether it has changed: of two threads one may be lost.
    """

    def __init__(self) -> None:
        self._counts: Counter[Pair] = Counter()

    def tell(self, entity: str, provider: str) -> None:
        """This step settled something, or came to its end."""
        self._counts[entity, provider] += 1

    def now(self) -> dict[Pair, int]:
        """The counts as they stand."""
        return dict(self._counts)

    def differ(self, seen: Mapping[Pair, int]) -> bool:
        """Whether any of the steps in `seen` got on since."""
        return any(self._counts[pair] != count for pair, count in seen.items())
