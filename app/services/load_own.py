"""Loading what a dump says about artists' pages made one, and about copies let go for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from app.extensions import db
from app.models import Artist, Tombstone
from app.services import artist_pages
from app.services.bulk import in_chunks
from app.services.dump_file import DumpFile, moment_in


def store_own(owner_id: int, lines: DumpFile, artist_ids: Mapping[int | str, int]) -> None:
    """Store all of it; `artist_ids` are ours by the number at Discogs or else the name."""
    merges = [
        {
            "id": artist_ids[line["name"] if line["artist_id"] is None else line["artist_id"]],
            "merged_into_id": artist_ids[
                line["into"] if line["into_id"] is None else line["into_id"]
            ],
        }
        for line in lines.of("artist_merge")
    ]
    if merges:
        db.session.execute(update(Artist), merges)
        artist_pages.follow(owner_id)
    stones = [
        {
            "owner_id": owner_id,
            "discogs_instance_id": line["instance_id"],
            "discogs_release_id": line["release_id"],
            "added_at": moment_in(line["added_at"]),
            "title": line["title"],
            "at": moment_in(line["at"]),
        }
        for line in lines.of("tombstone")
    ]
    if stones:
        _forget_twins(owner_id, stones)
        db.session.execute(insert(Tombstone), stones)


def _forget_twins(owner_id: int, stones: Sequence[Mapping[str, Any]]) -> None:
    """What was said of the same copy gives way."""
    columns = (Tombstone.discogs_instance_id, Tombstone.discogs_release_id, Tombstone.added_at)
    told = {tuple(stone[column.key] for column in columns) for stone in stones}
    rows = db.session.execute(
        select(Tombstone.id, *columns).where(Tombstone.owner_id == owner_id)
    ).all()
    twins = [row.id for row in rows if tuple(row[1:]) in told]
    for chunk in in_chunks(twins):
        db.session.execute(delete(Tombstone).where(Tombstone.id.in_(chunk)))
