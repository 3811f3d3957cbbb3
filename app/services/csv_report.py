"""What an import of a CSV file did, or would do."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.domain.arrivals import Arrivals
from app.domain.discogs_csv import ExportRow, RowProblem


@dataclass(slots=True)
class CsvReport:
    """What an import did, or in a preview would do. `problems` are the first unreadable rows.

    `arrivals` are the new copies, if something else was here before; else None.
    """

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    put_away: int = 0
    unreadable: int = 0
    problems: list[RowProblem] = field(default_factory=list)
    sample: list[ExportRow] = field(default_factory=list)
    arrivals: Arrivals | None = None

    @property
    def rows(self) -> int:
        """All rows of the file but blank ones."""
        return self.new + self.updated + self.unchanged + self.put_away + self.unreadable
