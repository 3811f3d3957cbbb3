"""When a backup is due, which may go, and what one says of itself."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.backups import (
    DAILY,
    HAND,
    MIGRATION,
    RESTORE,
    UPDATE,
    UPLOAD,
    Backup,
    House,
    Manifest,
    Notes,
    drill_due,
    due,
    expired,
    is_name,
    name_of,
    newest,
)

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUSE = House("0.1.0", "0003", "sqlite")
DAY = timedelta(days=1)


def backup(age: timedelta, why: str = DAILY, **told: object) -> Backup:
    made_at = NOW - age
    manifest = Manifest(
        *(why, made_at, "0.1.0", "0003", "sqlite", "gatefold.db", 10, "0" * 64, {"copy": 3})
    )
    return Backup(name_of(made_at, why), 10, replace(manifest, **told))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("backups", "why"),
    [
        ([], DAILY),
        ([backup(timedelta(hours=23))], ""),
        ([backup(DAY)], DAILY),
        ([backup(timedelta(hours=1), MIGRATION)], ""),
        ([backup(timedelta(hours=1), app_version="0.0.9")], UPDATE),
        ([backup(timedelta(hours=1), schema="0002")], UPDATE),
        ([backup(timedelta(hours=1), UPLOAD)], DAILY),
        ([backup(timedelta(hours=1), engine="postgresql")], DAILY),
        ([backup(-timedelta(days=400))], DAILY),
    ],
)
def test_a_backup_is_due_when_the_newest_of_ours_is_a_day_old_or_of_another_version(
    backups: list[Backup], why: str
) -> None:
    assert due(backups, Notes(), HOUSE, NOW) == why


def test_nothing_is_due_while_there_is_nothing_to_lose() -> None:
    assert due([], Notes(), replace(HOUSE, has_records=False), NOW) == ""


def test_a_damaged_backup_does_not_count() -> None:
    last = backup(timedelta(hours=1))

    assert due([last], Notes(checks={last.name: "It is cut off."}), HOUSE, NOW) == DAILY


def test_after_a_failure_the_next_try_waits_an_hour() -> None:
    failed = Notes(failed_at=NOW - timedelta(minutes=59))

    assert due([], failed, HOUSE, NOW) == ""
    assert due([], failed, HOUSE, NOW + timedelta(minutes=2)) == DAILY


def test_fourteen_days_stay_one_backup_each() -> None:
    days = [backup(number * DAY) for number in range(20)]
    twice = backup(timedelta(hours=3))

    gone = expired([*days, twice], Notes(), "sqlite", NOW)

    assert {each.name for each in gone} == {twice.name, *(each.name for each in days[14:])}


def test_what_was_made_before_a_change_stays_thirty_days() -> None:
    made = [backup(days * DAY, why) for days in (1, 29, 31) for why in (MIGRATION, RESTORE)]

    gone = expired([backup(timedelta(0)), *made], Notes(), "sqlite", NOW)

    assert {each.name for each in gone} == {each.name for each in made[4:]}


def test_what_a_person_made_or_brought_stays() -> None:
    made = [backup(400 * DAY, why) for why in (HAND, UPLOAD)]
    copied = replace(backup(400 * DAY), name="my shelf.zip")

    assert expired([backup(timedelta(0)), *made, copied], Notes(), "sqlite", NOW) == []


def test_the_newest_good_backup_never_goes() -> None:
    only = backup(100 * DAY, RESTORE)
    damaged = backup(timedelta(hours=1))

    gone = expired([only, damaged], Notes(checks={damaged.name: "Cut off."}), "sqlite", NOW)

    assert only not in gone


def test_a_damaged_backup_does_not_stand_for_its_day() -> None:
    good, damaged = backup(timedelta(hours=2)), backup(timedelta(hours=1))

    gone = expired([good, damaged], Notes(checks={damaged.name: "Cut off."}), "sqlite", NOW)

    assert gone == [damaged]


def test_a_backup_is_tried_out_once_a_week_and_after_a_failure_daily() -> None:
    last = backup(timedelta(hours=1))
    good = Notes(drilled_at=NOW - 6 * DAY)
    bad = Notes(drilled_at=NOW - 2 * DAY, drill_ok=False)

    assert drill_due([last], Notes(), "sqlite", NOW) == last
    assert drill_due([last], good, "sqlite", NOW) is None
    assert drill_due([last], good, "sqlite", NOW + 2 * DAY) == last
    assert drill_due([last], bad, "sqlite", NOW) == last


def test_the_newest_is_the_one_made_last_whatever_it_is_called() -> None:
    early, late = backup(2 * DAY, HAND), backup(DAY, DAILY)

    assert newest([early, late], Notes(), "sqlite", NOW) == late


def test_a_manifest_reads_back_as_it_was_written() -> None:
    manifest = backup(DAY).manifest

    assert Manifest.from_json(manifest.to_json()) == replace(manifest, left_out=[])


@pytest.mark.parametrize(
    "change",
    [
        {"format": "something else"},
        {"made_at": "yesterday"},
        {"made_at": "2026-11-21T10:00:00"},
        {"made_at": None},
        {"tables": {"copy": -1}},
        {"tables": {"copy": True}},
        {"tables": []},
        {"size": "10"},
        {"size": 1e400},
        {"sha256": 7},
        {"engine": None},
        {"why": "x" * 101},
    ],
)
def test_a_manifest_that_makes_no_sense_is_refused(change: dict[str, object]) -> None:
    told = json.loads(backup(DAY).manifest.to_json())

    with pytest.raises((ValueError, TypeError)):
        Manifest.from_json(json.dumps({**told, **change}))


def test_two_backups_of_one_second_have_names_of_their_own() -> None:
    first = name_of(NOW, DAILY)
    second = name_of(NOW, DAILY, taken=[first])

    assert first != second
    assert backup(DAY).why == DAILY
    assert replace(backup(DAY), name=second).why == DAILY


@pytest.mark.parametrize("name", ["../a.zip", ".hidden.zip", "a/b.zip", "a.db", "", "a\n.zip"])
def test_a_name_leads_nowhere_else(name: str) -> None:
    assert not is_name(name)
