"""The buttons beside a field in its editor: lock, unlock, keep what is mine, undo.

They are buttons of the form itself, so that what is typed elsewhere in it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from app.errors import NotFoundError
from app.services import edits
from app.services.subjects import Subject
from app.web.admin import field_words


def press(subject: Subject, button: str) -> str:
    """Do what a button ("lock year") says; returns what to tell. Raises NotFoundError."""
    word, _, field = button.partition(" ")
    if word not in _ACTS:
        raise NotFoundError("There is no such button.")
    return _ACTS[word](subject, field)


def _lock(subject: Subject, field: str) -> str:
    is_new = edits.lock(subject.entity, subject.owner_id, subject.id, field)
    word = field_words.label(field)
    return f"{word} stays as it is from now on." if is_new else f"{word} was locked already."


def _unlock(subject: Subject, field: str) -> str:
    was_locked = edits.unlock(subject.entity, subject.owner_id, subject.id, field)
    word = field_words.label(field)
    return f"{word} is no longer locked." if was_locked else f"{word} was not locked."


def _keep(subject: Subject, field: str) -> str:
    edits.keep(subject.entity, subject.owner_id, subject.id, field)
    return f"Kept: {field_words.label(field).lower()} stays yours."


def _undo(subject: Subject, field: str) -> str:
    fields = edits.undo(subject.entity, subject.owner_id, subject.id, field=field)
    return f"Undone: {field_words.named(fields)}." if fields else "That was undone already."


_ACTS: Final[Mapping[str, Callable[[Subject, str], str]]] = {
    "lock": _lock,
    "unlock": _unlock,
    "keep": _keep,
    "undo": _undo,
}
