"""What people can edit: releases, artists, labels and copies as documents with a version."""

from __future__ import annotations

from app.services import catalogue_lock
from app.services.subjects import copies, names, releases
from app.services.subjects.subject import Misnamed, Subject

__all__ = ["Misnamed", "Subject", "open_subject"]

_OPENERS = {
    "release": releases.open_release,
    "artist": names.open_artist,
    "label": names.open_label,
    "copy": copies.open_copy,
}


def open_subject(entity: str, owner_id: int, entity_id: int, *, lock: bool = False) -> Subject:
    """The record to look at or, with `lock`, to change in this transaction.

    Raises NotFoundError.
    """
    if lock:
        catalogue_lock.hold(owner_id)
    return _OPENERS[entity](owner_id, entity_id, lock)
