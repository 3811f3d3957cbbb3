"""What could not be had: each thing a provider failed to tell, and why.

These are rows of the work list (models.ProviderResult) that failed, were put aside (parked), or
failed and will be tried again. What a person wants left alone is not among them (see skips).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Row, and_, func, or_, select

from app.domain.dead_letters import NEVER
from app.domain.ids import id_in
from app.domain.providers import BY_NAME
from app.extensions import db
from app.models import ProviderResult
from app.models.base import utcnow
from app.queries.enrich_status import troubles
from app.queries.linked_things import Thing, things
from app.queries.paged import Page, place

PER_PAGE = 50
# Sentences to choose from; what is rarer is found by its provider.
MOST_REASONS = 30
LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class FailureFilter:
    """Which failures are meant; knows how to become an address again.

    `reason` is the sentence as it was noted.
    """

    provider: str = ""
    reason: str = ""
    page: int = 1

    @classmethod
    def from_args(cls, args: Mapping[str, str]) -> FailureFilter:
        """From an address or a form; what makes no sense there counts as not given."""
        provider = args.get("provider", "")
        return cls(
            provider=provider if provider in BY_NAME else "",
            reason=args.get("reason", "")[:LONGEST_REASON],
            page=id_in(args.get("page", "")) or 1,
        )

    def url(self, **changes: Any) -> str:
        """The address of this list with `changes`; other than the page begins at page 1."""
        wanted = asdict(replace(self, **({"page": 1} | changes)))
        default = asdict(FailureFilter())
        parts = {name: value for name, value in wanted.items() if value != default[name]}
        return "/admin/failures" + (f"?{urlencode(parts)}" if parts else "")

    @property
    def condition(self) -> ColumnElement[bool]:
        """Which rows of the work list these are."""
        is_meant = is_open()
        if self.provider:
            is_meant = and_(is_meant, ProviderResult.provider == self.provider)
        if self.reason:
            is_meant = and_(is_meant, func.substr(ProviderResult.last_error, 1, 300) == self.reason)
        return is_meant


def is_open() -> ColumnElement[bool]:
    """Which rows of the work list are failures."""
    # Spelled out for each state: so SQLite finds them by its index of states and providers.
    return and_(
        ProviderResult.provider.in_(BY_NAME),
        or_(
            ProviderResult.state == "failed",
            and_(
                ProviderResult.state == "parked",
                func.coalesce(ProviderResult.last_error, "") != NEVER,
            ),
            and_(ProviderResult.state == "pending", ProviderResult.last_error.is_not(None)),
        ),
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing a provider did not tell. `tried_at` and `due_at`: last and next try.

    It is not tried again before its provider may be asked again.
    """

    id: int
    provider: str
    entity: str
    key: str
    state: str
    reason: str
    attempts: int
    tried_at: datetime | None
    due_at: datetime | None
    thing: Thing | None


@dataclass(frozen=True, slots=True)
class Choices:
    """How many failures each provider and each reason has, the most frequent first."""

    providers: Sequence[tuple[str, int]]
    reasons: Sequence[tuple[str, int]]
    open: int


def open_count() -> int:
    """How many failures there are. One statement."""
    return _count(is_open())


def _count(condition: ColumnElement[bool]) -> int:
    counted = select(func.count()).select_from(ProviderResult).where(condition)
    return db.session.scalar(counted) or 0


def choices(wanted: FailureFilter) -> Choices:
    """What can be filtered by, with counts. One statement."""
    reason = func.coalesce(func.substr(ProviderResult.last_error, 1, LONGEST_REASON), "")
    providers: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for provider, sentence, count in db.session.execute(
        select(ProviderResult.provider, reason, func.count())
        .where(is_open())
        .group_by(ProviderResult.provider, reason)
    ):
        providers[provider] += count
        if sentence and wanted.provider in ("", provider):
            reasons[sentence] += count
    return Choices(
        providers.most_common(), reasons.most_common(MOST_REASONS), open=providers.total()
    )


def page(owner_id: int, wanted: FailureFilter) -> Page[Failure]:
    """One page of failures, the latest first. A constant number of statements."""
    condition = wanted.condition
    total = _count(condition)
    number, pages = place(total, wanted.page, PER_PAGE)
    rows = db.session.execute(
        select(
            ProviderResult.id,
            ProviderResult.provider,
            ProviderResult.entity,
            ProviderResult.key,
            ProviderResult.state,
            ProviderResult.last_error,
            ProviderResult.attempts,
            ProviderResult.tried_at,
            ProviderResult.due_at,
        )
        .where(condition)
        .order_by(
            ProviderResult.tried_at.is_(None),
            ProviderResult.tried_at.desc(),
            ProviderResult.id.desc(),
        )
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    ).all()
    about = things(owner_id, {(row.entity, row.key) for row in rows})
    how = troubles(owner_id) if rows else {}
    found = [
        _failure(row, about.get((row.entity, row.key)), how[row.provider].rest_until)
        for row in rows
    ]
    return Page(found, total, number, pages)


def _failure(row: Row[*tuple[Any, ...]], thing: Thing | None, rests_until: float) -> Failure:
    # A worker that died over it left no moment: it is due at once.
    due_at = row.due_at or (utcnow() if row.state == "pending" else None)
    due_at = due_at and max(due_at, datetime.fromtimestamp(rests_until, UTC))
    return Failure(
        id=row.id,
        provider=row.provider,
        entity=row.entity,
        key=row.key,
        state=row.state,
        reason=row.last_error or "It does not say why.",
        attempts=row.attempts,
        tried_at=row.tried_at,
        due_at=due_at,
        thing=thing,
    )


def due_count(asked: Collection[str]) -> int:
    """How many things could be asked for right now, of these providers. One statement."""
    return _count(
        and_(
            ProviderResult.provider.in_(asked),
            ProviderResult.state == "pending",
            or_(ProviderResult.due_at.is_(None), ProviderResult.due_at <= utcnow()),
        )
    )
