"""The history of a record that was edited very often, and the history of everything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from app.extensions import db
from app.models import Edit, Release
from app.models.base import utcnow
from app.services.bulk import in_chunks
from bench.figures import Figure
from bench.measure import in_turns, statements
from bench.shelves import OWNER, app_on, filled_shelf

VISITS = 20
RECORDS = 100
# What a record with so many edits may take.
MANY, MOST_MS = 10_000, 200
TITLES = ("Kind Of Blue", "Kind of Blue", "Kind Of Blue (mono)")


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Here a size is a number of edits of one release, each a save of its own."""
    for size in sizes:
        with filled_shelf(RECORDS) as folder, app_on(folder) as app:
            with app.app_context():
                release_id = _edit_often(size)
                db.session.remove()
            client = app.test_client()
            for name, address in _addresses(release_id, size).items():
                yield from _visited(name, address, size, client)


def _addresses(release_id: int, size: int) -> dict[str, str]:
    own = f"/admin/releases/{release_id}"
    return {
        "editor": f"{own}/json",
        "history": f"{own}/history",
        "history, last page": f"{own}/history?page={size // 50}",
        "history of everything": "/admin/history",
    }


def _visited(name: str, address: str, size: int, client: FlaskClient) -> Iterator[Figure]:
    def visit() -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status}")

    visit()
    with client.application.app_context(), statements() as told:
        visit()
    figure = partial(Figure, "history", size=size)
    yield figure(name=f"{name}: statements", value=len(told), unit="count")
    (taken,) = in_turns(VISITS, visit)
    aim = MOST_MS if size <= MANY else None
    yield figure(name=name, value=median(taken) * 1_000, unit="ms", at_most=aim)


def _edit_often(times: int) -> int:
    """Edits of one release as many saves leave them: some stand, most are undone."""
    release_id: int = db.session.execute(select(func.min(Release.id))).scalar_one()
    db.session.execute(insert(Edit), [_edit(release_id, 0, how="lock", field="year")])
    for chunk in in_chunks(range(1, times)):
        db.session.execute(insert(Edit), [_edit(release_id, number) for number in chunk])
    db.session.commit()
    return release_id


def _edit(release_id: int, number: int, **other: object) -> dict[str, object]:
    moment = utcnow()
    return {
        "owner_id": OWNER,
        "batch": f"{number:032}",
        "how": "form",
        "entity": "release",
        "entity_id": release_id,
        "field": "title",
        "before": TITLES[number % 3],
        "after": TITLES[(number + 1) % 3],
        "upstream": TITLES[0],
        "at": moment,
        "undone_at": moment if number % 4 else None,
        **other,
    }
