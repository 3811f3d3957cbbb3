"""What an answer that is none means: for the things asked for, and for the provider's lane."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from app.errors import (
    GatefoldError,
    OddAnswerError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from app.extensions import db
from app.jobs.lane_notes import LaneNotes
from app.jobs.lane_pauses import Pauses
from app.services import runs
from app.services.enrich import health, work
from app.services.enrich.work import Item
from app.services.runs import Lease

log = structlog.get_logger(__name__)


class LaneFaults:
    """The faults of one lane. Everything here commits.

    What a person asked for meanwhile (to stop, to pause) is raised afterwards.
    """

    def __init__(self, lease: Lease, provider: str, notes: LaneNotes, pauses: Pauses) -> None:
        self._lease, self._provider, self._notes, self._pauses = lease, provider, notes, pauses

    def give_up(self, items: Sequence[Item], error: GatefoldError) -> None:
        """What came cannot be used, though the provider did what it should."""
        for item in items:
            work.fail(item, str(error), again=False)
        ending = runs.check(self._lease, to_write=True)
        if isinstance(error, OddAnswerError):
            health.odd(self._provider, error)
        db.session.commit()
        if ending is not None:
            raise ending

    def cope(self, items: Sequence[Item], error: ProviderError, began: float) -> None:
        """Put these off, or give them up; the lane rests if the provider is not well.

        `began` is when the call left.
        """
        log.info("lane_fault", kind=type(error).__name__, reason=str(error))
        self._pauses.stumble()
        if isinstance(error, (RateLimitedError, RefusedError)) or self._is_an_outage(error):
            work.let_go(items)
        else:
            # One odd thing spoils a whole batch: all of it is put off, and fails if it stays so.
            again = len(items) > 1 or isinstance(error, UnavailableError)
            for item in items:
                work.fail(item, str(error), again=again)
        # The run before the health, as in the notes: two threads must not wait for each other.
        ending = runs.check(self._lease, to_write=True)
        rest = self._notes.note_fault(error, is_news=self._is_news(items, began))
        if rest > 0 and not isinstance(error, RefusedError):
            # Before others may write again: they look whether it rests once they hold their items.
            self._pauses.rest(str(error), rest)
        db.session.commit()
        if ending is not None:
            raise ending

    def _is_an_outage(self, error: ProviderError) -> bool:
        """Whether the call only found out that the provider is still away."""
        return isinstance(error, UnavailableError) and health.is_out(self._provider)

    def _is_news(self, items: Sequence[Item], began: float) -> bool:
        """Whether a fault of a call that `began` then says anything new of the provider.

        It does not if the call left before the last rest, or if these things failed before while
        others succeed.
        """
        failed_before = all(item.attempts > 1 for item in items) and not self._pauses.is_shaky
        return not failed_before and not self._pauses.knew(began)
