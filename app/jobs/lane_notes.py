"""What a lane writes down beside its answers: how its provider is, and that the run gets on."""

from __future__ import annotations

import time
from typing import Any

from app.errors import ProviderError, RateLimitedError, RefusedError
from app.services import runs
from app.services.enrich import health
from app.services.runs import CancelledError, Lease, StoppedError

NOTES_EVERY_SECONDS = 2.0


class LaneNotes:
    """The notes of one lane. Nothing here commits."""

    def __init__(self, lease: Lease, provider: str, client: Any) -> None:
        self._lease, self._provider, self._client = lease, provider, client
        self._answers, self._noted_at = 0, 0.0

    def count_answer(self) -> None:
        """One more call was answered as it should be."""
        self._answers += 1

    def note(self, *, at_once: bool) -> CancelledError | StoppedError | None:
        """Say now and then that calls succeed and the run gets on; always that it is still ours.

        `at_once`: say all of it now. Returns what to raise after the commit, if a person asked to
        stop or to pause. Raises LostLeaseError.
        """
        now = time.monotonic()
        is_due = at_once or now - self._noted_at >= NOTES_EVERY_SECONDS
        ending = runs.check(self._lease, to_write=is_due)
        if ending or not is_due:
            return ending
        self._noted_at = now
        self._note_answers()
        runs.progress(self._lease)
        return None

    def note_fault(self, error: ProviderError, *, is_news: bool) -> float:
        """Count a fault; returns for how many seconds the provider is to be left alone now.

        `is_news`: whether it says anything of the provider that is not known.
        """
        self._note_answers()
        if is_news or isinstance(error, (RateLimitedError, RefusedError)):
            return health.failed(self._provider, error)
        health.odd(self._provider, error)
        return 0.0

    def _note_answers(self) -> None:
        if self._answers:
            skew = getattr(self._client, "clock_skew", None)
            health.succeeded(self._provider, self._answers, skew)
            self._answers = 0
