"""What a person calls their folders."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import and_, func, select

from app.extensions import db
from app.models import Copy, Folder
from app.models.copy import UNCATEGORIZED


def folder_names(owner_id: int) -> Sequence[str]:
    """All folders of this person by name, each name once."""
    mine = select(Folder.name).where(Folder.owner_id == owner_id).distinct()
    return db.session.scalars(mine.order_by(Folder.name)).all()


class FolderLine(NamedTuple):
    """A folder and how many copies on the shelf stand in it. `is_own`: Discogs knows it not."""

    id: int
    name: str
    copies: int
    is_own: bool


def folder_lines(owner_id: int) -> list[FolderLine]:
    """All folders by name, also the empty ones. One statement."""
    held = and_(Copy.folder_id == Folder.id, Copy.removed_at.is_(None))
    rows = db.session.execute(
        select(Folder.id, Folder.name, Folder.discogs_id, func.count(Copy.id))
        .outerjoin(Copy, held)
        .where(Folder.owner_id == owner_id)
        .group_by(Folder.id, Folder.name, Folder.discogs_id)
        .order_by(func.lower(Folder.name), Folder.id)
    )
    return [
        FolderLine(key, name, copies, number is None and name != UNCATEGORIZED)
        for key, name, number, copies in rows
    ]
