"""How one name on the shelf leads to another, over records they share with others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Select, literal, select, union_all

from app.domain.graph import shortest_path
from app.domain.graph_ties import stands_for_nobody
from app.domain.names import display_name
from app.errors import InvalidInputError
from app.extensions import db
from app.models import Artist, Copy, Credit, Label, ReleaseLabel, ReleaseTag, Tag
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.graph_names import FoundName, find_name
from app.queries.many_ids import among

# More records in a row than this tell nobody anything.
MOST_RECORDS = 8
EMPTY = {"from": "Say where the path begins.", "to": "Say where the path leads."}

Point = tuple[Literal["artist", "label", "style", "record"], int]
# Of equally short ways the one over people is taken, then over labels, then over styles.
_RANK = {"artist": 0, "label": 1, "style": 2, "record": 3}


@dataclass(frozen=True, slots=True)
class Step:
    """A stop on a path: a record (then `row` is set), or a name and what it did on the record
    before (`role`: "", "Piano", …)."""

    kind: str
    ref: int
    name: str
    role: str = ""
    row: ShelfRow | None = None


def find_ends(owner_id: int, start: str, goal: str) -> tuple[FoundName, FoundName]:
    """Who the two typed names mean. Raises InvalidInputError, its problems under from and to."""
    found = {"from": find_name(owner_id, start), "to": find_name(owner_id, goal)}
    problems = {
        field: [_unknown(field, typed)]
        for field, typed in (("from", start), ("to", goal))
        if found[field] is None
    }
    if found["from"] is None or found["to"] is None:
        raise InvalidInputError("Not every name is on this shelf.", problems)
    return found["from"], found["to"]


def _unknown(field: str, typed: str) -> str:
    if not typed.strip():
        return EMPTY[field]
    return f"No artist, label or style on this shelf is called “{typed.strip()[:80]}”."


def find_path(owner_id: int, start: FoundName, goal: FoundName) -> list[Step] | None:
    """The fewest records from one name to another: name, record, name, record … name.

    It leads over everybody credited, labels and styles. None if eight records are not enough.
    """
    walk = _Walk(owner_id)
    path = walk.between((start.kind, start.ref), (goal.kind, goal.ref))
    if path is None:
        return None
    for end in (start, goal):
        walk.names[end.kind, end.ref] = end.name
    return walk.steps(path)


class _Walk:
    """Walks from both ends in turns, always from the side where fewer wait, until they meet."""

    def __init__(self, owner_id: int) -> None:
        self.owner_id = owner_id
        self.names: dict[Point, str] = {}
        self._ways: defaultdict[Point, set[Point]] = defaultdict(set)
        self._copies: dict[int, int] = {}
        self._roles: dict[tuple[int, Point], str] = {}

    def between(self, start: Point, goal: Point) -> list[Point] | None:
        seen = [{start}, {goal}]
        edge = [{start}, {goal}]
        for _ in range(2 * MOST_RECORDS):
            if seen[0] & seen[1] or not (edge[0] and edge[1]):
                break
            side = 0 if len(edge[0]) <= len(edge[1]) else 1
            edge[side] = self._next(edge[side]) - seen[side]
            seen[side] |= edge[side]
        ways = {
            here: sorted(near, key=lambda point: (_RANK[point[0]], point[1]))
            for here, near in self._ways.items()
        }
        return shortest_path(ways, start, goal)

    def _next(self, edge: Collection[Point]) -> set[Point]:
        """What lies one step from these points: records of names, or names on records."""
        found: set[Point] = set()
        for kind, ref, name, release_id, copy_id, role in db.session.execute(self._links(edge)):
            if stands_for_nobody(name):
                continue
            there: Point = (kind, ref)
            record: Point = ("record", release_id)
            self.names[there] = display_name(name)
            self._copies[release_id] = min(copy_id, self._copies.get(release_id, copy_id))
            roles = (role, self._roles.get((release_id, there), role))
            self._roles[release_id, there] = min(roles)
            self._ways[there].add(record)
            self._ways[record].add(there)
            found.add(there if record in edge else record)
        return found

    def _links(self, edge: Collection[Point]) -> Any:
        return union_all(
            *(
                self._part("artist", Artist, Credit, Credit.artist_id, Credit.role, edge),
                self._part("label", Label, ReleaseLabel, ReleaseLabel.label_id, literal(""), edge),
                self._part("style", Tag, ReleaseTag, ReleaseTag.tag_id, literal(""), edge),
            )
        )

    def _part(
        self, kind: str, model: Any, link: Any, ref: Any, role: Any, edge: Collection[Point]
    ) -> Select[Any]:
        """Names tied to records by one link table, where either is at the edge."""
        records = [ref for what, ref in edge if what == "record"]
        names = [ref for what, ref in edge if what == kind]
        at_edge = among(link.release_id, records) if records else among(ref, names)
        part = (
            select(literal(kind), model.id, model.name, link.release_id, Copy.id, role)
            .select_from(link)
            .join(model, model.id == ref)
            .join(Copy, Copy.release_id == link.release_id)
            # "+ 0": the copies are to be looked up by release, not walked by owner.
            .where(at_edge, Copy.owner_id + 0 == self.owner_id, Copy.removed_at.is_(None))
        )
        return part.where(Tag.kind == "style") if model is Tag else part

    def steps(self, path: Sequence[Point]) -> list[Step]:
        """The points of a path with what is shown of them."""
        copy_ids = [self._copies[ref] for kind, ref in path if kind == "record"]
        rows = {row.release_id: row for row in shelf_rows(self.owner_id, copy_ids)}
        steps = []
        for place, (kind, ref) in enumerate(path):
            if kind == "record":
                steps.append(Step(kind, ref, rows[ref].title, row=rows[ref]))
            else:
                record = path[place - 1 if place else min(1, len(path) - 1)]
                role = self._roles.get((record[1], (kind, ref)), "")
                steps.append(Step(kind, ref, self.names[kind, ref], role))
        return steps
