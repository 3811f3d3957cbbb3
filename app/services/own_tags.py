"""Words of a person's own on their copies. Everything here commits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select

from app.domain.pile_names import tag_names
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import CopyTag, OwnTag
from app.queries.many_ids import among
from app.services import catalogue_lock, copies, shelf
from app.services.bulk import in_chunks

MOST_AT_ONCE = 20


def tag(owner_id: int, copy_ids: Iterable[int], typed: str) -> list[str]:
    """Put tags on copies; `typed` parts them by commas. Returns them as they are called now.

    A tag there is already keeps the case it is written in. Copies that are not on this person's
    shelf are passed over. Raises InvalidInputError where no word is typed, or more than twenty, and
    NotFoundError where none of the copies is there.
    """
    names = tag_names(typed)
    if not names or len(names) > MOST_AT_ONCE:
        sentence = "Type a tag, or up to twenty with commas between them."
        raise InvalidInputError(f"{sentence} Nothing was changed.", {"tags": [sentence]})
    catalogue_lock.hold(owner_id)
    ids = copies.standing(owner_id, copy_ids)
    tags = _tags(owner_id, names)
    for each in tags:
        _put_on(each.id, ids)
    shelf.touch(owner_id, ids)
    db.session.commit()
    return [each.name for each in tags]


def untag(owner_id: int, copy_ids: Iterable[int], tag_id: int) -> None:
    """Take a tag off copies; off the last one, it is no tag any more."""
    catalogue_lock.hold(owner_id)
    ids = list(copy_ids)
    mine = select(OwnTag.id).where(OwnTag.id == tag_id, OwnTag.owner_id == owner_id)
    db.session.execute(
        delete(CopyTag)
        .where(CopyTag.own_tag_id.in_(mine), among(CopyTag.copy_id, ids))
        .execution_options(synchronize_session=False)
    )
    worn = select(CopyTag.own_tag_id).where(CopyTag.own_tag_id == OwnTag.id).exists()
    db.session.execute(
        delete(OwnTag)
        .where(OwnTag.id == tag_id, OwnTag.owner_id == owner_id, ~worn)
        .execution_options(synchronize_session=False)
    )
    shelf.touch(owner_id, ids)
    db.session.commit()


def untag_by_name(owner_id: int, copy_ids: Iterable[int], typed: str) -> list[str]:
    """Take the tags in a text off copies; returns them.

    Raises InvalidInputError where there is no such tag.
    """
    known, ids = _known(owner_id), list(copy_ids)
    meant = {
        known[key].id: known[key].name
        for name in tag_names(typed)
        if (key := name.casefold()) in known
    }
    db.session.rollback()
    if not meant:
        sentence = "There is no tag of that name."
        raise InvalidInputError(f"{sentence} Nothing was changed.", {"tags": [sentence]})
    for tag_id in meant:
        untag(owner_id, ids, tag_id)
    return list(meant.values())


def rename_tag(owner_id: int, tag_id: int, typed: str) -> str:
    """Give a tag another name, on all copies that carry it; returns the name as it is kept.

    Raises NotFoundError, InvalidInputError where that is no one tag or another tag has the name.
    """
    catalogue_lock.hold(owner_id)
    renamed = _get(owner_id, tag_id)
    names = tag_names(typed)
    if len(names) != 1:
        raise _wrong_name("Type one tag, without a comma.")
    other = _known(owner_id).get(names[0].casefold())
    if other not in (None, renamed):
        raise _wrong_name(f"There is a tag called “{names[0]}” already.")
    renamed.name = names[0]
    shelf.next_version(owner_id)
    db.session.commit()
    return renamed.name


def delete_tag(owner_id: int, tag_id: int) -> str:
    """Take a tag off every copy, for good; returns its name. Raises NotFoundError."""
    catalogue_lock.hold(owner_id)
    gone = _get(owner_id, tag_id)
    name = gone.name
    worn = select(CopyTag.copy_id).where(CopyTag.own_tag_id == tag_id)
    shelf.touch(owner_id, db.session.scalars(worn).all())
    db.session.execute(delete(CopyTag).where(CopyTag.own_tag_id == tag_id))
    db.session.delete(gone)
    db.session.commit()
    return name


def _get(owner_id: int, tag_id: int) -> OwnTag:
    mine = select(OwnTag).where(OwnTag.id == tag_id, OwnTag.owner_id == owner_id)
    found = db.session.scalar(mine)
    if found is None:
        raise NotFoundError("There is no such tag. Nothing carries it any more.")
    return found


def _wrong_name(sentence: str) -> InvalidInputError:
    return InvalidInputError(f"{sentence} Nothing was changed.", {"name": [sentence]})


def _known(owner_id: int) -> dict[str, OwnTag]:
    """The tags there are, by their name in any case."""
    mine = db.session.scalars(select(OwnTag).where(OwnTag.owner_id == owner_id))
    return {each.name.casefold(): each for each in mine}


def _tags(owner_id: int, names: Sequence[str]) -> list[OwnTag]:
    known = _known(owner_id)
    for name in names:
        if name.casefold() not in known:
            known[name.casefold()] = OwnTag(owner_id=owner_id, name=name)
            db.session.add(known[name.casefold()])
    db.session.flush()
    return [known[name.casefold()] for name in names]


def _put_on(tag_id: int, ids: Sequence[int]) -> None:
    worn = set(db.session.scalars(select(CopyTag.copy_id).where(CopyTag.own_tag_id == tag_id)))
    rows = [{"own_tag_id": tag_id, "copy_id": each} for each in ids if each not in worn]
    for chunk in in_chunks(rows):
        db.session.execute(CopyTag.__table__.insert(), chunk)  # type: ignore[attr-defined]
