"""Which pages may not be right any more: found from what the rows were and what they are."""

from __future__ import annotations

from app.queries import site_shelf
from app.services.publishing.seen import Seen, ids
from app.services.publishing.sources import Sources, key_of, title_key_of

_NAMED = ("artist", "label", "tag", "folder")
_OF_RELEASES = ("title", "release")
Keys = set[tuple[str, str]]


def touched(sources: Sources, seen: Seen) -> set[str]:
    """The keys of pages ("album:12") that something changed for; `seen` becomes what is now.

    Pages that went have keys here too.
    """
    changed = {name: seen.differences(name, rows) for name, rows in sources.tables().items()}
    numbers = _renumbered(sources, seen)
    if not any(changed.values()) and not numbers:
        return set()
    about = {_pair(key) for name in ("link", "text", "alias") for key in changed[name]}
    albums = ids(changed["release"])
    albums |= _naming(changed)
    albums |= _about(sources, about, changed["cover"])
    pages = {f"album:{release_id}" for release_id in albums}
    pages |= {f"{kind}:{row_id}" for kind in _NAMED for row_id in changed[kind]}
    pages |= {f"artist:{row_id}" for row_id in changed["own profile"] | changed["merged"]}
    pages |= {f"section:{name}" for name in changed["as of"]}
    return pages | _names_about(sources, about) | numbers


def _naming(changed: dict[str, set[str]]) -> set[int]:
    """Albums that show a name, or lead to the page of somebody who has one only now."""
    found = set[int]()
    if people := changed["person"]:
        found |= site_shelf.crediting(ids(people))
    if labels := changed["label name"]:
        found |= site_shelf.on_labels(ids(labels))
    if folders := changed["folder name"]:
        found |= site_shelf.in_folders(ids(folders))
    return found


def _about(sources: Sources, about: Keys, covers: set[str]) -> set[int]:
    """Albums to which links, texts, aliases or pictures belong."""
    albums = {key for entity, key in about if entity == "album"}
    if not (albums or covers or any(entity in _OF_RELEASES for entity, _key in about)):
        return set()
    return {
        row.id
        for row in sources.releases.values()
        if row.image_sha256 in covers
        or ("title", title_key_of(row)) in about
        or ("release", str(row.discogs_id)) in about
        or key_of(row.discogs_id, row.id) in albums
    }


def _names_about(sources: Sources, about: Keys) -> set[str]:
    """The same of names. Folders and tags have nothing but aliases."""
    if not any(entity not in _OF_RELEASES for entity, _key in about):
        return set()
    found = {
        f"{kind}:{row.id}"
        for kind, rows in (("artist", sources.artists), ("label", sources.labels))
        for row in rows.values()
        if (kind, str(row.discogs_id)) in about or (kind, key_of(row.discogs_id, row.id)) in about
    }
    found |= {
        f"tag:{row.id}" for row in sources.tags.values() if (row.kind, row.name[:300]) in about
    }
    return found | {f"folder:{key}" for key in sources.folders if ("folder", str(key)) in about}


def _renumbered(sources: Sources, seen: Seen) -> set[str]:
    """Pages whose text numbers somebody who has another name now."""
    numbers = {number for names in seen.mentions.values() for number in names}
    now = {
        f"{kind}{number}": name
        for kind in {number[0] for number in numbers}
        for number, name in sources.numbered(
            kind, [int(each[1:]) for each in numbers if each[0] == kind]
        ).items()
    }
    return {
        page
        for page, names in seen.mentions.items()
        if any(now.get(number, "") != name for number, name in names.items())
    }


def _pair(key: str) -> tuple[str, str]:
    entity, _, rest = key.partition(" ")
    return entity, rest
