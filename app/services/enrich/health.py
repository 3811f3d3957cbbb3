"""How the providers are: faults in a row, the circuit breaker, refusals. Nothing here commits.

After five faults in a row, and one more with another thing, a provider is left alone for a minute,
then twice as long each time, a quarter of an hour at most (docs/decisions/0006).
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Protocol

from sqlalchemy import true, update

from app.domain.pace import WAITED_FOR_SECONDS
from app.errors import OddAnswerError, ProviderError, RateLimitedError, RefusedError
from app.extensions import db
from app.models import ProviderHealth, ProviderPause
from app.models.base import utcnow
from app.services import provider_pauses
from app.services.put_row import put

FAULTS_BEFORE_A_REST = 5
# They may be the fault of five things and not of the provider: so long all calls stop, then one
# about another thing finds out.
MOMENT_SECONDS = 0.5
FIRST_REST_SECONDS = 60.0
LONGEST_REST_SECONDS = WAITED_FOR_SECONDS
# A day of them: what fails for longer than any outage may be at fault itself.
MOST_RESTS_OF_AN_OUTAGE = 100


class Answering(Protocol):
    """A client that counts its good answers."""

    @property
    def clock_skew(self) -> float | None:
        """By how many seconds its service's clock is ahead of ours."""

    def take_answers(self) -> int:
        """How many there were since this was last asked."""


def prepare(providers: Iterable[str]) -> None:
    """Have a row for each, before several threads want to write one."""
    for provider in providers:
        _row(provider)
    db.session.flush()


def succeeded(provider: str, calls: int, clock_skew: float | None = None) -> None:
    """Note so many good answers; whatever was wrong is over.

    `clock_skew`: by how many seconds its clock is ahead of ours.
    """
    row = _row(provider)
    row.clock_skew = row.clock_skew if clock_skew is None else clock_skew
    row.failures, row.opened, row.open_until, row.refusal = 0, 0, None, ""
    row.last_success_at = utcnow()
    _count(row, calls)


def note_answers(provider: str, client: Answering) -> None:
    """Note the good answers `client` had since this was last done; nothing if there were none."""
    if answers := client.take_answers():
        succeeded(provider, answers, client.clock_skew)


def failed(provider: str, error: ProviderError) -> float:
    """Note a fault; returns for how many seconds the provider is to be left alone now (0: not).

    Faults of calls that were under way when a rest began do not make it longer.
    """
    row = odd(provider, error)
    if isinstance(error, RefusedError):
        row.refusal = str(error)
        return 0.0
    if isinstance(error, RateLimitedError):
        return _pause(provider, error)
    row.failures += 1
    if row.failures < FAULTS_BEFORE_A_REST:
        return 0.0
    if (left := (row.open_until or 0.0) - time.time()) > 0:
        return left
    if row.failures == FAULTS_BEFORE_A_REST:
        rest = MOMENT_SECONDS
    else:
        rest = min(FIRST_REST_SECONDS * 2**row.opened, LONGEST_REST_SECONDS)
        row.opened += 1
    row.open_until = time.time() + rest
    return rest


def failed_elsewhere(error: ProviderError) -> None:
    """Note a fault of a call that no lane made: a sync's, or that of somebody who looks a thing up.

    What is odd or private is that thing's own, and a pause is kept by who paces the calls.
    """
    is_private = isinstance(error, RefusedError) and error.reason == "private"
    if is_private or isinstance(error, (OddAnswerError, RateLimitedError)):
        odd(error.provider, error)
    else:
        failed(error.provider, error)


def odd(provider: str, error: ProviderError) -> ProviderHealth:
    """Note a fault that is one thing's own and says nothing of the provider; returns its row."""
    row = _row(provider)
    kind = type(error).__name__.removesuffix("Error")
    row.errors = {**row.errors, kind: row.errors.get(kind, 0) + 1}
    row.last_failure_at, row.last_error = utcnow(), str(error)
    _count(row, 1)
    return row


def _count(row: ProviderHealth, calls: int) -> None:
    """Raise the count where it lies, at once: another raise before that would take its place."""
    row.calls = ProviderHealth.calls + calls
    db.session.flush()


def _pause(provider: str, error: RateLimitedError) -> float:
    """Keep a deadline the provider named, however far away; it outlives a restart."""
    wait = error.retry_after or FIRST_REST_SECONDS
    until = time.time() + wait
    db.session.flush()  # the health before the pause, as all threads write them
    provider_pauses.keep(db.session.connection(), provider, until, str(error))
    return wait


def rest_left(provider: str) -> float:
    """For how many seconds the provider is still to be left alone, since before a restart."""
    row = db.session.get(ProviderHealth, provider)
    pause = db.session.get(ProviderPause, provider)
    until = max(row.open_until or 0.0 if row else 0.0, pause.until if pause else 0.0)
    return max(until - time.time(), 0.0)


def is_doubtful(provider: str) -> bool:
    """Whether the provider was left alone and has not answered since, maybe before a restart."""
    row = db.session.get(ProviderHealth, provider)
    return row is not None and row.opened > 0


def is_out(provider: str) -> bool:
    """The same, as long as it is an outage: what it does not answer about is not at fault."""
    row = db.session.get(ProviderHealth, provider)
    return row is not None and 0 < row.opened <= MOST_RESTS_OF_AN_OUTAGE


def why_resting(provider: str) -> str:
    """What was wrong when the provider was last left alone, as a sentence."""
    row = db.session.get(ProviderHealth, provider)
    pause = db.session.get(ProviderPause, provider)
    if pause is not None and pause.until > max(time.time(), (row and row.open_until) or 0.0):
        return pause.reason
    return row.last_error if row else ""


def forgive(provider: str | None = None) -> None:
    """Give who refused us another chance: a person may have mended what was wrong.

    All of them, unless one is named.
    """
    whom = true() if provider is None else ProviderHealth.provider == provider
    db.session.execute(
        update(ProviderHealth)
        .where(whom)
        .values(refusal="", failures=0, opened=0, open_until=None)
        .execution_options(synchronize_session=False)
    )


def _row(provider: str) -> ProviderHealth:
    row = db.session.get(ProviderHealth, provider)
    if row is None:
        # Somebody else may find none at the same moment.
        nothing = {"failures": 0, "opened": 0, "refusal": "", "last_error": "", "calls": 0}
        new = {"provider": provider, **nothing, "errors": {}}
        put(db.session.connection(), ProviderHealth, ("provider",), new, changed=("provider",))
        row = db.session.get_one(ProviderHealth, provider)
    return row
