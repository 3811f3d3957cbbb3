"""Artists and record labels as documents to edit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select, update

from app.domain.documents_schema import ARTIST, LABEL
from app.domain.label_texts import label_pair_texts
from app.domain.names import display_name
from app.domain.text import sort_key
from app.errors import ConflictError, NotFoundError
from app.extensions import db
from app.models import Artist, Label, Release, ReleaseLabel
from app.services import shelf
from app.services.bulk import in_chunks
from app.services.subjects.subject import BY_NUMBER, Misnamed, Subject, mine, version_of


def open_artist(owner_id: int, artist_id: int, lock: bool) -> Subject:
    """An artist of this person. Raises NotFoundError."""
    query = mine(Artist, owner_id, artist_id)
    artist = db.session.scalar(query.with_for_update() if lock else query)
    if artist is None:
        raise NotFoundError("There is no such artist on this shelf.")
    return Subject(
        entity="artist",
        id=artist.id,
        owner_id=owner_id,
        name=display_name(artist.name),
        version=artist.version,
        source="Discogs" if artist.discogs_id else "Your records",
        shown={"name": artist.name, "profile": artist.profile or None},
        schema=ARTIST,
        write=lambda changes: _write_artist(artist, changes),
        misnamed=lambda document: _namesakes(Artist, artist, document),
        sure=BY_NUMBER if artist.discogs_id else "",
    )


def open_label(owner_id: int, label_id: int, lock: bool) -> Subject:
    """A record label of this person. Raises NotFoundError."""
    query = mine(Label, owner_id, label_id)
    label = db.session.scalar(query.with_for_update() if lock else query)
    if label is None:
        raise NotFoundError("There is no such label on this shelf.")
    shown = {"name": label.name, "profile": label.profile or None}
    return Subject(
        entity="label",
        id=label.id,
        owner_id=owner_id,
        name=display_name(label.name),
        version=version_of(shown),
        source="Discogs" if label.discogs_id else "Your records",
        shown=shown,
        schema=LABEL,
        write=lambda changes: _write_label(label, changes),
        misnamed=lambda document: _namesakes(Label, label, document),
        sure=BY_NUMBER if label.discogs_id else "",
    )


def _write_artist(artist: Artist, changes: dict[str, Any]) -> None:
    """Credit lines keep the name under which the artist is printed on a record."""
    _write_name(artist, changes)
    artist.version += 1
    db.session.flush()


def _write_label(label: Label, changes: dict[str, Any]) -> None:
    """Records are shown and found by what their labels are called."""
    _write_name(label, changes)
    db.session.flush()
    if "name" in changes:
        _rename_on_releases(label)


def _write_name(named: Artist | Label, changes: Mapping[str, Any]) -> None:
    if "name" in changes:
        for misnamed in _namesakes(type(named), named, changes):
            # What came meanwhile may bear the name that an undo would give back.
            raise ConflictError(f"{misnamed.sentence} Nothing was changed.")
        named.name = changes["name"]
        named.sort_key = sort_key(display_name(named.name))
        # Graphs are kept for as long as the collection stays the same, and they show names.
        shelf.next_version(named.owner_id)
    if "profile" in changes:
        named.profile = changes["profile"]


def _rename_on_releases(label: Label) -> None:
    on = select(ReleaseLabel.release_id).where(ReleaseLabel.label_id == label.id).distinct()
    for release_ids in in_chunks(db.session.scalars(on).all()):
        pairs: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for release_id, name, catno in db.session.execute(
            select(ReleaseLabel.release_id, Label.name, ReleaseLabel.catno)
            .join(Label, Label.id == ReleaseLabel.label_id)
            .where(ReleaseLabel.release_id.in_(release_ids))
            .order_by(ReleaseLabel.release_id, ReleaseLabel.position)
        ):
            pairs[release_id].append((name, catno))
        rows = [{"id": key, "label_text": label_pair_texts(on)[0]} for key, on in pairs.items()]
        db.session.execute(update(Release), rows)
        shelf.refresh(label.owner_id, release_ids)


def _namesakes(
    model: Any, named: Artist | Label, document: Mapping[str, Any]
) -> Iterator[Misnamed]:
    """What has no Discogs id is told apart by nothing but its name."""
    name = document.get("name", named.name)
    namesake = select(model.id).where(
        model.owner_id == named.owner_id,
        model.discogs_id.is_(None),
        model.name == name,
        model.id != named.id,
    )
    if named.discogs_id is None and db.session.scalar(namesake):
        kind = "an artist" if model is Artist else "a label"
        yield Misnamed(("name",), f"There is already {kind} called {name} on this shelf.")
