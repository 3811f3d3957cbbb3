"""Crates: piles of copies with a name and an order. Everything here commits.

A deleted crate stays for thirty days, so that it can come back as it was.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, select, update

from app.domain.filters import BrowseFilter
from app.domain.pile_names import LONGEST_NOTE, crate_name
from app.domain.text import clean
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Copy, Crate, CrateCopy
from app.models.base import utcnow
from app.queries import browse, exports
from app.queries.many_ids import among, own_copies
from app.queries.piles import KEPT_FOR
from app.services import catalogue_lock, copies, shelf
from app.services.bulk import in_chunks


def make(owner_id: int, name: str, note: str = "", copy_ids: Iterable[int] = ()) -> int:
    """A new crate with these copies in it; returns its id.

    Raises InvalidInputError without a name, or if there is a crate of that name.
    """
    catalogue_lock.hold(owner_id)
    crate = Crate(owner_id=owner_id, name=_free_name(owner_id, name), note=_note(note))
    db.session.add(crate)
    db.session.flush()
    _add(crate, copy_ids)
    db.session.commit()
    return crate.id


def change(owner_id: int, crate_id: int, name: str, note: str) -> None:
    """Give a crate another name and note. Raises what `make` does, and NotFoundError."""
    catalogue_lock.hold(owner_id)
    crate = get(owner_id, crate_id)
    crate.name, crate.note = _free_name(owner_id, name, crate), _note(note)
    shelf.next_version(owner_id)
    db.session.commit()


def put_in(owner_id: int, crate_id: int, copy_ids: Iterable[int]) -> int:
    """Put copies in at the back, in this order; returns how many were not in it yet.

    Those that are not on this person's shelf are passed over. Raises NotFoundError.
    """
    catalogue_lock.hold(owner_id)
    added = _add(get(owner_id, crate_id), copy_ids)
    db.session.commit()
    return added


def put_in_by_name(owner_id: int, name: str, copy_ids: Iterable[int]) -> tuple[int, int]:
    """The same for the crate of that name, which is made if need be; returns (its id, how many).

    Raises InvalidInputError without a name, and NotFoundError where none of them is on the shelf.
    """
    catalogue_lock.hold(owner_id)
    ids = list(copy_ids)
    copies.standing(owner_id, ids)
    found = _called(owner_id, crate_name(name))
    if found is None or found.removed_at is not None:
        found = Crate(owner_id=owner_id, name=_free_name(owner_id, name), note="")
        db.session.add(found)
        db.session.flush()
    added = _add(found, ids)
    db.session.commit()
    return found.id, added


def picked(owner_id: int) -> list[int]:
    """The copies that are picked, in the order of the shelf."""
    return list(exports.picked_ids(owner_id))


def meant_by(owner_id: int, wanted: BrowseFilter) -> list[int]:
    """The copies of a filter, in its order."""
    return list(browse.all_ids(owner_id, wanted))


def take_out(owner_id: int, crate_id: int, copy_ids: Iterable[int]) -> int:
    """Take copies out of a crate; they stay on the shelf. Returns how many were in it.

    Raises NotFoundError.
    """
    catalogue_lock.hold(owner_id)
    crate, ids = get(owner_id, crate_id), list(copy_ids)
    gone = db.session.execute(
        delete(CrateCopy)
        .where(CrateCopy.crate_id == crate.id, among(CrateCopy.copy_id, ids))
        .returning(CrateCopy.copy_id)
        .execution_options(synchronize_session=False)
    ).all()
    shelf.touch(owner_id, ids)
    db.session.commit()
    return len(gone)


def take_out_by_name(owner_id: int, name: str, copy_ids: Iterable[int]) -> tuple[int, int]:
    """The same for the crate of that name; returns (its id, how many). Raises InvalidInputError."""
    found = _called(owner_id, crate_name(name))
    if found is None or found.removed_at is not None:
        sentence = "There is no crate of that name."
        raise InvalidInputError(f"{sentence} Nothing was changed.", {"crate": [sentence]})
    crate_id = found.id
    db.session.rollback()
    return crate_id, take_out(owner_id, crate_id, copy_ids)


def move(owner_id: int, crate_id: int, copy_id: int, to: str) -> None:
    """Move a copy: `to` is up, down, first or last, among those that stand on the shelf.

    One that is not in the crate, or cannot go further, stays where it is. Raises NotFoundError.
    """
    ids = on_shelf(owner_id, crate_id)
    if copy_id not in ids:
        return
    place = ids.index(copy_id)
    targets = {"first": 0, "last": len(ids) - 1, "up": place - 1, "down": place + 1}
    target = targets.get(to, place)
    if target != place and 0 <= target < len(ids):
        put_beside(owner_id, crate_id, copy_id, ids[target], after=target > place)


def put_beside(owner_id: int, crate_id: int, copy_id: int, other: int, *, after: bool) -> None:
    """Put a copy right before another one of the crate, or right after it. Raises NotFoundError.

    Nothing moves where one of the two is not in the crate (any more).
    """
    catalogue_lock.hold(owner_id)
    crate = get(owner_id, crate_id)
    at = _places(crate.id)
    if copy_id == other or not {copy_id, other} <= at.keys():
        db.session.rollback()
        return
    new = [each for each in at if each != copy_id]
    new.insert(new.index(other) + after, copy_id)
    moved = [
        {"crate_id": crate.id, "copy_id": each, "position": place}
        for place, each in enumerate(new, start=1)
        if at[each] != place
    ]
    for chunk in in_chunks(moved):
        db.session.execute(update(CrateCopy), chunk)
    db.session.commit()


def delete_crate(owner_id: int, crate_id: int) -> str:
    """Delete a crate, not what is in it; returns its name. Raises NotFoundError.

    It can be brought back for thirty days.
    """
    catalogue_lock.hold(owner_id)
    crate = get(owner_id, crate_id)
    crate.removed_at = utcnow()
    long_gone = Crate.owner_id == owner_id, Crate.removed_at < utcnow() - KEPT_FOR
    db.session.execute(delete(Crate).where(*long_gone))
    shelf.next_version(owner_id)
    db.session.commit()
    return crate.name


def bring_back(owner_id: int, crate_id: int) -> str:
    """Undo that; returns the name. Raises NotFoundError."""
    catalogue_lock.hold(owner_id)
    mine = Crate.id == crate_id, Crate.owner_id == owner_id
    crate = db.session.scalar(select(Crate).where(*mine))
    if crate is None:
        raise NotFoundError("This crate is gone for good.")
    crate.removed_at = None
    shelf.next_version(owner_id)
    db.session.commit()
    return crate.name


def get(owner_id: int, crate_id: int) -> Crate:
    """A crate of this person that is not deleted. Raises NotFoundError."""
    mine = Crate.id == crate_id, Crate.owner_id == owner_id, Crate.removed_at.is_(None)
    crate = db.session.scalar(select(Crate).where(*mine))
    if crate is None:
        raise NotFoundError("There is no such crate. It may have been deleted.")
    return crate


def on_shelf(owner_id: int, crate_id: int) -> list[int]:
    """What is in a crate and stands on the shelf, from the front. Raises NotFoundError."""
    crate = get(owner_id, crate_id)
    standing = select(Copy.id).where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
    packed = (
        select(CrateCopy.copy_id)
        .where(CrateCopy.crate_id == crate.id, CrateCopy.copy_id.in_(standing))
        .order_by(CrateCopy.position, CrateCopy.copy_id)
    )
    return list(db.session.scalars(packed))


def _places(crate_id: int) -> dict[int, int]:
    """The position of each copy in a crate, from the front."""
    packed = select(CrateCopy.copy_id, CrateCopy.position).where(CrateCopy.crate_id == crate_id)
    rows = db.session.execute(packed.order_by(CrateCopy.position, CrateCopy.copy_id))
    return {row.copy_id: row.position for row in rows}


def _add(crate: Crate, copy_ids: Iterable[int]) -> int:
    ids = list(dict.fromkeys(copy_ids))
    mine = select(Copy.id).where(own_copies(crate.owner_id, ids), Copy.removed_at.is_(None))
    there = _places(crate.id)
    addable = set(db.session.scalars(mine)) - there.keys()
    position = max(there.values(), default=0)
    new = [each for each in ids if each in addable]
    rows = [
        {"crate_id": crate.id, "copy_id": copy_id, "position": place}
        for place, copy_id in enumerate(new, start=position + 1)
    ]
    for chunk in in_chunks(rows):
        db.session.execute(CrateCopy.__table__.insert(), chunk)  # type: ignore[attr-defined]
    shelf.touch(crate.owner_id, new)
    return len(new)


def _free_name(owner_id: int, typed: str, own: Crate | None = None) -> str:
    """The name, if no other crate has it; a deleted one of that name goes for good."""
    name = crate_name(typed)
    if not name:
        raise InvalidInputError(
            "A crate needs a name. Nothing was changed.", {"name": ["Give the crate a name."]}
        )
    other = _called(owner_id, name)
    if other is None or other is own:
        return name
    if other.removed_at is None:
        sentence = f"There is a crate called “{other.name}” already."
        raise InvalidInputError(f"{sentence} Nothing was changed.", {"name": [sentence]})
    db.session.delete(other)
    db.session.flush()
    return name


def _called(owner_id: int, name: str) -> Crate | None:
    """Compared here: databases differ in what they take for the same letter."""
    crates = db.session.scalars(select(Crate).where(Crate.owner_id == owner_id))
    return next((each for each in crates if each.name.casefold() == name.casefold()), None)


def _note(typed: str) -> str:
    return clean(typed, LONGEST_NOTE).strip()
