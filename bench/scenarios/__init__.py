"""What is measured. A scenario is a function from sizes to figures; its docstring is its title."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bench.figures import Figure
from bench.scenarios import (
    backups,
    beside_run,
    bulk_edit,
    edits,
    enrich,
    history,
    hugo,
    import_csv,
    kills,
    matching,
    memory,
    pages,
    qr_csv,
    start,
    sync,
    theme,
    trouble,
)

Scenario = Callable[[Sequence[int]], Iterator[Figure]]

SCENARIOS: dict[str, Scenario] = {
    "import_csv": import_csv.run,
    "pages": pages.run,
    "sync": sync.run,
    "enrich": enrich.run,
    "trouble": trouble.run,
    "beside_run": beside_run.run,
    "kills": kills.run,
    "backups": backups.run,
    "edits": edits.run,
    "bulk_edit": bulk_edit.run,
    "history": history.run,
    "qr_csv": qr_csv.run,
    "hugo": hugo.run,
    "theme": theme.run,
    "matching": matching.run,
    "start": start.run,
    "memory": memory.run,
}
