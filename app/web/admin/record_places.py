"""Where the records people edit are to be found: their editor, their history, their own page."""

from __future__ import annotations

from flask import url_for

from app.services.subjects import Subject

KINDS = {"release": "releases", "artist": "artists", "label": "labels", "copy": "copies"}


def place(entity: str, entity_id: int) -> str:
    """What the addresses of a record's admin pages begin with."""
    return f"/admin/{KINDS[entity]}/{entity_id}"


def editor_url(entity: str, entity_id: int) -> str:
    """Where the record is edited."""
    return url_for(f"admin.{entity}_json", entity_id=entity_id)


def record_url(subject: Subject) -> str:
    """Where the record itself is looked at; a copy stands on the page of its release."""
    if subject.entity == "copy":
        return f"/releases/{subject.release_id}#copy-{subject.id}"
    return f"/{KINDS[subject.entity]}/{subject.id}"
