from __future__ import annotations

import io
import tempfile
from datetime import UTC, datetime

import pytest

from app.domain.discogs_csv import DISCOGS_COLUMNS, ExportFile, ExportRow, RowProblem, export_file
from app.errors import InvalidInputError, TooLargeError
from tests.domain.discogs_csv_files import ROW, export, opened, problems, read, row


def test_every_cell_of_a_row_is_read() -> None:
    assert read(export(row(notes="A gift"))) == [
        ExportRow(
            line=2,
            release_id=4711,
            artist="The Examples (2)",
            title="First Light",
            label_text="Test Pressings",
            catno_text="TST 001",
            format_text="LP, Album, RE",
            year=1994,
            rating=4,
            folder="Jazz",
            added_at=datetime(2020, 6, 24, 18, 44, 41, tzinfo=UTC),
            media="Near Mint (NM or M-)",
            sleeve="",
            notes="A gift",
            fields={},
        )
    ]


def test_two_equal_rows_are_two_copies() -> None:
    assert [item.release_id for item in read(export(ROW, ROW))] == [4711, 4711]


@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_any_line_end_will_do(line_end: str) -> None:
    assert [item.line for item in read(export(ROW, ROW, line_end=line_end))] == [2, 3]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    file = opened(export(row(Format="2xLP, Album; x\ty"), delimiter=delimiter))

    assert file.delimiter == delimiter
    (item,) = file.rows()
    assert isinstance(item, ExportRow)
    assert item.format_text.startswith("2xLP, Album; x")


def test_columns_are_found_by_name_in_any_order() -> None:
    assert read(export(header=DISCOGS_COLUMNS[::-1])) == read(export())


def test_an_export_without_notes_has_twelve_columns() -> None:
    (item,) = read(export(header=DISCOGS_COLUMNS[:-1]))

    assert item.notes == ""
    assert item.media == "Near Mint (NM or M-)"


def test_only_artist_title_and_id_are_needed() -> None:
    (item,) = read(export(header=("Artist", "Title", "release_id")))

    assert (item.artist, item.title, item.release_id) == ("The Examples (2)", "First Light", 4711)
    assert (item.year, item.rating, item.added_at, item.folder) == (None, None, None, "")


def test_custom_fields_become_named_fields() -> None:
    header = (*DISCOGS_COLUMNS, "Collection Shelf", "Collection Bought at")
    (item,) = read(export({**ROW, "Collection Shelf": "B 3"}, header=header))

    assert item.fields == {"Shelf": "B 3", "Bought at": ""}


def test_other_columns_are_ignored_and_told() -> None:
    file = opened(export(header=(*DISCOGS_COLUMNS, "Mood")))

    assert file.columns.ignored == ("Mood",)


def test_missing_columns_are_named() -> None:
    with pytest.raises(
        InvalidInputError, match="The columns Artist and release_id are missing"
    ) as caught:
        opened(b"Title;Label\nX;Y\n")

    assert caught.value.problems["columns"] == [
        "The column Artist is missing.",
        "The column release_id is missing.",
    ]


def test_columns_that_say_the_same_are_named() -> None:
    with pytest.raises(InvalidInputError, match="“Title” and “title”"):
        opened(export(header=(*DISCOGS_COLUMNS, "title")))


def test_custom_fields_of_one_name_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="“Collection Shelf” and “Collection Shelf”"):
        opened(export(header=(*DISCOGS_COLUMNS, "Collection Shelf", "Collection Shelf")))


def test_a_custom_field_may_be_called_like_a_column() -> None:
    header = (*DISCOGS_COLUMNS, "Collection Artist")

    assert read(export(header=header))[0].fields == {"Artist": ""}


def test_headers_translated_by_hand_are_understood() -> None:
    (item,) = read("Künstler;Titel;release_id;Veröffentlicht\nX;Y;5;2001\n".encode())

    assert (item.artist, item.title, item.year) == ("X", "Y", 2001)


def test_a_translation_does_not_rival_the_original_header() -> None:
    file = opened(b"Artist,Title,release_id,Released,Year\nX,Y,5,2001,1970\n")

    assert [item.year for item in file.rows() if isinstance(item, ExportRow)] == [2001]
    assert file.columns.ignored == ("Year",)


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInputError, match="empty"):
        opened(content)


@pytest.mark.parametrize("rest", [b"", b"\r\n\r\n", b",,,,,,,,,,,,\r\n" * 300])
def test_a_header_without_records_is_refused(rest: bytes) -> None:
    with pytest.raises(InvalidInputError, match="no records"):
        opened((",".join(DISCOGS_COLUMNS) + "\r\n").encode() + rest)


def test_blank_rows_are_skipped_and_counted() -> None:
    file = opened(export(ROW) + b",,,,,,,,,,,,\r\n" * 300 + b"\r\n \r\n")

    assert len(list(file.rows())) == 1
    assert file.blank_rows == 302


def test_blank_lines_and_a_spreadsheet_hint_before_the_rows_do_no_harm() -> None:
    content = b"sep=;\r\n\r\nArtist;Title;release_id\r\n\r\nX;Y;5\r\n"

    assert [(item.line, item.artist) for item in read(content)] == [(5, "X")]


def test_notes_may_have_lines_and_the_line_number_is_that_of_the_file() -> None:
    items = read(export(row(notes="one\r\ntwo\nthree"), row(Title="Next")))

    assert items[0].notes == "one\ntwo\nthree"
    assert [item.line for item in items] == [2, 5]


def test_quotes_within_a_title_are_kept() -> None:
    assert read(export(row(Title='"Heroes"', Format='12"')))[0].title == '"Heroes"'


@pytest.mark.parametrize(
    ("cell", "told"),
    [("'=SUM(A1)", "=SUM(A1)"), ("'+44", "+44"), ("'Round Midnight", "'Round Midnight")],
)
def test_an_apostrophe_against_formulas_is_undone(cell: str, told: str) -> None:
    assert read(export(row(Title=cell)))[0].title == told


def test_accents_are_composed() -> None:
    assert read(export(row(Artist="Bjo\u0308rk")))[0].artist == "Björk"


@pytest.mark.parametrize(
    ("cell", "year"), [("", None), ("0", None), ("0000", None), ("1994.0", 1994)]
)
def test_years(cell: str, year: int | None) -> None:
    assert read(export(row(Released=cell)))[0].year == year


@pytest.mark.parametrize(("cell", "rating"), [("", None), ("0", None), ("3.0", 3), ("5", 5)])
def test_ratings(cell: str, rating: int | None) -> None:
    assert read(export(row(Rating=cell)))[0].rating == rating


@pytest.mark.parametrize(
    ("cell", "number"), [("12.0", 12), (" 12 ", 12), (str(2**63 - 1), 2**63 - 1)]
)
def test_release_ids(cell: str, number: int) -> None:
    assert read(export(row(release_id=cell)))[0].release_id == number


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("0", "not a Discogs release id"),
        ("-1", "not a Discogs release id"),
        (str(10**20), "not a Discogs release id"),
        (str(2**63), "not a Discogs release id"),
        ("9" * 5000, "not a Discogs release id"),
        ("١٢", "not a Discogs release id"),
        ("1_000", "not a Discogs release id"),
        ("r4711", "not a Discogs release id"),
        ("1.23E+07", "shortened"),
        ("", "missing"),
    ],
)
def test_ids_that_cannot_be_are_reported_by_line(cell: str, reason: str) -> None:
    (problem,) = problems(export(ROW, row(release_id=cell), ROW))

    assert problem.line == 3
    assert reason in problem.reason
    assert len(problem.text) <= 200


@pytest.mark.parametrize(
    "changes",
    [
        {"Artist": " "},
        {"Title": ""},
        {"Rating": "6"},
        {"Rating": "good"},
        {"Released": "94"},
        {"Released": "9999"},
        {"added": "yesterday"},
        {"added": "2020-13-01 00:00:00"},
        {"added": "0001-01-01 00:00:00"},
        {"Title": "First\x00Light"},
        {"Title": "First\x07Light"},
        {"Title": "First\x85Light"},
        {"Title": "First \u202ethgiL"},
        {"notes": "\u2066x"},
        {"Title": "\u200b"},
        {"Artist": "\u2060\u00ad"},
        {"Title": "First\nLight"},
        {"Title": "First \ufffd"},
        {"notes": "x" * 131_073},
    ],
)
def test_a_row_that_cannot_be_read_is_reported_and_the_others_are_read(
    changes: dict[str, str],
) -> None:
    items = list(opened(export(ROW, row(**changes), ROW)).rows())

    assert [type(item) for item in items] == [ExportRow, RowProblem, ExportRow]
    assert items[1].line == 3


def test_the_text_of_a_problem_has_no_hidden_characters() -> None:
    (problem,) = problems(export(row(Title="a\x00b\u202ec")))

    assert problem.text.isprintable()
    assert "a b c" in problem.text


def test_the_longest_cell_allowed_is_read() -> None:
    assert len(read(export(row(notes="x" * 131_072)))[0].notes) == 131_072


@pytest.mark.parametrize("cut", [1, 12])
def test_a_row_with_too_few_cells_is_reported(cut: int) -> None:
    content = export(ROW) + b",".join([b"a"] * cut) + b"\r\n" + export().split(b"\r\n")[1]

    assert [problem.line for problem in problems(content)] == [3]


def test_cells_behind_the_last_column_are_harmless_only_while_blank() -> None:
    line = export().split(b"\r\n")[1]
    content = export(ROW) + line + b",,\r\n" + line + b",,x\r\n"

    assert [problem.line for problem in problems(content)] == [4]
    assert len(list(opened(content).rows())) == 3


def test_a_quote_that_never_ends_is_reported_where_it_begins() -> None:
    content = export(ROW) + b'"TST 002,X,Y\r\n' + b"a,b\r\n" * 5

    (problem,) = problems(content)
    assert problem.line == 3
    assert "never ends; the lines 3 to 8" in problem.reason


def test_reading_goes_on_behind_quotes_that_do_not_match() -> None:
    good = export(ROW).split(b"\r\n")[1] + b"\r\n"
    content = export(ROW) + b'"TST 002,X,"Y",\r\n' + good

    items = list(opened(content).rows())
    assert [(type(item), item.line) for item in items] == [
        (ExportRow, 2),
        (RowProblem, 3),
        (ExportRow, 4),
    ]


def test_a_missing_quote_in_a_long_file_is_not_a_crash() -> None:
    good = export(ROW).replace(b'"', b"").split(b"\r\n")[1] + b"\r\n"
    content = export(ROW) + b'"open\r\n' + good * 3000

    first = problems(content)[0]
    assert first.line == 3
    assert "a quote is missing" in first.reason


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("Artist", 500),
        ("Title", 1000),
        ("Label", 1000),
        ("Catalog#", 500),
        ("CollectionFolder", 300),
        ("Collection Media Condition", 200),
        ("Collection Sleeve Condition", 200),
    ],
)
def test_a_cell_longer_than_can_be_kept_is_a_problem(name: str, longest: int) -> None:
    too_long = [row(**{name: letter * (longest + 1)}) for letter in "xé"]
    found = problems(export(ROW, row(**{name: "x" * longest + "  "}), *too_long))

    reason = f"The cell {name} has more than {longest} characters."
    assert [(problem.line, problem.reason) for problem in found] == [(4, reason), (5, reason)]


def test_a_character_that_composing_makes_two_counts_as_two() -> None:
    found = problems(export(row(**{"Collection Media Condition": "\u0958" * 101})))

    assert [problem.line for problem in found] == [2]


def test_a_label_with_too_many_bytes_for_an_index_is_a_problem() -> None:
    found = problems(export(row(Label="草" * 866), row(Label="草" * 867)))

    assert [problem.line for problem in found] == [3]


def test_long_notes_are_read() -> None:
    assert len(read(export(row(notes="x" * 30_000)))[0].notes) == 30_000


def test_a_line_without_end_is_refused() -> None:
    content = export(ROW) + b"x" * 1_500_000

    with pytest.raises(TooLargeError, match="Line 3"):
        list(opened(content).rows())


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_file, "MOST_ROWS", 3)

    assert len(list(opened(export(*[ROW] * 3)).rows())) == 3
    with pytest.raises(TooLargeError, match="more than 3 rows"):
        list(opened(export(*[ROW] * 4)).rows())


def test_a_file_saved_by_r_is_read() -> None:
    content = (
        b'"","Catalog.","Artist","Title","Released","release_id","Date.Added","Rating",'
        b'"Collection.Notes","Collection.Top.Shelf"\n'
        b'"1","NA","NA","Y",NA,5,"2020-06-24 11:44:41",NA,NA,"NA"\n'
    )
    (item,) = read(content)

    assert (item.artist, item.catno_text, item.year, item.rating) == ("NA", "", None, None)
    assert (item.notes, item.fields) == ("", {"Top Shelf": ""})


def test_a_file_saved_by_pandas_is_read() -> None:
    content = (
        b"Unnamed: 0,Artist,Title,Rating,Released,release_id,Date Added\n"
        b"0,X,Y,3.0,1994.0,5.0,2020-06-24 11:44:41\n"
    )
    (item,) = read(content)

    assert (item.rating, item.year, item.release_id) == (3, 1994, 5)


def test_na_is_a_word_in_files_not_saved_by_r() -> None:
    assert read(export(row(notes="NA")))[0].notes == "NA"


def test_rows_can_be_walked_again_and_the_file_stays_open() -> None:
    with tempfile.SpooledTemporaryFile(max_size=100) as source:
        source.write(export(ROW, ROW))
        file = ExportFile(source)
        next(iter(file.rows()))

        assert len(list(file.rows())) == 2
        assert len(list(file.rows())) == 2
        assert not source.closed


def test_a_cut_upload_reports_its_last_line() -> None:
    content = export(ROW, ROW)

    assert [problem.line for problem in problems(content[:-60])] == [3]


def test_memory_does_not_grow_with_the_file() -> None:
    import tracemalloc

    content = io.BytesIO(export(*[row(release_id=str(n)) for n in range(1, 20_001)]))
    tracemalloc.start()
    count = sum(1 for _ in ExportFile(content).rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 20_000
    assert peak < 2_500_000
