"""Folders of one's own: made, renamed, deleted; and copies moved between folders.

A move is an edit of the copy, so that a sync leaves it. A folder that Discogs tells of is called
and kept as it is there.
"""

from __future__ import annotations

from sqlalchemy import select

from app.domain.bulk_changes import read_change
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Copy, Folder
from app.models.copy import UNCATEGORIZED
from app.services import catalogue_lock, edits, shelf
from app.services.edit_batches import lay_many
from app.services.folders import rename_in_edits
from app.services.subjects import open_subject
from app.services.transaction import one_commit


def move_copy(owner_id: int, copy_id: int, folder: str) -> tuple[int, str]:
    """Have a copy stand in the folder of that name, which is made if need be. Commits.

    Returns the id of its release, and the folder's name. Raises NotFoundError, InvalidInputError
    at "folder".
    """
    name = _read(folder, "folder")
    with one_commit():
        subject = open_subject("copy", owner_id, copy_id, lock=True)
        edits.lay(subject, {"folder": name}, edits.new_batch(), "form")
    return subject.release_id or 0, name


def make_folder(owner_id: int, name: str) -> str:
    """A new, empty folder; its name. Commits. Raises InvalidInputError at "name"."""
    name = _read(name, "name")
    with one_commit():
        catalogue_lock.hold(owner_id)
        _refuse_namesake(owner_id, name)
        db.session.add(Folder(owner_id=owner_id, name=name))
    return name


def rename_folder(owner_id: int, folder_id: int, name: str) -> str:
    """Call a folder of one's own something else; its new name. Commits.

    Raises NotFoundError, InvalidInputError at "name" or for a folder of Discogs'.
    """
    name = _read(name, "name")
    with one_commit():
        catalogue_lock.hold(owner_id)
        folder = _own(owner_id, folder_id)
        if name == folder.name:
            return name
        _refuse_namesake(owner_id, name)
        rename_in_edits(owner_id, {folder.name: name})
        folder.name = name
        shelf.next_version(owner_id)
    return name


def delete_folder(owner_id: int, folder_id: int) -> tuple[str, str | None]:
    """Delete a folder of one's own; its copies, also those in the trash, become uncategorized.

    Returns its name, and the batch by which the copies go back into a folder of that name, None
    where it was empty. Commits. Raises NotFoundError, InvalidInputError for a folder of Discogs'.
    """
    with one_commit():
        catalogue_lock.hold(owner_id)
        folder = _own(owner_id, folder_id)
        inside = select(Copy.id).where(Copy.owner_id == owner_id, Copy.folder_id == folder.id)
        change = {"folder": (folder.name, UNCATEGORIZED)}
        wanted = dict.fromkeys(db.session.scalars(inside), change)
        batch = edits.new_batch() if wanted else None
        if batch:
            lay_many(owner_id, "copy", wanted, batch, "bulk")
        name = folder.name
        db.session.delete(folder)
        db.session.flush()
    return name, batch


def _read(name: str, field: str) -> str:
    try:
        value: str = read_change("folder", name).value
    except InvalidInputError as error:
        sentence = str(error) if name.strip() else "What is the folder called?"
        raise InvalidInputError(sentence, {field: [sentence]}) from error
    return value


def _own(owner_id: int, folder_id: int) -> Folder:
    mine = select(Folder).where(Folder.id == folder_id, Folder.owner_id == owner_id)
    folder = db.session.scalar(mine)
    if folder is None:
        raise NotFoundError("There is no such folder.")
    if folder.discogs_id is not None or folder.name == UNCATEGORIZED:
        raise InvalidInputError(
            f"Discogs manages the folder {folder.name}. Change it there, and sync."
        )
    return folder


def _refuse_namesake(owner_id: int, name: str) -> None:
    namesake = select(Folder.id).where(Folder.owner_id == owner_id, Folder.name == name)
    if db.session.scalar(namesake.limit(1)) is not None:
        sentence = f"There is a folder called {name} already."
        raise InvalidInputError(sentence, {"name": [sentence]})
