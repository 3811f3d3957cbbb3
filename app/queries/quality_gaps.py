"""Which records have a gap, kept in memory as one set of ids for each check.

Like the shelf index (see docs/decisions/0004) it is a cache of one process, and takes in just what
changed since: a gap that is filled costs a look at that record, not at the shelf.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, func, select

from app.domain.quality import CHECKS, Check, bare_barcode
from app.extensions import db
from app.models import Artist, Copy, Credit, Identifier, Label, Release, ReleaseLabel, User
from app.queries.many_ids import among
from app.queries.quality_conditions import barcodes, condition, has_folders
from app.queries.shelf_order import bits_of, ids_of

_MODELS: dict[str, Any] = {
    "release": Release,
    "copy": Copy,
    "artist": Artist,
    "label": Label,
}
# More changed copies than this, and looking at all of them anew is quicker.
MOST_CHANGED = 2_000
# What changes without a word to the shelf (the year of a work) is seen after so long, and so is a
# record that now has the barcode of another.
FRESH_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Gaps:
    """The gaps of one shelf at one version, never changed once made.

    `of` has the ids of each check as bits; `copies` and `releases` are what stands on the shelf,
    `alike` the releases that share, or shared, a barcode, `namesakes` the artists that share, or
    shared, a name with another. `folders` says whether there are any: the first one that is made,
    and the last that is deleted, concern copies that did not change themselves.
    """

    version: int
    folders: bool
    read_at: float
    copies: int
    releases: int
    alike: int
    namesakes: int
    of: Mapping[str, int]


_lock = Lock()
_kept: WeakKeyDictionary[Engine, dict[int, Gaps]] = WeakKeyDictionary()


def gaps(owner_id: int) -> Mapping[str, int]:
    """Of each check the ids that have the gap, as bits, up to date with the database."""
    version, folders = _now(owner_id)
    with _lock:
        kept = _kept.setdefault(db.engine, {})
        known = kept.get(owner_id)
        if known is None or _is_of_no_use(known, folders):
            known = _read(owner_id, version, folders)
        elif known.version != version:
            known = _caught_up(owner_id, known, version) or _read(owner_id, version, folders)
        kept[owner_id] = known
    return known.of


def gaps_at_hand(owner_id: int) -> Mapping[str, int] | None:
    """The same for a page that is about something else: None where it takes a long look."""
    if not _lock.acquire(blocking=False):
        return None
    try:
        kept = _kept.get(db.engine, {})
        known = kept.get(owner_id)
        if known is None:
            return None
        version, folders = _now(owner_id)
        if _is_of_no_use(known, folders):
            return None
        if known.version != version:
            known = _caught_up(owner_id, known, version)
        if known is not None:
            kept[owner_id] = known
    finally:
        _lock.release()
    return None if known is None else known.of


def _now(owner_id: int) -> tuple[int, bool]:
    """The version of the shelf, and whether it has folders. One statement."""
    asked = select(User.collection_version, has_folders(owner_id)).where(User.id == owner_id)
    row = db.session.execute(asked).one_or_none()
    return (row[0], row[1]) if row else (0, False)


def _is_of_no_use(known: Gaps, folders: bool) -> bool:
    return known.folders != folders or time.monotonic() - known.read_at > FRESH_SECONDS


def _read(owner_id: int, version: int, folders: bool) -> Gaps:
    """Look at everything."""
    on_shelf = Copy.owner_id == owner_id, Copy.removed_at.is_(None)
    copies = _ids(select(Copy.id).where(*on_shelf))
    releases = _ids(select(Copy.release_id).where(*on_shelf).distinct())
    mine = select(Copy.release_id).where(*on_shelf)
    pairs = _pairs(Identifier.release_id.in_(mine))
    alike = bits_of({*pairs, *pairs.values()})
    new = Gaps(version, folders, time.monotonic(), copies, releases, alike, 0, {})
    of = {}
    for check in CHECKS:
        if check.name != "barcode":
            model = _MODELS[check.entity]
            asked = model.owner_id == owner_id, condition(check.name, owner_id)
            of[check.name] = _ids(select(model.id).where(*asked)) & _shelf(new, check)
    return replace(new, namesakes=of["name"], of={**of, "barcode": bits_of(pairs)})


def _shelf(known: Gaps, check: Check) -> int:
    return {"release": known.releases, "copy": known.copies}.get(check.entity, -1)


def _caught_up(owner_id: int, old: Gaps, version: int) -> Gaps | None:
    """The gaps with what changed since taken in; None where all must be looked at anew."""
    since = select(Copy.release_id).where(Copy.owner_id == owner_id, Copy.changed_in > old.version)
    changed = sorted(set(db.session.scalars(since)))
    if len(changed) > MOST_CHANGED:
        return None
    new = _with_shelf(owner_id, old, version, changed)
    # A deleted copy leaves no row that says so (taking the sample shelf down deletes).
    return new if new.copies.bit_count() == _counted(owner_id) else None


def _with_shelf(owner_id: int, old: Gaps, version: int, changed: Sequence[int]) -> Gaps:
    theirs = db.session.execute(
        select(Copy.id, Copy.release_id, Copy.removed_at.is_(None)).where(
            Copy.owner_id == owner_id, among(Copy.release_id, changed)
        )
    ).all()
    copies = [copy_id for copy_id, _, _ in theirs]
    standing = [row for row in theirs if row[2]]
    heard = select(Credit.artist_id).where(among(Credit.release_id, changed))
    names = select(Artist.sort_key).where(Artist.id.in_(heard))
    alike = select(Artist.id).where(Artist.owner_id == owner_id, Artist.sort_key.in_(names))
    new = replace(
        old,
        version=version,
        copies=old.copies & ~bits_of(copies) | bits_of([row[0] for row in standing]),
        releases=old.releases & ~bits_of(changed) | bits_of([row[1] for row in standing]),
        alike=old.alike | bits_of(changed),
        namesakes=old.namesakes | _ids(alike),
    )
    carried = select(ReleaseLabel.label_id).where(among(ReleaseLabel.release_id, changed))
    asked = {
        "release": changed,
        "copy": copies,
        "artist": list(ids_of(new.namesakes)),
        "label": list(ids_of(old.of["label"] | _ids(carried.distinct()))),
    }
    return replace(new, of=_mended(owner_id, new, asked))


def _mended(owner_id: int, known: Gaps, asked: Mapping[str, Sequence[int]]) -> dict[str, int]:
    of = {}
    for check in CHECKS:
        if check.name != "barcode":
            again = asked[check.entity]
            left = known.of[check.name] & ~bits_of(again)
            of[check.name] = (left | _still(check, owner_id, again)) & _shelf(known, check)
    within = among(Identifier.release_id, ids_of(known.alike & known.releases))
    return {**of, "barcode": bits_of(_pairs(within))}


def _still(check: Check, owner_id: int, ids: Sequence[int]) -> int:
    """Those of these ids that have the gap."""
    if not ids:
        return 0
    model = _MODELS[check.entity]
    has_gap = condition(check.name, owner_id, few=True)
    return _ids(select(model.id).where(among(model.id, ids), has_gap))


def _pairs(releases: Any) -> dict[int, int]:
    """Of these releases those whose barcode an earlier one has, and that one."""
    first: dict[str, int] = {}
    pairs = {}
    for release_id, value in db.session.connection().execute(barcodes(releases)):
        code = bare_barcode(value)
        if code and first.setdefault(code, release_id) != release_id:
            pairs[release_id] = first[code]
    return pairs


def sharing_barcode(owner_id: int, release_id: int) -> tuple[str, list[int]]:
    """A barcode of this release, as written there, and the other releases that have it."""
    gaps(owner_id)
    with _lock:
        known = _kept[db.engine][owner_id]
    pool = among(Identifier.release_id, ids_of((known.alike & known.releases) | 1 << release_id))
    rows = db.session.execute(barcodes(pool)).all()
    mine = {bare_barcode(value): value for of, value in rows if of == release_id}
    mine.pop("", None)
    others = [(of, mine[code]) for of, value in rows if (code := bare_barcode(value)) in mine]
    found = {of: value for of, value in others if of != release_id}
    return (next(iter(found.values()), ""), sorted(found))


def _counted(owner_id: int) -> int:
    on_shelf = Copy.owner_id == owner_id, Copy.removed_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(Copy).where(*on_shelf)) or 0


def _ids(statement: Any) -> int:
    return bits_of([row[0] for row in db.session.connection().execute(statement)])
