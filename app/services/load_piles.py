"""The lines of a dump about crates, tags, skips and feedback, back into the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import delete, insert, select

from app.domain.issue_text import KINDS
from app.domain.pile_names import crate_name, tag_names
from app.extensions import db
from app.models import CopyTag, Crate, CrateCopy, Feedback, OwnTag, Skip
from app.services import shelf, skips
from app.services.bulk import in_chunks
from app.services.dump_file import DumpFile, Line, moment_in
from app.services.load_matches import Releases, meant
from app.services.load_stickers import Copies, copy_key


def store_piles(owner_id: int, lines: DumpFile, releases: Releases, copies: Copies) -> None:
    """What was there under the same name gives way. Does not commit.

    `releases` and `copies` have our ids by how the dump calls them. Raises ValueError and its like
    where a line makes no sense.
    """
    for line in lines.of("crate"):
        _store_crate(owner_id, line, copies)
    _store_tags(owner_id, lines.of("tag"), copies)
    for line in lines.of("skip"):
        _store_skip(owner_id, line, releases)
    db.session.flush()
    skips.put_aside()
    _store_feedback(owner_id, lines.of("feedback"))
    shelf.next_version(owner_id)


def _store_crate(owner_id: int, line: Line, copies: Copies) -> None:
    name = line["name"]
    if not name or crate_name(name) != name:
        raise ValueError("a crate no page would have made")
    db.session.execute(delete(Crate).where(Crate.owner_id == owner_id, Crate.name == name))
    crate = Crate(
        owner_id=owner_id,
        name=name,
        note=_text(line, "note"),
        made_at=moment_in(line["made_at"]),
        removed_at=moment_in(line["removed_at"]),
    )
    db.session.add(crate)
    db.session.flush()
    packed = [
        {"crate_id": crate.id, "copy_id": copies[key], "position": place}
        for place, key in enumerate(line["copies"], start=1)
    ]
    for chunk in in_chunks(packed):
        db.session.execute(insert(CrateCopy), chunk)


def _store_tags(owner_id: int, lines: Iterable[Line], copies: Copies) -> None:
    tags: dict[str, int] = {}
    for chunk in in_chunks(lines):
        for line in chunk:
            if line["name"] not in tags:
                tags[line["name"]] = _tag(owner_id, line["name"])
        worn = [
            {"own_tag_id": tags[line["name"]], "copy_id": copies[copy_key(line)]} for line in chunk
        ]
        db.session.execute(insert(CopyTag), worn)


def _tag(owner_id: int, name: str) -> int:
    if tag_names(name) != [name]:
        raise ValueError("a tag no page would have made")
    db.session.execute(delete(OwnTag).where(OwnTag.owner_id == owner_id, OwnTag.name == name))
    tag = OwnTag(owner_id=owner_id, name=name)
    db.session.add(tag)
    db.session.flush()
    return tag.id


def _store_skip(owner_id: int, line: Line, releases: Releases) -> None:
    entity, key = meant(line, releases)
    same: Mapping[str, Any] = {
        "owner_id": owner_id,
        "entity": entity,
        "key": key,
        "provider": _text(line, "provider"),
    }
    db.session.execute(delete(Skip).filter_by(**same))
    db.session.add(Skip(**same, reason=_text(line, "reason"), at=moment_in(line["at"])))


def _store_feedback(owner_id: int, lines: Iterable[Line]) -> None:
    """Feedback stays where it is; what the dump tells of it again is not told twice."""
    mine = select(Feedback.at, Feedback.text).where(Feedback.owner_id == owner_id)
    known = {(row.at, row.text) for row in db.session.execute(mine)}
    for line in lines:
        at = moment_in(line["at"])
        if line["kind"] not in KINDS:
            raise ValueError("feedback no page would have taken")
        if (at, line["text"]) in known:
            continue
        db.session.add(
            Feedback(
                owner_id=owner_id,
                at=at,
                kind=line["kind"],
                page=_text(line, "page"),
                text=_text(line, "text"),
                state=line["state"],
                answer=_text(line, "answer"),
                answered_at=moment_in(line["answered_at"]),
            )
        )
    db.session.flush()


def _text(line: Line, name: str) -> str:
    value = line[name]
    if not isinstance(value, str):
        raise TypeError(f"{name} is no text")
    return value
