"""What the fields are called that a person made for their copies ("Cleaned", "Shelf")."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from app.domain.twin_names import told_apart
from app.extensions import db
from app.models import CollectionField

# Built once: an editor makes it for every copy.
_FIELDS = (
    select(CollectionField.id, CollectionField.name)
    .where(CollectionField.owner_id == bindparam("owner"))
    # The older ones at Discogs first, so that a name stays with its field.
    .order_by(CollectionField.discogs_id.is_(None), CollectionField.discogs_id, CollectionField.id)
)


def field_names(owner_id: int) -> dict[int, str]:
    """The name of each field by our id. Discogs allows twins; here they are told apart."""
    rows = db.session.execute(_FIELDS, {"owner": owner_id}).all()
    names = told_apart([name for _id, name in rows])
    return {row.id: name for row, name in zip(rows, names, strict=True)}
