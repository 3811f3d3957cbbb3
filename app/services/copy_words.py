"""Copies between the columns of their rows and the documents people edit.

A document names folders and custom fields; a row holds our ids of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import bindparam, select

from app.domain.documents import Document
from app.domain.documents_schema import COPY
from app.extensions import db
from app.models import Copy, Folder
from app.queries.field_names import field_names
from app.services import folders

# Built once: an editor makes it for every copy.
_FOLDERS = select(Folder.id, Folder.name).where(Folder.owner_id == bindparam("owner"))
COLUMNS = {
    "folder": "folder_id",
    "rating": "rating",
    "media_condition": "media_condition",
    "sleeve_condition": "sleeve_condition",
    "notes": "notes",
    "fields": "fields",
}


class CopyWords:
    """What one owner's folders and custom fields are called."""

    def __init__(self, owner_id: int) -> None:
        self.owner_id = owner_id
        self._folders = dict(db.session.execute(_FOLDERS, {"owner": owner_id}).all())
        self._fields = field_names(owner_id)
        # Asked for by each of thousands of copies that get the same.
        self._folder_ids: dict[str, int] = {}
        self._field_ids: dict[str, int] = {}

    def document_of(self, copy: Copy) -> Document:
        """The whole document of a copy."""
        return self.document({column: getattr(copy, column) for column in COLUMNS.values()})

    def document(self, columns: Mapping[str, Any]) -> Document:
        """What these columns of a row say, as fields of a document; other columns are left out."""
        said = {field: columns[column] for field, column in COLUMNS.items() if column in columns}
        if "folder" in said:
            said["folder"] = self._folders.get(said["folder"], "")
        if "fields" in said:
            said["fields"] = [
                {"name": self._fields[int(key)], "value": str(value)}
                for key, value in (said["fields"] or {}).items()
                if int(key) in self._fields
            ]
        return {field: said[field] for field in COPY["properties"] if field in said}

    def columns(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The columns that say what `document` does. Folders and fields are made where missing."""
        columns = {COLUMNS[field]: value for field, value in document.items()}
        if "folder" in document:
            columns["folder_id"] = self._folder_id(document["folder"])
        if "fields" in document:
            entries = {entry["name"]: entry["value"] for entry in document["fields"]}
            ids = self._ids_of_fields(entries)
            columns["fields"] = {
                str(ids[name]): value for name, value in entries.items() if value
            } or None
        return columns

    def _folder_id(self, name: str) -> int:
        if name not in self._folder_ids:
            self._folder_ids |= folders.folder_ids_by_name(self.owner_id, [name])
        return self._folder_ids[name]

    def _ids_of_fields(self, names: Collection[str]) -> Mapping[str, int]:
        if not self._field_ids.keys() >= set(names):
            self._field_ids = folders.field_ids_by_name(self.owner_id, names)
        return self._field_ids


def without(columns: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """`columns` of a row but for those that hold these fields of its document."""
    left_out = {COLUMNS[field] for field in fields}
    return {column: value for column, value in columns.items() if column not in left_out}
