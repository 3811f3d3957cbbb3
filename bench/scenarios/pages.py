"""The pages of the collection, through the whole WSGI app."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient

from app.queries.browse import PER_PAGE
from bench import floor
from bench.corpus import facet_values, label_name
from bench.figures import Figure
from bench.measure import in_turns, p95, ratio, statements
from bench.shelves import app_on, export_of, filled_shelf

VISITS = 40


def addresses() -> dict[str, str]:
    """The pages looked at, by what they show."""
    return {
        "list": "/collection",
        "table": "/collection?view=table",
        "last page": "/collection?page=1000000",
        "by title": "/collection?sort=title",
        "by title, last page": "/collection?sort=title&page=1000000",
        "by year, from the end": "/collection?sort=year&order=desc",
        "by date": "/collection?sort=added",
        "by date, last page": "/collection?sort=added&page=1000000",
        "genre": "/collection?genre=Jazz",
        "genre, last page": "/collection?genre=Rock&page=1000000",
        "style and format": "/collection?style=House&format=LP",
        "decade": "/collection?decade=1970",
        "decade and country": "/collection?decade=1970&country=Japan",
        "letter": "/collection?letter=m",
        "search: common word": "/collection?q=the",
        "search: two words": "/collection?q=the+of",
        "search: two rare words": "/collection?q=midnight+garden",
        "search: rare word": "/collection?q=abara",
        "search: other script": "/collection?q=%E9%9B%BB%E8%BB%8A",
        "label": f"/collection?{urlencode({'label': label_name(0)})}",
        "various artists": "/collection?artist=Various",
        "release": "/releases/50",
        "artist": "/artists/20",
    }


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Every page at every size in turns; statements counted; the list beside a bare one."""
    with ExitStack() as stack:
        apps = {size: _open(stack, size) for size in sorted(sizes)}
        clients = {size: app.test_client() for size, app in apps.items()}
        for name, address in addresses().items():
            yield from _page(name, address, apps, clients)
        for size, client in clients.items():
            yield from _beside_bare(size, client, stack)


def _open(stack: ExitStack, size: int) -> Flask:
    return stack.enter_context(app_on(stack.enter_context(filled_shelf(size))))


def _page(
    name: str, address: str, apps: dict[int, Flask], clients: dict[int, FlaskClient]
) -> Iterator[Figure]:
    for size, app in apps.items():
        _visit(clients[size], address)()  # what a page keeps for the next visitor is there
        with app.app_context(), statements() as told:
            _visit(clients[size], address)()
        yield Figure("pages", f"{name}: statements", size, len(told), "count")
    taken = in_turns(VISITS, *(_visit(client, address) for client in clients.values()))
    tails = dict(zip(apps, map(p95, taken), strict=True))
    for size, tail in tails.items():
        yield Figure("pages", f"{name}: p95", size, tail * 1000, "ms")
    small, large = min(tails), max(tails)
    # A page that shows fewer records is no yardstick.
    if large > small and len({_tiles(client, address) for client in clients.values()}) == 1:
        yield Figure(
            "pages", f"{name}: p95 ÷ p95 at {small}", large, tails[large] / tails[small], "ratio", 2
        )


def _visit(client: FlaskClient, address: str) -> Callable[[], object]:
    def visit() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status}")

    return visit


def _tiles(client: FlaskClient, address: str) -> int:
    return int(client.get(address).data.count(b'href="/releases/'))


def _beside_bare(size: int, client: FlaskClient, stack: ExitStack) -> Iterator[Figure]:
    folder = Path(stack.enter_context(TemporaryDirectory()))
    floor.import_csv(export_of(size), folder / "floor.db")
    bare = floor.BarePage(folder / "floor.db", facet_values(size))
    stack.enter_context(closing(bare))
    _visit(client, "/collection")()
    full, page = in_turns(VISITS, _visit(client, "/collection"), partial(bare.page, PER_PAGE))
    yield Figure("pages", "bare page", size, median(page) * 1000, "ms")
    yield Figure("pages", "list ÷ bare page", size, ratio(full, page), "ratio", 3)
