"""The least that could do the same work: sqlite3, csv and Jinja, and nothing of the app."""

from __future__ import annotations

import csv
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from jinja2 import Environment

_COLUMNS = (
    "catno", "artist", "title", "label", "format", "rating", "year", "release_id", "folder",
    "added", "media", "sleeve", "notes",
)  # fmt: skip
SHOWN = 40
_SEARCHED = "artist, title, label, catno, notes"
_SCHEMA = f"""
CREATE TABLE record (id INTEGER PRIMARY KEY, {", ".join(_COLUMNS)});
CREATE INDEX by_artist ON record (artist, year, title);
CREATE INDEX by_title ON record (title, artist);
CREATE INDEX by_year ON record (year, artist);
CREATE INDEX by_added ON record (added);
CREATE INDEX by_release ON record (release_id);
CREATE VIRTUAL TABLE words USING fts5({_SEARCHED}, content='record', content_rowid='id');
"""


def import_csv(source: Path, database: Path) -> int:
    """An export into one plain table with five indexes and full text; returns the rows."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.executescript(_SCHEMA)
    connection.execute("BEGIN IMMEDIATE")
    marks = ", ".join("?" * len(_COLUMNS))
    statement = f"INSERT INTO record ({', '.join(_COLUMNS)}) VALUES ({marks})"
    rows = connection.executemany(statement, _rows(source)).rowcount
    connection.execute(f"INSERT INTO words (rowid, {_SEARCHED}) SELECT id, {_SEARCHED} FROM record")
    connection.execute("COMMIT")
    connection.close()
    return rows


def _rows(source: Path) -> Iterator[list[str]]:
    with source.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


# The page of our own list in plain markup: the same records, facts, choices and links.
_PAGE = Path(__file__).with_name("floor_page.html")


class BarePage:
    """The list as two statements and a template make it, with facets counted beforehand."""

    def __init__(self, database: Path, facets: Iterable[tuple[str, str]]) -> None:
        """`facets`: (facet, value) for each value of each record."""
        self._connection = sqlite3.connect(database)
        self._connection.row_factory = sqlite3.Row
        environment = Environment(autoescape=True, trim_blocks=True)
        self._template = environment.from_string(_PAGE.read_text(encoding="utf-8"))
        self._connection.execute("CREATE TABLE counted (facet, value, count)")
        self._connection.executemany(
            "INSERT INTO counted VALUES (?, ?, ?)",
            ((*value, count) for value, count in Counter(facets).most_common()),
        )

    def page(self, count: int) -> str:
        """The first `count` records by artist, with everything there is to choose from."""
        facets: dict[str, list[tuple[str, int]]] = {}
        for name, value, number in self._connection.execute("SELECT * FROM counted"):
            facets.setdefault(name, []).append((value, number))
        total = sum(number for _, number in facets["folder"])
        return self._template.render(
            rows=self._rows(count),
            letters=sorted(facets.pop("letter")),
            facets={name: values[:SHOWN] for name, values in facets.items()},
            total=total,
            pages=-(-total // count),
        )

    def _rows(self, count: int) -> list[sqlite3.Row]:
        return self._connection.execute(
            "SELECT * FROM record ORDER BY artist, year, title LIMIT ?", (count,)
        ).fetchall()

    def close(self) -> None:
        """Let the database go."""
        self._connection.close()


def qr_csv(database: Path, target: Path) -> int:
    """A row of thirty columns for every record, most of them constant; returns the bytes."""
    constant = [""] * 26
    connection = sqlite3.connect(database)
    found = connection.execute(
        "SELECT release_id, artist, title, year FROM record ORDER BY artist, year, title"
    )
    with target.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(f"column {number}" for number in range(30))
        for release_id, artist, title, year in found:
            text = f"{artist} – {title} [{year}]"
            address = f"https://www.discogs.com/release/{release_id}"
            rows.writerow([address, text, address, text, *constant])
    connection.close()
    return target.stat().st_size
