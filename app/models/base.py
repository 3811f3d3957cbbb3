"""Column types and small pieces all models share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import BigInteger, DateTime, Double, ForeignKey, String, Text, TypeDecorator
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.functions import FunctionElement

from app.extensions import Base

__all__ = [
    "NEVER_AGAIN",
    "Base",
    "BigId",
    "DatabaseTime",
    "Name",
    "Owned",
    "OwnerId",
    "PrimaryId",
    "SortKey",
    "Url",
    "UtcDateTime",
    "one_of",
    "reference",
    "utcnow",
]


def utcnow() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


class DatabaseTime(FunctionElement[float]):
    """Seconds since 1970 by the database's clock, which all workers share."""

    type = Double()
    inherit_cache = True


@compiles(DatabaseTime, "sqlite")
def _of_sqlite(*_: Any, **__: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseTime, "postgresql")
def _of_postgresql(*_: Any, **__: Any) -> str:
    return "extract(epoch from clock_timestamp())"


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware datetimes in, aware UTC datetimes out, stored without a zone."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


PrimaryId = Annotated[int, mapped_column(primary_key=True)]
BigId = Annotated[int, mapped_column(BigInteger)]
Name = Annotated[str, mapped_column(Text)]
Url = Annotated[str, mapped_column(String(2000))]
# Sort keys compare by bytes on both engines (SQLite does so by itself).
SortKey = Annotated[
    str, mapped_column(String(400).with_variant(String(400, collation="C"), "postgresql"))
]
OwnerId = Annotated[int, mapped_column(ForeignKey("user.id", ondelete="CASCADE"))]


# Table options: SQLite gives a deleted row's id to the next one, unless told so. An id that stands
# on a printed sticker, or in a cached address, must not come to mean another record.
NEVER_AGAIN = {"sqlite_autoincrement": True}


def reference(target: str, *, cascade: bool = False) -> Any:
    """A foreign key type to `target` ("release.id"), for use inside mapped_column()."""
    return ForeignKey(target, ondelete="CASCADE" if cascade else None)


def one_of(column: str, values: Sequence[str]) -> str:
    """The condition that `column` has one of these values, for a check constraint.

    Spelled out because SQLite builds a small table for every IN list it meets, for every row it
    inserts: on an import of 100,000 copies that is a sixth of all time spent in the database.
    """
    return " OR ".join(f"{column} = '{value}'" for value in values)


class Owned:
    """Mixed into everything that belongs to one person."""

    owner_id: Mapped[OwnerId]
