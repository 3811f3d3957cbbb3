"""Backups: whole, without secrets, made while others write, and never half."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import threading
import time
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from app.domain.backups import DAILY, HAND
from app.errors import ConflictError, DiskFullError, GatefoldError
from app.extensions import db, set_reading
from app.models.base import utcnow
from app.services.backups import checking, making, report, tending
from app.services.backups.notes import NoteBook
from tests.kept_shelf import (
    SECRET,
    backups_of,
    fill,
    give_own_cover,
    names_in,
    no_file_larger_than,
    workplace_of,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def house(each_database: Flask) -> Flask:
    fill()
    return each_database


@pytest.fixture
def shelf(app: Flask) -> Flask:
    fill()
    return app


def test_s13_a_backup_is_one_file_that_a_person_can_check(house: Flask, tmp_path: Path) -> None:
    digest = give_own_cover(house)

    made = making.make(workplace_of(house))

    with zipfile.ZipFile(backups_of(house).file(made.name)) as file:
        file.extractall(tmp_path / "out")
    inside = (tmp_path / "out" / made.manifest.file).read_bytes()
    assert SECRET not in inside, "no token leaves the installation"
    assert SECRET.hex().encode() not in inside
    assert made.manifest.tables["connection"] == 0
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["tables"]["copy"] == 3
    assert manifest["tables"]["edit"] == 1
    assert manifest["pictures"] == 1
    sums = (tmp_path / "out" / "SHA256SUMS").read_text().splitlines()
    told = dict(reversed(line.split("  ")) for line in sums)
    assert set(told) == {manifest["file"], f"pictures/{digest}.webp"}
    for name, sha256 in told.items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == sha256


def test_s13_a_backup_made_while_others_write_sees_one_moment(house: Flask) -> None:
    stop = threading.Event()
    wrote = threading.Event()

    def write() -> None:
        with house.app_context():
            set_reading(False)
            while not stop.is_set():
                for _half in range(2):
                    db.session.execute(
                        text("INSERT INTO call_slot (provider, for_person, at) VALUES (:p, :f, 1)"),
                        {"p": "x", "f": False},
                    )
                db.session.commit()
                wrote.set()
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert wrote.wait(10)
        made = [making.make(workplace_of(house)) for _ in range(2)]
    finally:
        stop.set()
        writer.join()

    counts = [each.manifest.tables["call_slot"] for each in made]
    assert [each % 2 for each in counts] == [0, 0]
    assert counts == sorted(counts)
    assert counts[0] > 0
    assert [checking.check(workplace_of(house), each.name) for each in made] == ["", ""]


def test_s13_a_disk_that_fills_up_leaves_no_half_backup_and_drives_out_no_good_one(
    house: Flask,
) -> None:
    good = making.make(workplace_of(house), DAILY)
    folder = backups_of(house)

    with no_file_larger_than(20_000), pytest.raises(GatefoldError, match="not made"):
        making.make(workplace_of(house), DAILY)

    assert [each.name for each in folder.all()] == [good.name]
    assert sorted(each.name for each in folder.path.iterdir() if each.is_dir()) == []
    assert "not made" in NoteBook(folder).read().failure
    finding = report.finding(workplace_of(house))
    assert not finding.is_good
    making.make(workplace_of(house), DAILY)
    assert report.finding(workplace_of(house)).is_good


def test_s1_a_backup_says_how_much_room_it_needs_before_it_begins(shelf: Flask) -> None:
    folder = backups_of(shelf)

    with folder.held(), pytest.raises(DiskFullError, match=r"[0-9,]+ MB are needed"):
        folder.need(10**18)


def test_a_damaged_backup_is_found_out_and_does_not_count_any_more(shelf: Flask) -> None:
    first = making.make(workplace_of(shelf))
    second = making.make(workplace_of(shelf))
    path = backups_of(shelf).file(second.name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    assert "damaged" in checking.check(workplace_of(shelf), second.name)

    found = report.report(workplace_of(shelf))
    assert found.last is not None
    assert found.last.name == first.name
    assert found.must_stay == first.name


def test_n9_a_backup_is_tried_out_in_scratch_and_the_result_is_told(house: Flask) -> None:
    tending.tend(workplace_of(house))

    notes = report.report(workplace_of(house)).notes
    assert notes.drill_ok
    assert "3 copies" in notes.drill
    assert "tried out" in report.finding(workplace_of(house)).sentence


def test_n9_a_backup_that_cannot_be_restored_is_told_to_the_doctor(shelf: Flask) -> None:
    made = making.make(workplace_of(shelf))
    path = backups_of(shelf).file(made.name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    assert not tending.drill(workplace_of(shelf), made.name)

    finding = report.finding(workplace_of(shelf))
    assert not finding.is_good
    assert "could not be restored" in finding.sentence


def test_a_backup_is_made_once_however_many_look_whether_one_is_due(shelf: Flask) -> None:
    def look() -> None:
        with shelf.app_context():
            tending.tend(workplace_of(shelf))
            db.session.remove()

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for each in lookers:
        each.start()
    for each in lookers:
        each.join()
    look()

    assert [each.why for each in backups_of(shelf).all()] == [DAILY]


def test_nothing_is_backed_up_by_itself_while_the_shelf_is_empty(app: Flask) -> None:
    tending.tend(workplace_of(app))

    assert backups_of(app).all() == []
    assert report.finding(workplace_of(app)).is_good


def test_old_dailies_go_once_a_new_one_is_there(shelf: Flask) -> None:
    folder = backups_of(shelf)
    made = making.make(workplace_of(shelf), DAILY)
    for days in range(1, 18):
        _age(folder.path, made.name, days)
    folder.delete(made.name)

    tending.tend(workplace_of(shelf))

    there = folder.all()
    assert len(there) == 14
    assert there[0].manifest.made_at > utcnow() - timedelta(minutes=5)


def _age(folder: Path, name: str, days: int) -> None:
    """Another backup, made so many days before this one."""
    made_at = utcnow() - timedelta(days=days)
    old = folder / f"gatefold-{made_at:%Y%m%d}-120000-daily.zip"
    with zipfile.ZipFile(folder / name) as source, zipfile.ZipFile(old, "w") as target:
        for each in source.namelist():
            data = source.read(each)
            if each == "manifest.json":
                told = json.loads(data) | {"made_at": made_at.isoformat()}
                data = json.dumps(told).encode()
            target.writestr(each, data)


def test_the_only_good_backup_cannot_be_deleted(shelf: Flask) -> None:
    first = making.make(workplace_of(shelf))

    with pytest.raises(ConflictError, match="only good"):
        tending.delete(workplace_of(shelf), first.name)

    second = making.make(workplace_of(shelf))
    tending.delete(workplace_of(shelf), first.name)
    assert names_in(backups_of(shelf).path) == [second.name]


def test_two_backups_at_once_wait_for_each_other(shelf: Flask) -> None:
    folder = backups_of(shelf)

    with folder.held(), pytest.raises(ConflictError, match="just now"), folder.held(wait=0.05):
        pass


def test_p14_a_kill_during_a_backup_leaves_no_half_file_and_the_next_one_tidies_up(
    shelf: Flask, tmp_path: Path
) -> None:
    settings = tmp_path / "settings.json"
    instance = workplace_of(shelf).settings.instance_path
    settings.write_text(json.dumps({"instance_path": str(instance), "log_level": "ERROR"}))
    folder = backups_of(shelf)
    db.session.remove()

    process = subprocess.Popen(
        [sys.executable, "-m", "tests.endless_backups", str(settings)], cwd=ROOT
    )
    try:
        while process.poll() is None and not list(folder.path.glob(".work-*/backup.zip")):
            time.sleep(0.001)
    finally:
        process.kill()
        process.wait()

    assert list(folder.path.glob(".work-*")) != []
    there = folder.all()
    assert names_in(folder.path) == sorted(each.name for each in there)
    assert [checking.check(workplace_of(shelf), each.name) for each in there] == [""] * len(there)
    making.make(workplace_of(shelf), HAND)
    assert list(folder.path.glob(".work-*")) == []
