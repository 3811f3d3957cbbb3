"""Folders and collection fields: found by Discogs id, else by name, else made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, update

from app.domain.records import FieldRecord, FolderRecord
from app.domain.twin_names import told_apart
from app.extensions import db
from app.models import CollectionField, Copy, Edit, Folder
from app.models.copy import UNCATEGORIZED
from app.queries.field_names import field_names
from app.services import shelf

ALL_ID, UNCATEGORIZED_ID = 0, 1
# The default fields, which every copy has as columns of its own.
DEFAULT_FIELD_IDS = (1, 2, 3)


def store_folders(owner_id: int, told: Sequence[FolderRecord]) -> None:
    """Adopt Discogs' folders: a rename follows, a folder known by name only gets its id.

    Where a rename leads to the name of a folder of one's own, the two become one. Does not commit.
    """
    known = _folders(owner_id)
    by_id = {folder.discogs_id: folder for folder in known if folder.discogs_id is not None}
    by_name = {folder.name: folder for folder in known if folder.discogs_id is None}
    renamed: dict[str, str] = {}
    for record in told:
        if record.discogs_id == ALL_ID:
            continue
        folder = by_id.get(record.discogs_id) or by_name.get(record.name)
        if folder is None:
            db.session.add(
                Folder(owner_id=owner_id, discogs_id=record.discogs_id, name=record.name)
            )
        elif (folder.discogs_id, folder.name) != (record.discogs_id, record.name):
            namesake = by_name.pop(record.name, None)
            if namesake is not None and namesake is not folder:
                _take_in(owner_id, folder, namesake)
            renamed[folder.name] = record.name
            folder.discogs_id, folder.name = record.discogs_id, record.name
    rename_in_edits(owner_id, renamed)
    db.session.flush()


def _take_in(owner_id: int, folder: Folder, namesake: Folder) -> None:
    """What stands in `namesake` stands in `folder` from now on: edits know folders by name only."""
    version = shelf.next_version(owner_id)
    inside = update(Copy).where(Copy.owner_id == owner_id, Copy.folder_id == namesake.id)
    db.session.execute(inside.values(folder_id=folder.id, changed_in=version))
    db.session.delete(namesake)


def rename_in_edits(owner_id: int, names: Mapping[str, str]) -> None:
    """Edits speak of folders by name: what is undone or laid again must find the renamed ones.

    `names` are the new ones by the old. Does not commit.
    """
    _say_in_edits(owner_id, "folder", names, lambda folder: names.get(folder, folder))


def _say_in_edits(
    owner_id: int, field: str, names: Mapping[str, str], said: Callable[[Any], Any]
) -> None:
    if all(old == new for old, new in names.items()):
        return
    about = select(Edit).where(
        Edit.owner_id == owner_id, Edit.entity == "copy", Edit.field == field
    )
    for edit in db.session.scalars(about):
        for side in ("before", "after", "upstream"):
            if (now := said(getattr(edit, side))) != getattr(edit, side):
                setattr(edit, side, now)


def store_fields(owner_id: int, told: Sequence[FieldRecord]) -> None:
    """Adopt the columns the person made at Discogs; two may bear one name there."""
    before = field_names(owner_id)
    known = db.session.scalars(
        select(CollectionField).where(CollectionField.owner_id == owner_id)
    ).all()
    by_id = {field.discogs_id: field for field in known if field.discogs_id is not None}
    by_name = {before[field.id]: field for field in known if field.discogs_id is None}
    own = [record for record in told if record.discogs_id not in DEFAULT_FIELD_IDS]
    own.sort(key=lambda record: record.discogs_id)
    for record, name in zip(own, told_apart([record.name for record in own]), strict=True):
        field = by_id.get(record.discogs_id) or by_name.pop(name, None)
        if field is None:
            field = CollectionField(owner_id=owner_id)
            db.session.add(field)
        field.discogs_id, field.name, field.kind = record.discogs_id, record.name, record.kind
        field.position, field.options = record.position, list(record.options)
    db.session.flush()
    after = field_names(owner_id)
    renamed = {name: after[key] for key, name in before.items()}
    _say_in_edits(
        owner_id,
        "fields",
        renamed,
        lambda entries: [{**e, "name": renamed.get(e["name"], e["name"])} for e in entries],
    )


def folder_ids_by_discogs_id(owner_id: int) -> dict[int, int]:
    """Our ids of the folders Discogs told of, Uncategorized always among them."""
    known = {folder.discogs_id: folder.id for folder in _folders(owner_id) if folder.discogs_id}
    if UNCATEGORIZED_ID not in known:
        by_name = next((f for f in _folders(owner_id) if f.name == UNCATEGORIZED), None)
        folder = by_name or Folder(owner_id=owner_id, name=UNCATEGORIZED)
        folder.discogs_id = UNCATEGORIZED_ID
        db.session.add(folder)
        db.session.flush()
        known[UNCATEGORIZED_ID] = folder.id
    return known


def folder_ids_by_name(owner_id: int, wanted: Iterable[str]) -> dict[str, int]:
    """Our ids of folders by name, made where missing; "" is Uncategorized."""
    known = {folder.name: folder.id for folder in reversed(_folders(owner_id))}
    for name in wanted:
        if (name or UNCATEGORIZED) not in known:
            folder = Folder(owner_id=owner_id, name=name or UNCATEGORIZED)
            db.session.add(folder)
            db.session.flush()
            known[folder.name] = folder.id
    return {name: known[name or UNCATEGORIZED] for name in wanted}


def existing_folder_ids(owner_id: int, names: Iterable[str]) -> dict[str, int]:
    """Our ids of the folders of these names, as far as there are any."""
    known = {folder.name: folder.id for folder in reversed(_folders(owner_id))}
    found = {name: known.get(name or UNCATEGORIZED) for name in names}
    return {name: folder_id for name, folder_id in found.items() if folder_id is not None}


def existing_field_ids(owner_id: int) -> dict[str, int]:
    """Our ids of custom fields by name."""
    return {name: key for key, name in field_names(owner_id).items()}


def field_ids_by_name(owner_id: int, wanted: Iterable[str]) -> dict[str, int]:
    """Our ids of custom fields by name, made where missing."""
    known = existing_field_ids(owner_id)
    for position, name in enumerate(wanted):
        if name not in known:
            field = CollectionField(owner_id=owner_id, name=name, position=position)
            db.session.add(field)
            db.session.flush()
            known[name] = field.id
    return known


def field_ids_by_discogs_id(owner_id: int) -> dict[int, int]:
    """Our ids of the fields Discogs told of."""
    rows = db.session.execute(
        select(CollectionField.discogs_id, CollectionField.id).where(
            CollectionField.owner_id == owner_id, CollectionField.discogs_id.is_not(None)
        )
    )
    return {discogs_id: field_id for discogs_id, field_id in rows if discogs_id is not None}


def _folders(owner_id: int) -> Sequence[Folder]:
    return db.session.scalars(
        select(Folder).where(Folder.owner_id == owner_id).order_by(Folder.id)
    ).all()
