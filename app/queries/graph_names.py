"""Finding who is meant by a name somebody typed."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from sqlalchemy import func, literal, or_, select, union_all

from app.domain.graph_ties import Kind, stands_for_nobody
from app.domain.names import display_name
from app.domain.text import clean, fold, sort_key
from app.extensions import db
from app.models import Artist, Label, Tag
from app.queries.merged_artists import root_of

LONGEST_NAME = 300
SUGGESTIONS = 5
# A word typed wrong is mostly right at its beginning.
_BEGINNING = 3
_LOOKED_AT = 400
_ALIKE = 0.5
_NODE_ID = re.compile(r"(artist|label|style)-([1-9]\d{0,17})", re.ASCII)


class FoundName(NamedTuple):
    """An artist, label or style and the name people read."""

    kind: Kind
    ref: int
    name: str


def is_node_id(text: str) -> bool:
    """Whether this is the id of a node ("label-7"), as links have it."""
    return _NODE_ID.fullmatch(text) is not None


def find_name(owner_id: int, typed: str) -> FoundName | None:
    """Who `typed` means on this person's shelf: an artist, else a label, else a style.

    Case, accents and Discogs' " (2)" do not matter, unless there are namesakes; a node's id
    ("label-7") is understood too.
    """
    typed = clean(typed, LONGEST_NAME).strip()
    if match := _NODE_ID.fullmatch(typed):
        found = _everybody(owner_id, ref=int(match[2]), kind=match[1])
    else:
        found = _everybody(owner_id, key=sort_key(display_name(typed)), written=typed)
    for kind, ref, name, _key in db.session.execute(found.limit(20)):
        if typed and not stands_for_nobody(name):
            return _shown(owner_id, FoundName(kind, ref, display_name(name)))
    return None


def _shown(owner_id: int, found: FoundName) -> FoundName:
    """Whose records show somebody: their own or, of one merged into another, that one's."""
    root = root_of(owner_id, found.ref) if found.kind == "artist" else found.ref
    if root == found.ref:
        return found
    return FoundName(found.kind, root, display_name(db.session.get_one(Artist, root).name))


def near_names(owner_id: int, typed: str) -> list[str]:
    """Names on the shelf that look like `typed`, the most alike first."""
    typed = clean(typed, LONGEST_NAME)
    beginnings = [word[:_BEGINNING] for word in fold(typed).split()][:4]
    if not beginnings:
        return []
    key = sort_key(typed)
    rows = db.session.execute(_everybody(owner_id, beginnings=beginnings).limit(_LOOKED_AT))
    alike: dict[str, float] = {}
    for _kind, _ref, name, other in rows:
        if not stands_for_nobody(name):
            likeness = SequenceMatcher(None, key, other.casefold()).ratio()
            if likeness >= _ALIKE:
                alike[display_name(name)] = max(likeness, alike.get(display_name(name), 0.0))
    return sorted(alike, key=lambda name: (-alike[name], name))[:SUGGESTIONS]


def _everybody(
    owner_id: int,
    *,
    kind: str = "",
    ref: int = 0,
    key: str = "",
    written: str = "",
    beginnings: list[str] | None = None,
) -> Any:
    """(kind, id, name, sort key) of those asked for; the name as written first, then artists."""
    parts: list[Any] = []
    models: dict[Kind, Any] = {"artist": Artist, "label": Label, "style": Tag}
    for rank, (one, model) in enumerate(models.items()):
        sort: Any = func.lower(Tag.name) if model is Tag else model.sort_key
        mine = Tag.kind == "style" if model is Tag else model.owner_id == owner_id
        part = select(
            literal(one).label("kind"),
            model.id.label("ref"),
            model.name.label("name"),
            sort.label("key"),
            literal(rank).label("rank"),
            (model.name == written).label("exact"),
        ).where(mine)
        if ref:
            part = part.where(model.id == ref, literal(one) == kind)
        elif beginnings:
            part = part.where(or_(*(sort.contains(word, autoescape=True) for word in beginnings)))
        else:
            part = part.where(sort == (written.lower() if model is Tag else key))
        parts.append(part)
    found = union_all(*parts).subquery()
    order = (found.c.exact.desc(), found.c.rank, found.c.ref)
    return select(found.c.kind, found.c.ref, found.c.name, found.c.key).order_by(*order)
