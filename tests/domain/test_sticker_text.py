from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import credit_line
from app.domain.records import CreditRecord, FormatRecord
from app.domain.sticker_text import (
    DEFAULT_TEXT,
    FILE_PLACEHOLDERS,
    PLACEHOLDERS,
    StickerFacts,
    compile_template,
    format_descriptions,
    format_name,
    format_size,
    template_problems,
)

BLUE = StickerFacts(
    copy_id=41,
    artist="Miles Davis",
    title="Kind Of Blue",
    year=1997,
    folder="Jazz",
    release_id=1234,
    format_name="Vinyl",
    format_size='12"',
    format_descriptions="LP, Album, Reissue",
    label="Columbia",
    catno="CL 1355",
    country="US",
    original_year=1959,
    media_condition="Very Good Plus (VG+)",
    url="https://www.discogs.com/release/1234",
    file_name="1234",
)


def render(template: str, facts: StickerFacts = BLUE) -> str:
    return compile_template(template).render(facts)


def test_the_standard_text_is_artist_title_year_and_below_the_folder() -> None:
    assert render(DEFAULT_TEXT) == "Miles Davis – Kind Of Blue [1997]\nJazz"


@pytest.mark.parametrize(
    ("placeholder", "text"),
    [
        ("artist", "Miles Davis"),
        ("title", "Kind Of Blue"),
        ("year", "1997"),
        ("discogs_folder", "Jazz"),
        ("format_name", "Vinyl"),
        ("format_size", '12"'),
        ("format_descriptions", "LP, Album, Reissue"),
        ("label", "Columbia"),
        ("catno", "CL 1355"),
        ("country", "US"),
        ("original_year", "1959"),
        ("grade", "VG+"),
        ("id", "1234"),
        ("url", "https://www.discogs.com/release/1234"),
        ("filename", "1234"),
    ],
)
def test_each_placeholder_gives_its_fact(placeholder: str, text: str) -> None:
    assert render(f"<{{{placeholder}}}>") == f"<{text}>"


def test_every_offered_placeholder_can_be_filled() -> None:
    every = "".join(f"{{{name}}}" for name in PLACEHOLDERS + FILE_PLACEHOLDERS)

    assert template_problems(every) == []
    assert "{" not in render(every)


def test_a_title_with_a_placeholder_in_it_stays_as_it_is() -> None:
    trap = BLUE._replace(artist="{title}", title="{year} {{x}} %s %(a)s {0}", year=1984)

    assert render("{artist}/{title}/{year}", trap) == "{title}/{year} {{x}} %s %(a)s {0}/1984"


@given(artist=st.text(st.sampled_from("{}%s(title)0.")), title=st.text(st.sampled_from("{}artist")))
def test_what_a_record_says_is_never_read_as_a_template(artist: str, title: str) -> None:
    facts = BLUE._replace(artist=artist, title=title)

    assert render("a{artist}b{title}c{artist}d", facts) == f"a{artist}b{title}c{artist}d"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r")))
def test_any_text_with_doubled_braces_comes_out_as_it_was(text: str) -> None:
    assert render(text.replace("{", "{{").replace("}", "}}")) == text


@given(st.text(st.sampled_from("{}artist_0.[]!:%\n ")))
def test_no_template_however_broken_fails(template: str) -> None:
    render(template)
    template_problems(template)


@pytest.mark.parametrize("year", [None, 0])
def test_a_missing_year_is_a_word(year: int | None) -> None:
    undated = BLUE._replace(year=year, original_year=year)

    assert render("{year}, {original_year}", undated) == "unknown, unknown"


def test_the_word_for_a_missing_year_can_be_chosen() -> None:
    undated = BLUE._replace(year=None)

    assert compile_template("[{year}]", "n.d. {x}").render(undated) == "[n.d. {x}]"


def test_a_doubled_brace_is_a_brace() -> None:
    assert render("{{artist}} }}{{ {{{artist}}}") == "{artist} }{ {Miles Davis}"


def test_a_percent_sign_is_nothing_special() -> None:
    assert render("100 % %s %(artist)s {artist}") == "100 % %s %(artist)s Miles Davis"


@pytest.mark.parametrize(
    "attack", ["{0.__class__}", "{artist.__class__}", "{artist!r}", "{year:>9}"]
)
def test_nothing_can_be_looked_up_through_a_template(attack: str) -> None:
    assert render(attack) == attack
    assert template_problems(attack)[0] == f"Line 1, column 1: {attack} is not a placeholder."


def test_a_template_of_jinja_stays_text() -> None:
    assert render("{{config}}") == "{config}"


def test_unknown_placeholders_are_reported_with_their_place_and_the_known_ones() -> None:
    problems = template_problems("{artist}\r\n – {titel}\n{ year }")

    assert problems[:2] == [
        "Line 2, column 4: {titel} is not a placeholder.",
        "Line 3, column 1: { year } is not a placeholder.",
    ]
    assert problems[2].startswith("Known placeholders: {artist} {title} {year} ")


@pytest.mark.parametrize(("template", "sign"), [("{artist", "{"), ("a}", "}"), ("{{a}", "}")])
def test_a_brace_without_a_partner_is_reported(template: str, sign: str) -> None:
    (problem,) = template_problems(template)

    assert f"a single {sign} has no partner" in problem


def test_where_there_is_no_file_its_placeholders_are_unknown() -> None:
    assert len(template_problems("{url} {filename}", file_placeholders=False)) == 3
    assert template_problems("{url} {filename}") == []


def test_line_ends_of_a_web_form_become_lf() -> None:
    assert render("{artist}\r\n{title}\r{year}") == "Miles Davis\nKind Of Blue\n1997"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Two\r\nlines\tand tab", "Two lines and tab"),
        ("nul\0bell\a", "nulbell"),
        ("exe\u202egpj", "exegpj"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("Z" + "\u0317" * 40, "Z" + "\u0317" * 4),
        ("lone \ud800 half", "lone  half"),
    ],
)
def test_what_prints_nothing_or_breaks_the_line_is_left_out(told: str, shown: str) -> None:
    assert render("{title}", BLUE._replace(title=told)) == shown


@pytest.mark.parametrize(
    "title",
    [
        "می\u200cخواهم",
        "👩\u200d🎤 ⅓",
        "Việt Nam",
        "草木萌動",
        "שלום",
        'F# A# ∞ 12"',
        "=",
        "<|°_°|>",
    ],
)
def test_titles_in_any_script_stay_exact(title: str) -> None:
    assert render("{title}", BLUE._replace(title=title)) == title


@pytest.mark.parametrize(
    ("condition", "grade"),
    [("Near Mint (NM or M-)", "NM"), ("Mint (M)", "M"), ("Generic", "Generic"), ("", "")],
)
def test_the_grade_is_the_short_form_of_the_condition(condition: str, grade: str) -> None:
    assert render("{grade}", BLUE._replace(media_condition=condition)) == grade


def test_a_record_unknown_to_discogs_goes_by_its_copy() -> None:
    assert render("{id}", BLUE._replace(release_id=None)) == "copy-41"


def test_the_artist_text_keeps_discogs_joins_and_name_variations() -> None:
    credits = (
        CreditRecord("Sunn O)))", join="&"),
        CreditRecord("Boris (3)", join="vs."),
        CreditRecord("Prince", anv="Symbol (2)", join=","),
    )

    assert render("{artist}", BLUE._replace(artist=credit_line(credits))) == (
        "Sunn O))) & Boris vs. Symbol (2)"
    )


# --- formats


def vinyl(*descriptions: str) -> FormatRecord:
    return FormatRecord("Vinyl", descriptions=descriptions)


@pytest.mark.parametrize(
    ("description", "size"),
    [
        ('7"', '7"'),
        ("7″", '7"'),
        ("7''", '7"'),
        ("7”", '7"'),
        ("7 inch", '7"'),
        ("10-Inch", '10"'),
        ("12 in.", '12"'),
        ('5.5"', '5.5"'),
        ("5½”", '5.5"'),
    ],
)
def test_a_size_is_read_in_every_spelling(description: str, size: str) -> None:
    assert format_size([vinyl("Single", description)]) == size
    assert format_descriptions([vinyl("Single", description)]) == "Single"


def test_a_stated_size_wins_over_what_lp_implies() -> None:
    assert format_size([vinyl("LP", '10"', "Album")]) == '10"'


def test_an_lp_is_twelve_inches_and_still_called_lp() -> None:
    assert format_size([vinyl("LP", "Album")]) == '12"'
    assert format_descriptions([vinyl("LP", "Album")]) == "LP, Album"


@pytest.mark.parametrize("description", ["Single", "45 RPM", "33 ⅓ RPM", "Main Inch", '"', "in"])
def test_without_a_size_there_is_none(description: str) -> None:
    assert format_size([vinyl(description)]) == ""
    assert format_descriptions([vinyl(description)]) == description


def test_no_format_at_all_gives_empty_texts() -> None:
    assert (format_name([]), format_size([]), format_descriptions([])) == ("", "", "")


def test_a_box_set_keeps_all_its_parts() -> None:
    box = [
        FormatRecord("Box Set", descriptions=("Limited Edition",)),
        FormatRecord("Vinyl", 2, ("LP", "Album", "Reissue")),
        FormatRecord("Vinyl", 1, ('7"', "Single", "Reissue")),
        FormatRecord("CD", 1, ("Album",)),
    ]

    assert format_name(box) == "Box Set + Vinyl + CD"
    assert format_size(box) == '12" + 7"'
    assert format_descriptions(box) == "Limited Edition, LP, Album, Reissue, Single"


def test_all_media_is_no_part_but_its_descriptions_count() -> None:
    parts = [vinyl("LP"), FormatRecord("All Media", descriptions=("Remastered",))]

    assert format_name(parts) == "Vinyl"
    assert format_descriptions(parts) == "LP, Remastered"
    assert format_name(parts[1:]) == "All Media"
