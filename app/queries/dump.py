"""Everything a person owns and edited, as canonical lines of JSON: two equal shelves, equal text.

No ids of our rows, no tokens, no times of our own runs. A release Discogs does not know is called
by a digest of its facts (`own`), a copy without an instance id by one of its line (`own_copy`), in
its own line and wherever it is meant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import exists, or_, select

from app.extensions import db
from app.models import (
    Artist,
    Copy,
    Credit,
    Edit,
    Folder,
    Label,
    Release,
)
from app.queries.dump_lines import Key, Line, Names, in_order, moment_of
from app.queries.dump_matches import match_lines
from app.queries.dump_own import is_merged, own_lines
from app.queries.dump_piles import copies_in_piles, pile_lines
from app.queries.dump_stickers import copies_meant, sticker_lines
from app.queries.dump_verdicts import copies_with_verdicts, verdict_lines
from app.queries.field_names import field_names
from app.queries.many_ids import among
from app.queries.release_record import documents

AT_ONCE = 500


def dump_lines(owner_id: int) -> Iterator[str]:
    """The lines, sorted, without line ends. Memory hardly grows with their number."""
    return in_order(_lines(owner_id))


def _lines(owner_id: int) -> Iterator[Line]:
    own: dict[int, str] = {}
    meant = copies_meant(owner_id) | _edited_copies(owner_id) | copies_in_piles(owner_id)
    meant |= copies_with_verdicts(owner_id)
    copies: dict[int, Key] = {copy_id: {} for copy_id in meant}
    yield from _releases(owner_id, own)
    yield from _copies(owner_id, own, copies)
    yield from _artists(owner_id)
    yield from _labels(owner_id)
    yield from _edits(owner_id, own, copies)
    yield from sticker_lines(owner_id, copies)
    yield from match_lines(owner_id, own)
    yield from pile_lines(owner_id, own, copies)
    yield from verdict_lines(owner_id, own, copies)
    yield from own_lines(owner_id)


def _release_key(discogs_id: int | None, release_id: int, own: Mapping[int, str]) -> Key:
    if discogs_id is not None:
        return {"release_id": discogs_id}
    return {"release_id": None, "own": own[release_id]}


def _releases(owner_id: int, own: dict[int, str]) -> Iterator[Line]:
    """The releases on the shelf and the edited ones; notes in `own` what ours are called."""
    names = Names()
    ids = list(db.session.scalars(_wanted(owner_id)))
    for start in range(0, len(ids), AT_ONCE):
        chunk = ids[start : start + AT_ONCE]
        shown = documents(owner_id, chunk)
        for release_id, discogs_id, facts_from, master_id in db.session.execute(
            select(Release.id, Release.discogs_id, Release.facts_from, Release.master_discogs_id)
            .where(among(Release.id, chunk))
            .order_by(Release.id)
        ):
            line = {
                "type": "release",
                "release_id": discogs_id,
                "facts_from": facts_from,
                "master_id": master_id,
                **shown[release_id],
            }
            if discogs_id is None:
                own[release_id] = names.name(line)
            yield {**line, **_release_key(discogs_id, release_id, own)}


def _wanted(owner_id: int) -> Any:
    owned = exists().where(Copy.release_id == Release.id)
    edited = exists().where(
        Edit.entity == "release", Edit.entity_id == Release.id, Edit.owner_id == owner_id
    )
    return (
        select(Release.id)
        .where(Release.owner_id == owner_id, or_(owned, edited))
        .order_by(Release.id)
    )


def _copies(owner_id: int, own: Mapping[int, str], copies: dict[int, Key]) -> Iterator[Line]:
    """All copies; notes in `copies` how those among its keys are called."""
    fields = {str(field_id): name for field_id, name in field_names(owner_id).items()}
    rows = db.session.execute(
        select(
            Copy.id,
            Copy.release_id,
            Release.discogs_id,
            Copy.discogs_instance_id,
            Folder.name,
            Copy.rating,
            Copy.media_condition,
            Copy.sleeve_condition,
            Copy.notes,
            Copy.fields,
            Copy.added_at,
            Copy.source,
            Copy.removed_at,
            Copy.removed_by,
        )
        .join(Folder, Folder.id == Copy.folder_id)
        .join(Release, Release.id == Copy.release_id)
        .where(Copy.owner_id == owner_id)
        .order_by(Copy.id)
        .execution_options(yield_per=5_000)
    )
    unlisted = Names()
    for row in rows:
        line = {
            "type": "copy",
            **_release_key(row.discogs_id, row.release_id, own),
            "instance_id": row.discogs_instance_id,
            "folder": row.name,
            "rating": row.rating,
            "media_condition": row.media_condition,
            "sleeve_condition": row.sleeve_condition,
            "notes": row.notes,
            "fields": {
                fields[key]: text for key, text in (row.fields or {}).items() if key in fields
            },
            "added_at": moment_of(row.added_at),
            "source": row.source,
            "removed_at": moment_of(row.removed_at),
            "removed_by": row.removed_by,
        }
        key = {"instance_id": row.discogs_instance_id}
        if row.discogs_instance_id is None:
            key = {"own_copy": unlisted.name(line)}
        if row.id in copies:
            copies[row.id] = key
        yield {**line, **key}


def _artists(owner_id: int) -> Iterator[Line]:
    """The artists of releases on the shelf, the edited ones, and those made part of another."""
    heard = exists().where(Credit.artist_id == Artist.id, Credit.release_id == Copy.release_id)
    edited = exists().where(
        Edit.entity == "artist", Edit.entity_id == Artist.id, Edit.owner_id == owner_id
    )
    rows = db.session.execute(
        select(Artist.discogs_id, Artist.name, Artist.profile).where(
            Artist.owner_id == owner_id, or_(heard, edited, is_merged())
        )
    )
    for discogs_id, name, profile in rows:
        yield {"type": "artist", "artist_id": discogs_id, "name": name, "profile": profile}


def _labels(owner_id: int) -> Iterator[Line]:
    """The labels that have a profile or were edited; the others stand on their releases."""
    edited = exists().where(
        Edit.entity == "label", Edit.entity_id == Label.id, Edit.owner_id == owner_id
    )
    rows = db.session.execute(
        select(Label.discogs_id, Label.name, Label.profile).where(
            Label.owner_id == owner_id, or_(Label.profile.is_not(None), edited)
        )
    )
    for discogs_id, name, profile in rows:
        yield {"type": "label", "label_id": discogs_id, "name": name, "profile": profile}


def _edited_copies(owner_id: int) -> set[int]:
    edited = select(Copy.id).where(
        Copy.owner_id == owner_id,
        exists().where(Edit.entity == "copy", Edit.entity_id == Copy.id, Edit.owner_id == owner_id),
    )
    return set(db.session.scalars(edited))


def _edits(owner_id: int, own: Mapping[int, str], copies: Mapping[int, Key]) -> Iterator[Line]:
    keys = _edited(owner_id, own)
    keys.update({("copy", copy_id): key for copy_id, key in copies.items()})
    edits = select(Edit).where(Edit.owner_id == owner_id).order_by(Edit.id)
    for edit in db.session.scalars(edits):
        called = keys.get((edit.entity, edit.entity_id))
        if called is None:
            continue
        yield {
            "type": "edit",
            "entity": edit.entity,
            **called,
            "field": edit.field,
            "before": edit.before,
            "after": edit.after,
            "upstream": edit.upstream,
            "batch": edit.batch,
            "how": edit.how,
            "at": moment_of(edit.at),
            "undone_at": moment_of(edit.undone_at),
            "news_at": moment_of(edit.news_at),
        }


def _edited(owner_id: int, own: Mapping[int, str]) -> dict[tuple[str, int], Key]:
    """How the edited artists, labels and releases are called, by kind and our id."""
    ids = select(Edit.entity_id).where(Edit.owner_id == owner_id)
    keys: dict[tuple[str, int], Key] = {}
    for kind, model in (("artist", Artist), ("label", Label)):
        named = select(model.id, model.discogs_id, model.name).where(
            model.owner_id == owner_id, model.id.in_(ids.where(Edit.entity == kind))
        )
        for key, discogs_id, name in db.session.execute(named):
            keys[kind, key] = {f"{kind}_id": discogs_id, "name": name}
    releases = select(Release.id, Release.discogs_id).where(
        Release.owner_id == owner_id, Release.id.in_(ids.where(Edit.entity == "release"))
    )
    for key, discogs_id in db.session.execute(releases):
        keys["release", key] = _release_key(discogs_id, key, own)
    return keys
