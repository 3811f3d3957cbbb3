"""The lines of a dump about gaps left for good, back into the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete

from app.domain.quality import BY_NAME
from app.extensions import db
from app.models import QualityVerdict
from app.services.dump_file import Line, moment_in
from app.services.load_matches import Releases
from app.services.load_stickers import Copies, copy_key


def store_verdicts(
    owner_id: int,
    lines: Iterable[Line],
    releases: Releases,
    copies: Copies,
    named: Mapping[str, Mapping[int | str, int]],
) -> None:
    """What was said of the same gap gives way. Does not commit.

    `releases`, `copies` and, by kind, `named` (artists, labels) have our ids by how the dump calls
    them. Raises ValueError and its like where a line makes no sense.
    """
    db.session.execute(delete(QualityVerdict).where(QualityVerdict.owner_id == owner_id))
    for line in lines:
        if line["verdict"] != "never":
            raise ValueError("a verdict no dump would tell")
        db.session.add(
            QualityVerdict(
                owner_id=owner_id,
                check_name=line["check"],
                entity_id=_entity_id(line, releases, copies, named),
                verdict="never",
                at=moment_in(line["at"]),
            )
        )
    db.session.flush()


def _entity_id(
    line: Line, releases: Releases, copies: Copies, named: Mapping[str, Mapping[int | str, int]]
) -> int:
    match BY_NAME[line["check"]].entity:
        case "copy":
            return copies[copy_key(line)]
        case "artist" | "label" as kind:
            number = line[f"{kind}_id"]
            return named[kind][line["name"] if number is None else number]
        case _:
            return releases[line["own"] if line["release_id"] is None else line["release_id"]]
