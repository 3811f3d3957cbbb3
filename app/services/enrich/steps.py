"""What a step of the enrichment job is: one question to one provider about one kind of thing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from typing import Any, ClassVar

from app.services.enrich.work import Item, Outcome
from app.services.workplace import Workplace

IsOver = Callable[[str, str], bool]
Outcomes = Mapping[str, Outcome]


class Step(ABC):
    """A question to `provider` about things of kind `entity`, `batch` of them in one call.

    A lane works on it in three parts, so that no transaction is open while a provider is called:
    `look` reads what the question needs, `ask` calls, `keep` stores facts and says what became of
    each item. Subclasses say in `keep` what is stored; the states are written with it, in one
    commit.
    """

    provider: ClassVar[str]
    entity: ClassVar[str]
    batch: ClassVar[int] = 1
    # Calls a run may make per distinct release on the shelf; None for as many as there is work.
    allowance: ClassVar[float | None] = None
    # How many items to look at together, to find those nobody need be asked about.
    glance: ClassVar[int] = 1
    # Whether what was found is asked for again once it is due; else it stays as it is.
    renews: ClassVar[bool] = False
    # Steps (entity, provider) that lead to what this one asks for. What it found nothing for before
    # they had an answer gets a second look.
    builds_on: ClassVar[tuple[tuple[str, str], ...]] = ()
    # The states in which it may have been left too early.
    unsure: ClassVar[tuple[str, ...]] = ("none",)
    # Whether an odd answer is the fault of the thing asked for, and tells nothing of the provider.
    odd_is_its_own: ClassVar[bool] = False

    def __init__(self, owner_id: int, workplace: Workplace) -> None:
        self.owner_id, self.workplace = owner_id, workplace
        # The keys of what is on this person's shelf; None for all of the list, which all share.
        self.scope: Container[str] | None = None

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Which of `items` may be asked for now; all, unless a step needs another one's answers.

        `is_over(entity, provider)` tells whether that other step has come to its end in this run,
        for whatever reason: then there is nothing more to wait for.
        """
        return list(items)

    @abstractmethod
    def look(self, items: Sequence[Item]) -> Any:
        """What to ask, read from the database; None when nobody need be asked."""

    def look_each(self, items: Sequence[Item]) -> dict[str, Any]:
        """What to ask about each of several items that are asked for one by one."""
        return {item.key: self.look([item]) for item in items}

    @abstractmethod
    def ask(self, client: Any, question: Any) -> Any:
        """Call the provider. No database here. Raises the provider errors of app.errors."""

    @abstractmethod
    def keep(self, items: Sequence[Item], question: Any, answer: Any) -> Outcomes:
        """Store what was answered (None if nobody was asked); an outcome for each item's key.

        An item without one is taken as "nothing found". Does not commit.
        """

    def keep_known(self, items: Sequence[Item]) -> Outcomes:
        """As `keep`, for items nobody need be asked about."""
        return {
            key: outcome for item in items for key, outcome in self.keep([item], None, None).items()
        }

    def still_without(self, keys: Collection[str]) -> Collection[str]:
        """Which of these, settled too early, a second look may help; all, as a rule."""
        return keys

    def tidy(self, *, at_end: bool) -> None:  # noqa: B027
        """Clean up after some work, or after all of it; called while no transaction is open.

        May commit. Nothing to do, unless a step says otherwise.
        """
