"""What a dry run found, one kind of change and one page at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from app.domain.document_changes import ChangeLine
from app.queries.paged import place
from app.services.publishing.looked import Look

KINDS = {
    "changed": "Changed",
    "new": "New",
    "orphaned": "Removed",
    "edited": "Changed by hand",
}
PER_PAGE = 25


@dataclass(frozen=True, slots=True)
class Item:
    """A file: its path, the lines of it that would change, and whether its record has left."""

    path: str
    lines: Sequence[ChangeLine]
    has_left: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of the files of one kind: `number` of `pages`, counted from 1."""

    kind: str
    items: Sequence[Item]
    total: int
    number: int
    pages: int
    kinds: Sequence[tuple[str, str, int]]

    def url(self, kind: str = "", page: int = 1) -> str:
        """The address of another page, or of another kind."""
        return "/admin/publish/look?" + urlencode({"kind": kind or self.kind, "page": page})


def shown(look: Look, asked: Mapping[str, str]) -> Shown:
    """The page `asked` for: of the first kind that there is, if it names none we know."""
    files = {kind: list(getattr(look, kind)) for kind in KINDS}
    kind = asked.get("kind", "")
    if kind not in files:
        kind = next((each for each in KINDS if files[each]), "changed")
    wanted = asked.get("page", "")
    is_number = wanted.isascii() and wanted.isdigit() and len(wanted) < 10
    number, pages = place(len(files[kind]), int(wanted) if is_number else 1, PER_PAGE)
    some = files[kind][(number - 1) * PER_PAGE : number * PER_PAGE]
    left = set(look.left)
    return Shown(
        kind=kind,
        items=[Item(path, _lines(look.lines.get(path, "")), path in left) for path in some],
        total=len(files[kind]),
        number=number,
        pages=pages,
        kinds=[(each, words, len(files[each])) for each, words in KINDS.items()],
    )


def _lines(told: str) -> Sequence[ChangeLine]:
    """The lines of a difference without its head, which names the file twice."""
    found = []
    for line in told.split("\n")[2:]:
        if line.startswith("@@"):
            found.append(ChangeLine(" ", "…"))
        elif line:
            found.append(ChangeLine(line[0], line[1:]))
    return found
