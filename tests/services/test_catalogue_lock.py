"""Two writers of one shelf at the same time: both come through, and nothing is there twice."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.discogs_csv import ExportFile
from app.domain.qr_rows import RowEdit
from app.domain.records import IdentityRecord
from app.errors import ConflictError
from app.extensions import db, set_reading
from app.jobs import attempt
from app.models import Artist, Connection, Copy, Folder, Label, Release, StickerEdit, Tag, User
from app.services import accounts, catalogue_lock, import_csv, one_record, people, runs
from app.services import sticker_edits as stickers
from app.services.csv_report import CsvReport
from app.services.one_record import Typed
from app.services.workplace import Workplace
from tests.csv_shelf import OWNER, row, shelve
from tests.shelves import export_text
from tests.standin.discogs import Collector, DiscogsStandIn, item

RECORDS = 240
WAIT_SECONDS = 60


def at_once(app: Flask, *acts: Callable[[], Any]) -> list[Any]:
    """What these acts give, each in a thread and a database session of its own; or the error."""
    results: list[Any] = [None] * len(acts)
    barrier = threading.Barrier(len(acts))

    def act(number: int) -> None:
        with app.app_context():
            set_reading(False)
            barrier.wait(WAIT_SECONDS)
            try:
                results[number] = acts[number]()
            except Exception as error:
                db.session.rollback()
                results[number] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=act, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_SECONDS)
    return results


def count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def seconds(number: int) -> str:
    return f"11:{number // 60:02}:{number % 60:02}"


def test_an_import_beside_a_sync_of_the_same_records(each_database: Flask) -> None:
    text = export_text(
        *(
            {"Artist": f"Artist {n % 50}", "Label": f"Label {n % 30}", "Format": f"LP, Word {n}"}
            | {"release_id": n, "Title": f"T {n}", "Date Added": f"2020-06-24 {seconds(n)}"}
            for n in range(1, RECORDS + 1)
        )
    )
    items = [
        item(n, n, title=f"T {n}", artist=f"Artist {n % 50}", added=f"2020-06-24T{seconds(n)}-0700")
        for n in range(1, RECORDS + 1)
    ]
    with DiscogsStandIn(Collector("collector", token="test-token", items=items)) as discogs:
        connect(each_database, discogs)
        run_id = runs.start(OWNER, "sync").id
        db.session.remove()

        report, error = at_once(
            each_database,
            lambda: import_csv.import_export(
                OWNER, ExportFile(io.BytesIO(text.encode())), leave_out_unreadable=False
            ),
            lambda: attempt.work_on(each_database, run_id),
        )

    assert isinstance(report, CsvReport)
    assert (error, runs.get(OWNER, run_id).state) == (None, "done")
    assert (count(Copy), count(Release), count(Folder)) == (RECORDS, RECORDS, 1)
    assert count(Artist) == 50
    assert count(Label) == 31  # the import's thirty, and the one Discogs tells of
    assert count(Copy, Copy.discogs_instance_id.is_not(None)) == RECORDS


def connect(app: Flask, discogs: DiscogsStandIn) -> None:
    workplace: Workplace = app.extensions["workplace"]
    settings = workplace.settings.model_copy(
        update={"discogs_api_url": discogs.url, "discogs_web_url": discogs.web_url}
    )
    app.extensions["workplace"] = Workplace(settings, workplace.vault)
    identity = IdentityRecord(username="collector", user_id=1)
    accounts._keep(app.extensions["workplace"], OWNER, "token", identity, {"token": "test-token"})


def test_the_same_record_typed_twice_at_once_is_refused_once(each_database: Flask) -> None:
    typed = Typed(artist="New Artist", title="New", label="New Label", folder="New Folder")

    results = at_once(each_database, *[lambda: one_record.add_by_hand(OWNER, typed)] * 4)

    assert sorted(type(result).__name__ for result in results) == [
        "Added",
        *["AlreadyOwnedError"] * 3,
    ]
    assert (count(Artist), count(Release), count(Folder), count(Copy)) == (1, 1, 1, 1)


def test_two_shelves_may_learn_the_same_new_words_at_once(each_database: Flask) -> None:
    other = people.add_person("Somebody else").id
    db.session.remove()

    def add(owner: int) -> Any:
        return one_record.add_by_hand(
            owner, Typed(artist="A", title="B", genres=("Rock",), styles="Kraut", format="LP, New")
        )

    results = at_once(each_database, lambda: add(OWNER), lambda: add(other))

    assert [type(result) for result in results] == [one_record.Added] * 2
    assert count(Tag, Tag.name == "Kraut") == 1


def test_one_shelf_does_not_wait_for_another(each_database: Flask) -> None:
    if db.engine.dialect.name == "sqlite":
        assert not catalogue_lock.hold_words()  # SQLite lets one writer in anyway
        return
    catalogue_lock.hold(OWNER)

    (waited,) = at_once(each_database, lambda: catalogue_lock.hold(OWNER + 1))

    assert waited is None


def test_connecting_twice_at_once_keeps_one_connection(each_database: Flask) -> None:
    workplace = each_database.extensions["workplace"]

    def connect_as(name: str) -> Any:
        who = IdentityRecord(username=name, user_id=1)
        return accounts._keep(workplace, OWNER, "username", who, {})

    results = at_once(each_database, *[lambda: connect_as("one")] * 4)

    assert [type(result) for result in results] == [accounts.Connected] * 4
    assert count(Connection) == 1


def test_one_of_two_people_of_one_name_is_told_so(each_database: Flask) -> None:
    results = at_once(each_database, *[lambda: people.add_person("Ann")] * 4)

    assert sorted(type(result).__name__ for result in results) == ["ConflictError"] * 3 + ["User"]
    assert count(User, User.name == "Ann") == 1
    with pytest.raises(ConflictError):
        people.add_person(" Ann ")


def test_a_sticker_written_twice_at_once_is_kept_once(each_database: Flask) -> None:
    (copy_id,) = shelve(row(5))
    db.session.remove()

    results = at_once(
        each_database,
        *[
            lambda text=text: stickers.save_edits(OWNER, {copy_id: RowEdit(bottom_text=text)})
            for text in ("one", "two", "three", "four")
        ],
    )

    assert results == [None] * 4
    assert count(StickerEdit) == 1
