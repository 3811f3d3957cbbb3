"""What a person calls their folders."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.extensions import db
from app.models import Folder


def folder_names(owner_id: int) -> Sequence[str]:
    """All folders of this person by name, each name once."""
    mine = select(Folder.name).where(Folder.owner_id == owner_id).distinct()
    return db.session.scalars(mine.order_by(Folder.name)).all()
