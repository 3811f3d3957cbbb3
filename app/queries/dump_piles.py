"""The lines of a dump about what a person does with a shelf: crates, tags, skips and feedback.

A crate lists its copies from the front, by their instance id or by what the dump calls them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select, union

from app.extensions import db
from app.models import CopyTag, Crate, CrateCopy, Feedback, OwnTag, Skip
from app.queries.dump_lines import Key, Line, moment_of
from app.queries.dump_matches import called

AT_ONCE = 5_000


def copies_in_piles(owner_id: int) -> set[int]:
    """The copies that are in a crate or carry a tag."""
    packed = select(CrateCopy.copy_id).join(Crate, Crate.id == CrateCopy.crate_id)
    tagged = select(CopyTag.copy_id).join(OwnTag, OwnTag.id == CopyTag.own_tag_id)
    mine = packed.where(Crate.owner_id == owner_id), tagged.where(OwnTag.owner_id == owner_id)
    return set(db.session.scalars(union(*mine)))


def pile_lines(owner_id: int, own: Mapping[int, str], copies: Mapping[int, Key]) -> Iterator[Line]:
    """All of them; `own` and `copies` say how releases and copies are called in the dump."""
    yield from _crates(owner_id, copies)
    yield from _tags(owner_id, copies)
    yield from _skips(owner_id, own)
    yield from _feedback(owner_id)


def _crates(owner_id: int, copies: Mapping[int, Key]) -> Iterator[Line]:
    packed: dict[int, list[Any]] = defaultdict(list)
    rows = (
        select(CrateCopy.crate_id, CrateCopy.copy_id)
        .join(Crate, Crate.id == CrateCopy.crate_id)
        .where(Crate.owner_id == owner_id)
        .order_by(CrateCopy.crate_id, CrateCopy.position, CrateCopy.copy_id)
    )
    for crate_id, copy_id in db.session.execute(rows.execution_options(yield_per=AT_ONCE)):
        packed[crate_id] += copies[copy_id].values()
    for crate in db.session.scalars(select(Crate).where(Crate.owner_id == owner_id)):
        yield {
            "type": "crate",
            "name": crate.name,
            "note": crate.note,
            "made_at": moment_of(crate.made_at),
            "removed_at": moment_of(crate.removed_at),
            "copies": packed[crate.id],
        }


def _tags(owner_id: int, copies: Mapping[int, Key]) -> Iterator[Line]:
    rows = (
        select(OwnTag.name, CopyTag.copy_id)
        .join(CopyTag, CopyTag.own_tag_id == OwnTag.id)
        .where(OwnTag.owner_id == owner_id)
    )
    for name, copy_id in db.session.execute(rows.execution_options(yield_per=AT_ONCE)):
        yield {"type": "tag", "name": name, **copies[copy_id]}


def _skips(owner_id: int, own: Mapping[int, str]) -> Iterator[Line]:
    for skip in db.session.scalars(select(Skip).where(Skip.owner_id == owner_id)):
        thing = called(skip.entity, skip.key, own)
        if thing is not None:
            yield {
                "type": "skip",
                **thing,
                "provider": skip.provider,
                "reason": skip.reason,
                "at": moment_of(skip.at),
            }


def _feedback(owner_id: int) -> Iterator[Line]:
    for told in db.session.scalars(select(Feedback).where(Feedback.owner_id == owner_id)):
        yield {
            "type": "feedback",
            "kind": told.kind,
            "page": told.page,
            "text": told.text,
            "at": moment_of(told.at),
            "state": told.state,
            "answer": told.answer,
            "answered_at": moment_of(told.answered_at),
        }
