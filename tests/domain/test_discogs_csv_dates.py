from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.domain.discogs_csv import ExportRow
from tests.domain.discogs_csv_files import export, opened, problems, read, row


def added(*cells: str) -> list[datetime | None]:
    return [item.added_at for item in read(export(*[row(added=cell) for cell in cells]))]


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2020-06-24 11:44:41", datetime(2020, 6, 24, 18, 44, 41, tzinfo=UTC)),
        ("2020-01-24 23:44:41", datetime(2020, 1, 25, 7, 44, 41, tzinfo=UTC)),
        # Summer time begins at two o'clock and ends at two o'clock.
        ("2021-03-14 01:59:59", datetime(2021, 3, 14, 9, 59, 59, tzinfo=UTC)),
        ("2021-03-14 03:00:00", datetime(2021, 3, 14, 10, 0, 0, tzinfo=UTC)),
        ("2021-11-07 00:30:00", datetime(2021, 11, 7, 7, 30, 0, tzinfo=UTC)),
        ("2021-11-07 01:30:00", datetime(2021, 11, 7, 8, 30, 0, tzinfo=UTC)),
        ("2021-11-07 02:30:00", datetime(2021, 11, 7, 10, 30, 0, tzinfo=UTC)),
        ("2020-06-24T11:44:41-07:00", datetime(2020, 6, 24, 18, 44, 41, tzinfo=UTC)),
        ("2020-06-24 11:44", datetime(2020, 6, 24, 18, 44, tzinfo=UTC)),
        ("2020-06-24", datetime(2020, 6, 24, 7, 0, tzinfo=UTC)),
        ("", None),
        ("NA", None),
    ],
)
def test_dates_are_pacific_time(cell: str, utc: datetime | None) -> None:
    assert added(cell) == [utc]


def test_a_date_without_zone_has_the_zone_utc() -> None:
    (moment,) = added("2020-06-24 11:44:41")

    assert moment is not None
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            ["02/03/2023 04:38", "23/04/2023 04:38"],
            [datetime(2023, 3, 2, 12, 38, tzinfo=UTC), datetime(2023, 4, 23, 11, 38, tzinfo=UTC)],
        ),
        (
            ["02/03/2009 00:00:00", "08/20/2009 00:00:00"],
            [datetime(2009, 2, 3, 8, tzinfo=UTC), datetime(2009, 8, 20, 7, tzinfo=UTC)],
        ),
        (["4/23/23 4:38 PM"], [datetime(2023, 4, 23, 23, 38, tzinfo=UTC)]),
        (["23.04.2023 12:05"], [datetime(2023, 4, 23, 19, 5, tzinfo=UTC)]),
        (["4/23/2023 12:05:09 AM"], [datetime(2023, 4, 23, 7, 5, 9, tzinfo=UTC)]),
    ],
)
def test_dates_rewritten_by_a_spreadsheet_are_read_if_the_file_tells_the_order(
    cells: list[str], expected: list[datetime]
) -> None:
    assert added(*cells) == expected


@pytest.mark.parametrize(
    "cells",
    [["02/03/2023 04:38", "05/06/2023 04:38"], ["23/04/2023 04:38", "04/23/2023 04:38"]],
)
def test_dates_are_not_guessed(cells: list[str]) -> None:
    found = problems(export(*[row(added=cell) for cell in cells]))

    assert [problem.line for problem in found] == [2, 3]
    assert "which number is the day" in found[0].reason


def test_the_order_is_told_by_any_row_of_the_file() -> None:
    cells = [row(added="02/03/2023 04:38")] * 300 + [row(added="23/04/2023 04:38")]
    file = opened(export(*cells))

    assert file.day_order == "day first"
    assert all(isinstance(item, ExportRow) for item in file.rows())


def test_a_day_that_does_not_exist_is_a_problem() -> None:
    found = problems(export(row(added="23/04/2023 04:38"), row(added="31/02/2023 04:38")))

    assert [problem.line for problem in found] == [3]
