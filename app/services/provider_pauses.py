"""Until when nobody may call a provider that complained. It outlives a restart."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

from app.models import ProviderPause

_PAUSES = cast(Table, ProviderPause.__table__)


def keep(connection: Connection, provider: str, until: float, reason: str) -> None:
    """Note a pause that ends then (seconds since 1970); a longer one stays as it is. No commit.

    Several threads may be told to pause at the same moment.
    """
    pause = {"provider": provider, "until": until, "reason": reason}
    connection.execute(_upsert(connection.dialect.name), pause)


@lru_cache
def _upsert(dialect: str) -> Any:
    new = (sqlite if dialect == "sqlite" else postgresql).insert(_PAUSES)
    return new.on_conflict_do_update(
        index_elements=[_PAUSES.c.provider],
        set_={"until": new.excluded.until, "reason": new.excluded.reason},
        where=_PAUSES.c.until < new.excluded.until,
    )
