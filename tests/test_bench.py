"""The benchmark still runs, and its counts are what was promised. Times are not looked at here."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.domain.filters import BrowseFilter
from app.services.export_csv import csv_of_filter
from bench import shelves
from bench.corpus import collection
from bench.figures import Figure, compared, excess, parse_size, read, write
from bench.scenarios import backups, history, import_csv, pages, sync
from bench.scenarios.qr_csv import ADDRESSES
from tests.conftest import OWNER

SIZE = 100


@pytest.fixture(autouse=True)
def _scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "OUT", tmp_path)
    monkeypatch.setattr(pages, "VISITS", 2)
    monkeypatch.setattr(import_csv, "PAIRS", 1)
    monkeypatch.setattr(history, "VISITS", 1)


def counts(figures: Sequence[Figure]) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures if figure.unit == "count"}


def test_a_collection_is_the_same_each_time() -> None:
    assert list(collection(SIZE)) == list(collection(SIZE))


def test_a_collection_has_second_copies_and_names_in_other_scripts() -> None:
    copies = [made.copy for made in collection(1_000)]

    assert len({copy.release.discogs_id for copy in copies}) < len(copies)
    assert any(not copy.release.title.isascii() for copy in copies)


def test_an_unchanged_export_writes_nothing() -> None:
    found = counts(list(import_csv.run([SIZE])))

    assert found["rows written again"] == 0


def test_pages_need_as_many_statements_for_many_records_as_for_few() -> None:
    figures = list(pages.run([SIZE, 3 * SIZE]))

    few, many = (counts([f for f in figures if f.size == size]) for size in (SIZE, 3 * SIZE))
    assert few["list: statements"] == many["list: statements"]
    assert few["release: statements"] == many["release: statements"]


def test_a_long_history_needs_as_many_statements_as_a_short_one() -> None:
    figures = list(history.run([60, 200]))

    few, many = (counts([f for f in figures if f.size == size]) for size in (60, 200))
    assert few == many
    assert len(few) == 4


def test_a_sync_asks_once_a_page_and_pages_ask_nothing() -> None:
    found = counts(list(sync.run([SIZE])))

    assert found["requests"] <= 1 + 3
    assert found["requests, nothing changed"] <= 1 + 3
    assert found["requests of page views"] == 0


def test_the_sticker_file_has_a_row_for_every_copy() -> None:
    with shelves.filled_shelf(SIZE) as folder, shelves.inside_app_on(folder):
        whole = b"".join(csv_of_filter(OWNER, BrowseFilter(), ADDRESSES)).decode()

    assert len(list(csv.reader(io.StringIO(whole)))) == SIZE + 1


def test_a_count_above_the_baseline_fails_and_a_ratio_only_warns() -> None:
    before = {f.key: f for f in (figure("count", 5), figure("ratio", 1))}

    assert excess([figure("count", 5), figure("ratio", 1.4)], before) == ([], [])
    failures, warnings = excess([figure("count", 6), figure("ratio", 1.6)], before)
    assert (len(failures), len(warnings)) == (1, 1)


def figure(unit: str, value: float) -> Figure:
    return Figure("pages", f"a {unit}", 100, value, unit)  # type: ignore[arg-type]


def test_figures_are_kept_in_a_file_and_compared(tmp_path: Path) -> None:
    write(tmp_path / "a.json", [figure("ratio", 2)])
    write(tmp_path / "b.json", [figure("ratio", 3)])

    (line,) = compared(read(tmp_path / "a.json"), read(tmp_path / "b.json"))

    assert "1.50 ×" in line


@pytest.mark.parametrize(("text", "size"), [("100", 100), ("10k", 10_000), ("1M", 1_000_000)])
def test_sizes_are_written_short(text: str, size: int) -> None:
    assert parse_size(text) == size


def test_backups_made_while_others_write_all_restore() -> None:
    found = counts(list(backups.run([4])))

    assert found["backups that did not restore"] == 0
