"""python -m bench.hostile_site [10k]: publish a hostile shelf, build it, open every page of it.

The exit code is 1 if anything a record says was done, if Hugo warned, or if a file is no strict
YAML. Ten thousand records take some twenty minutes.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import yaml
from flask import current_app

from app.domain.markdown import shown
from app.domain.privacy import CLASSES
from app.services.publishing import site
from app.services.publishing.report import Wish
from bench import hostile
from bench.crawl import crawl, misnamed, paths_of, served
from bench.figures import machine, parse_size
from bench.shelves import OUT, OWNER, ROOT, empty_shelf, inside_app_on
from tests.chromium import chromium
from tests.hugo_program import build

_CLOSING = re.compile(r"^---$", re.MULTILINE)
_SHOWN = 20


class StrictLoader(yaml.CSafeLoader):  # type: ignore[misc]  # typeshed has no C loader
    """YAML in which no key stands twice and nothing refers to anything."""


def _mapping(loader: Any, node: Any) -> dict[str, Any]:
    pairs = [(loader.construct_object(k, deep=True), v) for k, v in node.value]
    names = [name for name, _value in pairs]
    if len(set(names)) != len(names) or not all(isinstance(name, str) for name in names):
        raise yaml.constructor.ConstructorError(None, None, f"odd keys: {names}", node.start_mark)
    return {name: loader.construct_object(value, deep=True) for name, value in pairs}


StrictLoader.add_constructor("tag:yaml.org,2002:map", _mapping)


@dataclass(frozen=True)
class Made:
    """A published hostile shelf: what each album's page, by its path, is called; what is wrong."""

    titles: Mapping[str, str]
    files: int
    wrong: Sequence[str]


def main() -> int:
    """Do it for as many records as the command line says; the exit code."""
    size = parse_size(sys.argv[1] if len(sys.argv) > 1 else "10k")
    print(machine())
    OUT.mkdir(exist_ok=True)
    with TemporaryDirectory(prefix="site-", dir=OUT) as scratch:
        wrong = _wrong(size, Path(scratch) / "site")
    for each in wrong[:_SHOWN]:
        print(f"  {each}", file=sys.stderr)
    print(f"{len(wrong)} wrong")
    return 1 if wrong else 0


def _wrong(size: int, target: Path) -> list[str]:
    """Everything wrong with the site of a hostile shelf; tells on the way how far it is."""
    begun = time.perf_counter()
    copytree(ROOT / "hugo", target)
    with empty_shelf() as folder, inside_app_on(folder):
        made = publish(size, target)
    _tell(begun, f"{size:,} records published as {made.files:,} files of YAML")
    warnings = warnings_in(build(target, "http://127.0.0.1/"))
    _tell(begun, f"built by Hugo with {len(warnings)} warnings")
    with chromium() as browser, served(target / "public") as url:
        paths = paths_of(target / "public")
        found = crawl(browser, url, paths)
    _tell(begun, f"{len(found.seen):,} of {len(paths):,} pages opened")
    left = [f"{path} was not opened" for path in paths if path not in found.seen]
    return [*made.wrong, *warnings, *found.wrong, *misnamed(found, made.titles), *left]


def _tell(begun: float, what: str) -> None:
    print(f"{time.perf_counter() - begun:7.1f} s  {what}", flush=True)


def warnings_in(said: str) -> list[str]:
    """The lines of what Hugo said that warn or tell of an error."""
    return [line for line in said.splitlines() if "WARN" in line or "ERROR" in line]


def publish(size: int, target: Path) -> Made:
    """A hostile shelf of `size` releases, published into `target` with everything public."""
    hostile.fill(OWNER, size)
    site.let_out(OWNER, [each.name for each in CLASSES])
    site.publish(current_app.extensions["workplace"], OWNER, target, Wish())
    expected = {str(each.discogs_id): shown(each.title) for each in hostile.releases(size)}
    return _read(target / "content", expected)


def _read(content: Path, expected: Mapping[str, str]) -> Made:
    titles: dict[str, str] = {}
    wrong: list[str] = []
    files = 0
    for path in sorted(content.rglob("*.md")):
        files += 1
        try:
            matter = front_matter(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, ValueError) as error:
            wrong.append(f"{path.relative_to(content)}: {error}")
            continue
        if "release_id" in matter:
            title = expected[matter["release_id"]]
            titles[f"/albums/{path.parent.name}/"] = title or matter["title"]
            if matter.get("album_name", "") != title:
                wrong.append(f"{path.relative_to(content)}: is called {matter.get('album_name')!r}")
    if len(titles) != len(expected):
        wrong.append(f"{len(titles)} albums of {len(expected)}")
    return Made(titles, files, wrong)


def front_matter(text: str) -> dict[str, Any]:
    """What stands between the first two lines of dashes. Raises YAMLError, ValueError."""
    if not text.startswith("---\n"):
        raise ValueError("no front matter")
    closing = _CLOSING.search(text, 4)
    if closing is None:
        raise ValueError("the front matter has no end")
    matter = yaml.load(text[4 : closing.start()], StrictLoader)
    if not isinstance(matter, dict):
        raise TypeError("the front matter is no mapping")
    return matter


if __name__ == "__main__":
    sys.exit(main())
