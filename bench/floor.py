"""The least that could do the same work: sqlite3, csv and Jinja, and nothing of the app."""

from __future__ import annotations

import csv
import sqlite3
from collections.abc import Iterator
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


# The markup of our own tile and facet, without the rest of the page.
_PAGE = """<!doctype html><html lang="en"><head><title>Records</title></head><body><ul>
{% for r in rows %}<li class="tile"><a href="/releases/{{ r.id }}">
<img src="/sleeves/{{ r.id }}-1.svg" loading="lazy" alt=""><b id="t{{ r.id }}">{{ r.title }}</b>
<i>{{ r.artist }}</i></a>
<input type="checkbox" name="copy" value="{{ r.id }}" aria-labelledby="t{{ r.id }}">
<p>{% if r.year %}{{ r.year }} · {% endif %}{{ r.format }} · {{ r.catno }}</p></li>
{% endfor %}</ul>
{% for name, values in facets.items() %}<ul class="facet-list">
{% for value, count in values %}
<li><a href="/collection?{{ name }}={{ value | urlencode }}"><bdi>{{ value }}</bdi>
<span>{{ count }}</span></a></li>
{% endfor %}</ul>{% endfor %}</body></html>"""
_COUNTED = {"folder": "folder", "format": "format", "year": "year / 10 * 10", "media": "media"}


class BarePage:
    """The list as a statement and a template make it, with facets counted beforehand."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(database)
        self._connection.row_factory = sqlite3.Row
        self._template = Environment(autoescape=True).from_string(_PAGE)
        self._connection.executescript(
            "CREATE TABLE counted (facet, value, count);"
            + "".join(
                f"INSERT INTO counted SELECT '{name}', {value}, count(*) AS n FROM record"
                f" GROUP BY 2 ORDER BY n DESC LIMIT {SHOWN};"
                for name, value in _COUNTED.items()
            )
        )

    def tiles(self, count: int) -> str:
        """The first `count` records by artist, and nothing else."""
        return self._template.render(rows=self._rows(count), facets={})

    def page(self, count: int) -> str:
        """The same with facets to choose from."""
        facets: dict[str, list[tuple[str, int]]] = {}
        for name, value, number in self._connection.execute("SELECT * FROM counted"):
            facets.setdefault(name, []).append((value, number))
        return self._template.render(rows=self._rows(count), facets=facets)

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
