"""What the lanes of one run tell each other: what is to be expected, and that all must stop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.jobs.gate import Gate
from app.jobs.news import News
from app.services.enrich.steps import Step


class Worker(Protocol):
    """A lane, as far as the others are concerned."""

    provider: str

    def is_working(self) -> bool:
        """Whether it is still at it."""

    def is_resting(self) -> bool:
        """Whether it sits out a pause just now."""

    def is_away(self) -> bool:
        """Whether it rests for longer yet than others wait for its answers."""

    def is_dry(self) -> bool:
        """Whether it has nothing in hand, and found nothing to do when it looked last."""

    def has_step(self, entity: str) -> bool:
        """Whether it asks about things of this kind."""


class Board:
    """One for each run. `ending` is why everybody leaves, once somebody has met a reason."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self.workers: list[Worker] = []
        self.ending: BaseException | None = None
        self.gate = Gate(self.must_stop)
        self.news = News()
        self._over: set[tuple[str, str]] = set()
        self._should_stop = should_stop

    def is_over(self, entity: str, provider: str) -> bool:
        """Whether there is nothing to wait for: that step has ended, is away or no part of it."""
        if (entity, provider) in self._over:
            return True
        worker = next((one for one in self.workers if one.provider == provider), None)
        return worker is None or worker.is_away() or not worker.has_step(entity)

    def close(self, step: Step) -> None:
        """Note that a step has come to its end."""
        self._over.add((step.entity, step.provider))
        self.news.tell(step.entity, step.provider)

    def must_stop(self) -> bool:
        """Whether everybody has to leave their work now."""
        return self.ending is not None or self._should_stop()

    def others_are_dry(self, worker: Worker) -> bool:
        """Whether nobody else has anything to do now but what may have killed its worker."""
        return all(
            other.is_dry() or other.is_resting() or not other.is_working()
            for other in self.workers
            if other is not worker
        )

    def others_work(self, worker: Worker) -> bool:
        """Whether anybody else is at work and not resting."""
        return any(
            other.is_working() and not other.is_resting()
            for other in self.workers
            if other is not worker
        )
