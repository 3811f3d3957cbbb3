"""The theme built with the real Hugo around a shelf of hard cases, and a browser in front of it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.hugo.shelf_files import write_shelf
from tests.hugo_program import build
from tests.servers import ROOT


@dataclass(frozen=True)
class Site:
    """A built site: its files, where it is served, and what Hugo said."""

    folder: Path
    url: str
    said: str

    def text(self, path: str) -> str:
        """The file at `path`, below the root of the site."""
        return (self.folder / path).read_text(encoding="utf-8")

    def pages(self) -> Iterator[tuple[str, str]]:
        """Path and text of every page that is not only a pointer to another."""
        for path in sorted(self.folder.rglob("*.html")):
            text = path.read_text(encoding="utf-8")
            if 'http-equiv="refresh"' not in text:
                yield path.relative_to(self.folder).as_posix(), text


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing: the tests watch the browser."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site, built once a module, below a folder as project pages of a static host are."""
    root = tmp_path_factory.mktemp("published")
    source, public = root / "source", root / "served" / "shelf"
    shutil.copytree(ROOT / "hugo", source)
    write_shelf(source)
    handler = partial(_Quiet, directory=str(public.parent))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        url = f"http://127.0.0.1:{server.server_port}/shelf/"
        said = build(source, url)
        public.parent.mkdir()
        (source / "public").rename(public)
        Thread(target=server.serve_forever, daemon=True).start()
        yield Site(public, url, said)
        server.shutdown()
