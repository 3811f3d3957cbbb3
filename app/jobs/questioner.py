"""Putting questions to one provider: claimed before, asked with no transaction open, and settled.

Answer and state go into one commit. What comes instead of an answer is judged by LaneFaults.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import OperationalError

from app.clients.http import once_more_if_odd
from app.errors import GatefoldError, OddAnswerError, ProviderError, RefusedError
from app.extensions import db
from app.jobs import keeping
from app.jobs.gate import Gate
from app.jobs.lane_faults import LaneFaults
from app.jobs.lane_notes import LaneNotes
from app.jobs.lane_pauses import Pauses
from app.services.enrich import work
from app.services.enrich.steps import Step
from app.services.enrich.work import Item
from app.services.runs import Lease, StoppedError


class Questioner:
    """Asks through `client` for all threads of a lane."""

    def __init__(
        self, lease: Lease, gate: Gate, provider: str, client: Any, pauses: Pauses
    ) -> None:
        self._lease, self._gate, self._client, self._pauses = lease, gate, client, pauses
        self._notes = LaneNotes(lease, provider, client)
        self._faults = LaneFaults(lease, provider, self._notes, pauses)

    def put(self, step: Step, items: list[Item], find: Callable[[list[Item]], Any]) -> bool:
        """Ask what `find` tells about those items that no other run has taken meanwhile. Commits.

        Returns whether a call was made. Raises RefusedError once that is written down, and what a
        person or another worker wants of the run: CancelledError, StoppedError, LostLeaseError.
        """
        began = time.monotonic()
        with self._gate.passed(alone=items[0].is_suspect):
            held = work.claim(items, self._lease, batch=step.batch)
            if not held:
                return False
            if self._pauses.knew(began):
                keeping.give_back(held)
                return False
            question = find(held)
            self._settle(step, held, question)
        return question is not None

    def say_last(self) -> None:
        """Write down what was not noted yet. Commits."""
        self._notes.note(at_once=True)
        db.session.commit()

    def _settle(self, step: Step, claimed: list[Item], question: Any) -> None:
        began = time.monotonic()
        try:
            answer = None if question is None else self._ask(step, question)
        except StoppedError:
            keeping.give_back(claimed)
            raise
        except OddAnswerError as error:
            if step.odd_is_its_own:
                self._faults.give_up(claimed, error)
            else:
                self._faults.cope(claimed, error, began)
        except ProviderError as error:
            self._faults.cope(claimed, error, began)
            if isinstance(error, RefusedError):
                raise
        except GatefoldError as error:
            self._faults.give_up(claimed, error)
        else:
            self._store(step, claimed, question, answer)

    def _ask(self, step: Step, question: Any) -> Any:
        if step.odd_is_its_own:
            return step.ask(self._client, question)
        return once_more_if_odd(lambda: step.ask(self._client, question))

    def _store(self, step: Step, items: list[Item], question: Any, answer: Any) -> None:
        """Write down what was answered; what could not be is let go, to be asked again."""
        if question is not None:
            self._notes.count_answer()
        try:
            keeping.patiently(lambda: self._store_now(step, items, question, answer))
        except OperationalError:
            db.session.rollback()
            keeping.give_back(items)
            raise

    def _store_now(self, step: Step, items: list[Item], question: Any, answer: Any) -> None:
        keeping.keep(step, items, question, answer)
        ending = self._notes.note(at_once=self._pauses.is_shaky)
        db.session.commit()
        if question is not None:
            self._pauses.answered()
        if ending is not None:
            raise ending
