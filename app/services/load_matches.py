"""The lines of a dump about links, covers and preferences, back into the database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, tuple_

from app.domain.providers import BY_NAME
from app.extensions import db
from app.models import Image, Link, Preference
from app.models.match import LINKED_KINDS
from app.queries.dump_matches import ACCEPTED
from app.services import covers
from app.services.bulk import in_chunks
from app.services.dump_file import DumpFile, Line, moment_in
from app.services.enrich.desk import switch_name
from app.services.enrich.links import MOST_URL_LETTERS

AT_ONCE = 500
Releases = Mapping[int | str, int]

_STATES = {accepted: state for state, accepted in ACCEPTED.items()}
_TITLE = re.compile(r"[mr][0-9]{1,18}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_PAGE = re.compile(r"https?://\S+")
_SAME = tuple_(Link.entity, Link.key, Link.provider, Link.url)


def store_matches(owner_id: int, lines: DumpFile, releases: Releases) -> None:
    """Links with what a person decided about them, own covers, preferences. Does not commit.

    What was there under the same name gives way. `releases` has our ids by the number at Discogs or
    the name within the dump. Raises ValueError and its like where a line makes no sense.
    """
    for chunk in in_chunks(lines.of("link"), AT_ONCE):
        _store_links(owner_id, chunk, releases)
    for chunk in in_chunks(lines.of("cover"), AT_ONCE):
        _store_covers(owner_id, chunk, releases)
    for line in lines.of("preference"):
        _store_preference(owner_id, line)


def _store_links(owner_id: int, lines: Sequence[Line], releases: Releases) -> None:
    rows = [_link(owner_id, line, releases) for line in lines]
    same = [(row["entity"], row["key"], row["provider"], row["url"]) for row in rows]
    db.session.execute(
        delete(Link)
        .where(Link.owner_id == owner_id, _SAME.in_(same))
        .execution_options(synchronize_session=False)
    )
    db.session.execute(insert(Link), rows)


def _link(owner_id: int, line: Line, releases: Releases) -> dict[str, Any]:
    entity, key = meant(line, releases)
    url, evidence = line["url"], line["evidence"]
    if not _PAGE.fullmatch(url) or len(url) > MOST_URL_LETTERS or not isinstance(evidence, dict):
        raise ValueError("a link no page would show")
    return {
        "owner_id": owner_id,
        "entity": entity,
        "key": key,
        "provider": line["provider"],
        "url": url,
        "remote_id": line["remote_id"],
        "name": line["name"],
        "badge": line["badge"],
        "score": float(line["score"]),
        "evidence": evidence,
        "state": _STATES[line["accepted"]],
        "decided_at": moment_in(line["decided_at"]),
    }


def meant(line: Line, releases: Releases) -> tuple[str, str]:
    """Of what a line speaks: entity and key, as the job knows it."""
    entity = next((name for name in LINKED_KINDS if _word(name) in line), "release")
    told = line[_word(entity)]
    if told is None:
        return entity, f"own:{releases[line['own']]}"
    if entity != "title":
        return entity, str(int(told))
    if not _TITLE.fullmatch(told):
        raise ValueError("no title is called so")
    return entity, told


def _word(entity: str) -> str:
    return "title" if entity == "title" else f"{entity}_id"


def _store_covers(owner_id: int, lines: Iterable[Line], releases: Releases) -> None:
    """Note the covers a person put in; those whose pictures are here are shown at once."""
    told = [(meant(line, releases)[1], line) for line in lines]
    digests = {line["sha256"] for _key, line in told}
    if not all(_DIGEST.fullmatch(digest) for digest in digests):
        raise ValueError("no picture is called so")
    here = set(db.session.scalars(select(Image.sha256).where(Image.sha256.in_(digests))))
    for key, line in told:
        sha256 = line["sha256"]
        covers.note_own(owner_id, key, sha256, is_here=sha256 in here)
    names = [line["release_id"] or line["own"] for _key, line in told]
    covers.choose_cover(owner_id, [releases[name] for name in names if name in releases])


def _store_preference(owner_id: int, line: Line) -> None:
    name, value = line["name"], line["value"]
    if not _is_usable(name, value):
        raise ValueError("a preference no page would have taken")
    same = Preference.owner_id == owner_id, Preference.name == name
    db.session.execute(delete(Preference).where(*same))
    db.session.execute(insert(Preference), {"owner_id": owner_id, "name": name, "value": value})


def _is_usable(name: Any, value: Any) -> bool:
    if not isinstance(name, str) or len(name) > Preference.name.type.length:
        return False
    if name == covers.COVER_ORDER:
        return isinstance(value, list) and all(isinstance(source, str) for source in value)
    is_switch = name in map(switch_name, BY_NAME)
    return isinstance(value, bool) if is_switch else True
