from __future__ import annotations

import pytest

from app.domain.discogs_csv import artist_credit, pair_labels, parse_format
from app.domain.records import FormatRecord, LabelRecord


@pytest.mark.parametrize(
    ("cell", "formats"),
    [
        ("LP, Album", [FormatRecord("Vinyl", 1, ("LP", "Album"))]),
        (
            "2xLP, Album, RE + CD",
            [FormatRecord("Vinyl", 2, ("LP", "Album", "Reissue")), FormatRecord("CD")],
        ),
        ('2x12", Ltd, Mar', [FormatRecord("Vinyl", 2, ('12"', "Limited Edition"), "Mar")]),
        ("10xFile, FLAC", [FormatRecord("File", 10, ("FLAC",))]),
        ("Cass, Album", [FormatRecord("Cassette", 1, ("Album",))]),
        ("CDr, Comp, Unofficial", [FormatRecord("CDr", 1, ("Compilation", "Unofficial Release"))]),
        ("DVD-V, NTSC", [FormatRecord("DVD", 1, ("DVD-Video", "NTSC"))]),
        ('Flexi, 7", S/Sided', [FormatRecord("Flexi-disc", 1, ('7"', "Single Sided"))]),
        (
            "LP, Yel + LP, Whi + Album, Ltd, RM",
            [
                FormatRecord("Vinyl", 1, ("LP",), "Yel"),
                FormatRecord("Vinyl", 1, ("LP",), "Whi"),
                FormatRecord("All Media", 1, ("Album", "Limited Edition", "Remastered")),
            ],
        ),
        ("EP, 180, Gat", [FormatRecord("Vinyl", 1, ("EP",), "180, Gat")]),
        ("Album, RE", [FormatRecord("Other", 1, ("Album", "Reissue"))]),
        ("Wax Cylinder, Album", [FormatRecord("Wax Cylinder", 1, ("Album",))]),
        ("Box Set, Limited Edition", [FormatRecord("Box Set", 1, ("Limited Edition",))]),
        ("", []),
        (" + , ", []),
    ],
)
def test_formats_are_written_out_in_the_words_of_the_api(
    cell: str, formats: list[FormatRecord]
) -> None:
    assert list(parse_format(cell)) == formats


@pytest.mark.parametrize(
    ("cell", "last"),
    [
        ("Box, Comp, Ltd + LP, Album, RE, RM, Hal + LP, Albu", FormatRecord("Vinyl", 1, ("LP",))),
        ("LP, Album, RE, RM, Pur + LP, Album, RE, RM, Tra + ", None),
        (
            "2xCD, Comp + 5xCD + 6xCD, Album, RE + 6xLP, Album,",
            FormatRecord("Vinyl", 6, ("LP", "Album")),
        ),
        (
            "CD, Album, RE, RM + CD, RM + CD, Comp, RM + DVD-V,",
            FormatRecord("DVD", 1, ("DVD-Video",)),
        ),
        (
            "LP, Red + LP, Yel + LP, S/Sided, Etch, Gre + Album",
            FormatRecord("All Media", 1, ("Album",)),
        ),
    ],
)
def test_the_word_cut_at_fifty_characters_is_dropped(cell: str, last: FormatRecord | None) -> None:
    assert len(cell) == 50
    formats = parse_format(cell)

    assert formats[-1] == last if last else len(formats) == 2


def test_a_cell_of_another_length_is_not_cut() -> None:
    assert parse_format("LP, Albu")[0].text == "Albu"


@pytest.mark.parametrize(
    ("labels", "catnos", "pairs"),
    [
        ("Epic, Columbia", "A 1, B 2", [("Epic", "A 1"), ("Columbia", "B 2")]),
        ("Epic, Epic", "A 1, B 2", [("Epic", "A 1"), ("Epic", "B 2")]),
        ("Epic", " A 1 ", [("Epic", "A 1")]),
        ("Epic", "none", [("Epic", "none")]),
        ("Epic", "", [("Epic", "")]),
        ("Epic, Columbia", "A 1", [("Epic", "A 1"), ("Columbia", "A 1")]),
        ("Epic, Epic, Sony, Sony", "A, B", [("Epic", "A, B"), ("Sony", "A, B")]),
        ("Epic", "A, B", [("Epic", "A, B")]),
        ("Deep Field Music, Inc.", "DF 1", [("Deep Field Music, Inc.", "DF 1")]),
        ("Lovely, Ltd. (2), Epic", "L 1, E 1", [("Lovely, Ltd. (2)", "L 1"), ("Epic", "E 1")]),
        ("", "A 1", []),
    ],
)
def test_labels_get_their_numbers(labels: str, catnos: str, pairs: list[tuple[str, str]]) -> None:
    assert pair_labels(labels, catnos) == tuple(LabelRecord(*pair) for pair in pairs)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("Frost*", "Frost"),
        ("Crew Feat. K*Ners", "Crew Feat. K*Ners"),
        ("Matt Berry (3)", "Matt Berry (3)"),
        ("*", "*"),
        ("N**", "N*"),
    ],
)
def test_the_star_of_a_name_variation_is_gone(cell: str, name: str) -> None:
    credit = artist_credit(cell)

    assert (credit.name, credit.anv, credit.discogs_id) == (name, "", None)
