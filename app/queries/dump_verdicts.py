"""The lines of a dump about gaps a person leaves for good."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, exists, select

from app.domain.quality import CHECKS
from app.extensions import db
from app.models import Artist, Copy, Credit, Label, QualityVerdict, Release, ReleaseLabel
from app.queries.dump_lines import Key, Line, moment_of

_NAMES = {
    kind: [check.name for check in CHECKS if check.entity == kind]
    for kind in ("release", "artist", "label")
}
_COPY_NAMES = [check.name for check in CHECKS if check.entity == "copy"]


def copies_with_verdicts(owner_id: int) -> set[int]:
    """The copies that have a gap which is left for good."""
    return set(db.session.scalars(_left(owner_id, QualityVerdict.check_name.in_(_COPY_NAMES))))


def _left(owner_id: int, *conditions: ColumnElement[bool]) -> Any:
    return select(QualityVerdict.entity_id).where(
        QualityVerdict.owner_id == owner_id, QualityVerdict.verdict == "never", *conditions
    )


def verdict_lines(
    owner_id: int, own: Mapping[int, str], copies: Mapping[int, Key]
) -> Iterator[Line]:
    """Those about things the dump tells of; `own` and `copies` say how it calls them."""
    yield from _of_releases(owner_id, own)
    yield from _of_artists(owner_id)
    yield from _of_labels(owner_id)
    left = _left(owner_id, QualityVerdict.check_name.in_(_COPY_NAMES))
    for copy_id, name, at in db.session.execute(_told(left)):
        if copies.get(copy_id):
            yield _line(name, at, copies[copy_id])


def _told(left: Any) -> Any:
    return left.add_columns(QualityVerdict.check_name, QualityVerdict.at)


def _of_releases(owner_id: int, own: Mapping[int, str]) -> Iterator[Line]:
    owned = exists().where(Copy.release_id == Release.id)
    left = _left(owner_id, QualityVerdict.check_name.in_(_NAMES["release"]), owned)
    rows = _told(left.join(Release, Release.id == QualityVerdict.entity_id))
    for release_id, name, at, discogs_id in db.session.execute(
        rows.add_columns(Release.discogs_id)
    ):
        key: Key = {"release_id": discogs_id}
        if discogs_id is None:
            key["own"] = own[release_id]
        yield _line(name, at, key)


def _of_artists(owner_id: int) -> Iterator[Line]:
    heard = exists().where(Credit.artist_id == Artist.id, Credit.release_id == Copy.release_id)
    left = _left(owner_id, QualityVerdict.check_name.in_(_NAMES["artist"]), heard)
    rows = _told(left.join(Artist, Artist.id == QualityVerdict.entity_id))
    for _id, name, at, discogs_id, called in db.session.execute(
        rows.add_columns(Artist.discogs_id, Artist.name)
    ):
        yield _line(name, at, {"artist_id": discogs_id, "name": called})


def _of_labels(owner_id: int) -> Iterator[Line]:
    carried = exists().where(
        ReleaseLabel.label_id == Label.id, ReleaseLabel.release_id == Copy.release_id
    )
    left = _left(owner_id, QualityVerdict.check_name.in_(_NAMES["label"]), carried)
    rows = _told(left.join(Label, Label.id == QualityVerdict.entity_id))
    for _id, name, at, discogs_id, called in db.session.execute(
        rows.add_columns(Label.discogs_id, Label.name)
    ):
        yield _line(name, at, {"label_id": discogs_id, "name": called})


def _line(check: str, at: Any, key: Key) -> Line:
    return {"type": "verdict", "check": check, "verdict": "never", "at": moment_of(at), **key}
