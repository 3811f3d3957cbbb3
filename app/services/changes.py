"""What an import changed on the shelf: counted, told, and kept so that it can be taken back."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.models import RunChange
from app.services.bulk import IdSource, insert_rows

COLUMNS = ("id", "run_id", "kind", "title", "release_id", "copy_id", "fields")
Fields = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class ShelfChange:
    """One change: `kind` as RunChange has it; `fields` maps a document's field to [before, after].

    The fields are those of a copy's document or, of a change without a copy, of its release's.
    """

    kind: str
    title: str
    release_id: int
    copy_id: int | None
    fields: Fields


@dataclass(slots=True)
class Changes:
    """What a page changed."""

    counts: Counter[str] = field(default_factory=Counter)
    made: list[ShelfChange] = field(default_factory=list)

    def note(
        self,
        kind: str,
        title: str,
        release_id: int,
        copy_id: int | None = None,
        fields: Fields | None = None,
    ) -> None:
        """Count one change and say what it was."""
        self.counts[kind] += 1
        self.made.append(ShelfChange(kind, title, release_id, copy_id, fields or {}))

    def added_to(self, counts: Mapping[str, int]) -> dict[str, int]:
        """`counts` and these together."""
        return dict(Counter(counts) + self.counts)

    def keep(self, run_id: int) -> None:
        """Add them to the change set of a run. Does not commit."""
        if self.made:
            fresh = IdSource(RunChange)
            rows = [
                (
                    *(fresh.next(), run_id, change.kind, change.title),
                    *(change.release_id, change.copy_id, json.dumps(change.fields)),
                )
                for change in self.made
            ]
            insert_rows(RunChange, COLUMNS, rows)
