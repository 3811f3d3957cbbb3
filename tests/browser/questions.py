"""Questions and failures on a sample shelf, as the enrichment job leaves them."""

from __future__ import annotations

import sqlite3

QUESTIONS = 4
LONG = "A Reason That Goes On For As Long As Anybody Could Ever Have Wished It To Be. " * 4


def ask(database: sqlite3.Connection) -> None:
    """Four questions, the first with two candidates; as many failures; a service that refuses."""
    rows = database.execute(
        "SELECT discogs_id, title FROM release WHERE discogs_id IS NOT NULL ORDER BY id LIMIT ?",
        (QUESTIONS,),
    ).fetchall()
    for place, (number, title) in enumerate(rows):
        _offer(database, number, title, 0.9 - place / 10)
        database.execute(
            "INSERT INTO provider_result (entity, key, provider, state, attempts, last_error)"
            " VALUES ('release', ?, 'musicbrainz', 'failed', 3, ?)",
            (str(number), LONG),
        )
    _offer(database, rows[0][0], "Karaoke Version", 0.5)
    database.execute(
        "INSERT INTO provider_health (provider, failures, opened, refusal, last_error, calls,"
        " errors, clock_skew) VALUES ('wikipedia', 0, 0, ?, ?, 1, '{}', 90000)",
        (LONG, LONG),
    )


def _offer(database: sqlite3.Connection, number: int, name: str, score: float) -> None:
    database.execute(
        "INSERT INTO link (owner_id, entity, key, provider, url, remote_id, name, badge, score,"
        " evidence, state, found_at) VALUES (1, 'release', ?, 'spotify', ?, '', ?, 'guess', ?,"
        " '{\"artist\": \"the same\"}', 'waiting', '2026-01-02 03:04:05')",
        (str(number), f"https://open.spotify.com/album/{number}{score}", name, score),
    )
