"""The least that could write the same site: sqlite3 and f-strings, each file opened and written.

The same files with the same facts in them and as many bytes, but for what escaping adds. Nothing is
compared, hashed, kept for the next time or safe against a kill.
"""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.domain.site_notices import DISCLAIMER

Lines = dict[int, list[tuple[Any, ...]]]
_WEB = "https://www.discogs.com"
_TOLD = f'disclaimer: "{DISCLAIMER}"\n---\n'
_SECTIONS = {"albums": "Albums", "artist": "Artists", "label": "Labels"} | {
    "genre": "Genres",
    "style": "Styles",
}
_RELEASES = """
SELECT r.id, r.discogs_id, r.title, r.artist_text, r.year, r.country, f.text, MIN(c.added_at)
FROM release r JOIN copy c ON c.release_id = r.id LEFT JOIN format f ON f.id = r.format_id
GROUP BY r.id
"""
_LABELS = "SELECT rl.release_id, l.name, l.discogs_id, rl.catno FROM release_label rl JOIN label l"
_NAMES = """
SELECT {t}.discogs_id, {t}.name, {t}.sort_key, COUNT(DISTINCT x.release_id)
FROM {t} JOIN {x} x ON x.{t}_id = {t}.id GROUP BY {t}.id
"""


def site(database: Path, target: Path) -> tuple[int, int]:
    """Write the site of everything in the app's own `database`; how many files and bytes."""
    connection = sqlite3.connect(database)
    ask = connection.execute
    slugs = {row[:2]: row[2] for row in ask("SELECT entity, key, slug FROM published_page")}
    credits = _by_release(
        ask("SELECT release_id, discogs_id, 1 FROM credit c JOIN artist a ON a.id = c.artist_id")
    )
    labels = _by_release(ask(f"{_LABELS} ON l.id = rl.label_id"))
    tags = _by_release(
        ask("SELECT release_id, kind, name FROM release_tag JOIN tag ON tag.id = tag_id")
    )
    pages = {
        f"{section}/_index.md": f'---\ntitle: "{title}"\n{_TOLD}'
        for section, title in _SECTIONS.items()
    }
    for row in ask(_RELEASES):
        page = slugs["album", str(row[1])]
        pages[f"albums/{page}/index.md"] = _album(row, page, credits, labels, tags, slugs)
    for kind, lines in (("artist", "credit"), ("label", "release_label")):
        for number, name, sort, count in ask(_NAMES.format(t=kind, x=lines)):
            slug = slugs.get((kind, str(number)))
            if slug:
                address = f"{_WEB}/{kind}/{number}"
                pages[f"{kind}/{slug}/_index.md"] = _term(name, slug, sort, count, address)
    counts = "SELECT kind, name, COUNT(*) FROM tag JOIN release_tag ON tag_id = id GROUP BY id"
    for kind, name, count in ask(counts):
        if slug := slugs.get((kind, name)):
            pages[f"{kind}/{slug}/_index.md"] = _term(name, slug, slug, count)
    connection.close()
    return len(pages), sum(_write(target / "content" / path, text) for path, text in pages.items())


def _by_release(rows: Iterable[tuple[Any, ...]]) -> Lines:
    found: Lines = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _album(
    row: tuple[Any, ...],
    page: str,
    credits: Lines,
    labels: Lines,
    tags: Lines,
    slugs: dict[tuple[str, str], str],
) -> str:
    key, number, title, artist, year, country, form, added = row
    url = f"{_WEB}/release/{number}"
    mine = labels[key]
    names, catnos = ", ".join(each[1] for each in mine), ", ".join(each[3] for each in mine)
    artists = [slugs["artist", str(a[1])] for a in credits[key] if ("artist", str(a[1])) in slugs]
    listed = "".join(
        f"  - name: {_q(name)}\n    slug: {_q(slugs['label', str(n)])}\n    catno: {_q(catno)}\n"
        for _key, name, n, catno in mine
    )
    return (
        f"---\ntitle: {_q(f'{artist} - {title}')}\nartist_name: {_q(artist)}\n"
        f"{_list('artist', artists)}album_name: {_q(title)}\ndate: {added.replace(' ', 'T')}Z\n"
        f'release_date: "{year}"\nrelease_id: "{number}"\nslug: "{page}"\nhideSummary: true\n'
        f"{_list('genres', [t[2] for t in tags[key] if t[1] == 'genre'])}"
        f"{_list('styles', [t[2] for t in tags[key] if t[1] == 'style'])}"
        f"{_list('genre', [slugs['genre', t[2]] for t in tags[key] if t[1] == 'genre'])}"
        f"{_list('style', [slugs['style', t[2]] for t in tags[key] if t[1] == 'style'])}"
        f"{_list('label', [slugs['label', str(each[2])] for each in mine])}"
        f"discogs:\n  url: {_q(url)}\n  labels:\n{listed}  label: {_q(names)}\n"
        f"  catno: {_q(catnos)}\n  country: {_q(country)}\n  formats:\n  - {_q(form)}\n"
        f"  year: {year}\n{_thanks(url)}{_TOLD}\n## Release Information\n\n| | |\n| --- | --- |\n"
        f"| Format | {form} |\n| Label | {names} |\n| Catalog Number | {catnos} |\n"
        f"| Discogs | [{artist} - {title}]({url}) |\n\n{_body(url)}"
    )


def _term(name: str, slug: str, sort: str, count: int, url: str = "") -> str:
    return (
        f"---\ntitle: {_q(name)}\nname: {_q(name)}\nslug: {_q(slug)}\n"
        f"{f'discogs_url: {_q(url)}' if url else ''}\nsort: {_q(sort)}\nalbums: {count}\n"
        f"{_thanks(url) if url else ''}{_TOLD}\n{_body(url)}"
    )


def _thanks(url: str) -> str:
    return f'attribution:\n- text: "Data provided by Discogs."\n  url: {_q(url)}\n'


def _body(url: str) -> str:
    return f"{f'[Data provided by Discogs.]({url})' if url else ''}\n\n{DISCLAIMER}\n"


def _list(key: str, values: list[str]) -> str:
    lines = "".join(f"- {_q(value)}\n" for value in values)
    return f"{key}:\n{lines}" if lines else ""


def _q(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _write(path: Path, text: str) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.write_bytes(text.encode())
