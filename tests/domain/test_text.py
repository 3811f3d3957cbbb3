from __future__ import annotations

import pytest

from app.domain.text import SEARCH_TEXT_LIMIT, clean, fold, search_text, sort_key


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Björk", "bjork"),
        ("SIGUR RÓS — Ágætis byrjun", "sigur ros agaetis byrjun"),
        ("AC/DC", "ac dc"),
        ("  F# A#   ∞ ", "f a inf"),
        ("ΚΕΦΑΛΗΞΘ", "kefalixth"),
        ("Straße", "strasse"),
        ("Motörhead", "motorhead"),
        ("Кино", "kino"),
        ("が", "ga"),
        ('12" 45 RPM', "12 45 rpm"),
    ],
)
def test_folding_ignores_case_accents_script_and_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["★", "†", "!!!", "?"])
def test_a_title_of_symbols_only_folds_to_its_symbols(text: str) -> None:
    assert fold(f" {text} ") == text


def test_composed_and_decomposed_writing_fold_alike() -> None:
    assert fold("か\u3099") == fold("が") == "ga"
    assert fold("Bjo\u0308rk") == "bjork"


@pytest.mark.parametrize("text", ["", "   ", "\x00", "\ud800"])
def test_nothing_folds_to_nothing(text: str) -> None:
    assert fold(text) == ""


def test_search_text_holds_each_word_once_in_order() -> None:
    assert search_text("The Fall", "the fall of Rome") == "the fall of rome"


def test_search_text_finds_other_scripts_as_written_and_transliterated() -> None:
    words = search_text("坂本龍一", "★ (Blackstar)").split()

    assert words == ["banbenlongyi", "坂本龍一", "blackstar", "★"]


def test_search_text_is_capped_between_words() -> None:
    text = search_text(" ".join(f"word{n}" for n in range(9000)))

    assert SEARCH_TEXT_LIMIT - 10 < len(text) <= SEARCH_TEXT_LIMIT
    last = int(text.split()[-1].removeprefix("word"))
    assert text == " ".join(f"word{n}" for n in range(last + 1))


def test_search_text_of_one_endless_word_is_cut() -> None:
    assert len(search_text("x" * 30_000)) == SEARCH_TEXT_LIMIT


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("The Beatles", "beatles"),
        ("A Tribe Called Quest", "tribe called quest"),
        ("A-ha", "a ha"),
        ("The The", "the"),
        ("The", "the"),
        ("L'Impératrice", "imperatrice"),
        ("Los Lobos", "lobos"),
        ("Die Ärzte", "arzte"),
        ("Justice (3)", "justice"),
        ("R.E.M.", "rem"),
        ("Sunn O)))", "sunn o"),
        ("Blink-182", "blink 00000182"),
        ("草木萌動", "caomumengdong"),
        ("", ""),
    ],
)
def test_sort_keys_are_what_a_shop_would_file_under(text: str, key: str) -> None:
    assert sort_key(text) == key


def test_numbers_are_filed_by_value() -> None:
    titles = ["Now 10", "Now 9", "Now 100"]

    assert sorted(titles, key=sort_key) == ["Now 9", "Now 10", "Now 100"]


def test_titles_of_symbols_come_last_and_stay_distinct() -> None:
    keys = [sort_key(title) for title in ("Zzz", "★", "†", "!!!")]

    assert sorted(keys)[0] == keys[0]
    assert len(set(keys)) == 4


def test_sort_keys_have_a_limited_length() -> None:
    assert len(sort_key("x" * 500)) == 120
    assert len(sort_key("★" * 500)) == 120


def test_cleaning_removes_what_databases_refuse() -> None:
    assert clean("So\x00 What\x07\ud800 ") == "So What"


def test_cleaning_keeps_lines_and_tabs() -> None:
    assert clean("a\r\nb\rc\td\n") == "a\nb\nc\td"


def test_cleaning_composes_characters() -> None:
    assert clean("Bjo\u0308rk") == "Björk"


def test_cleaning_cuts_at_the_limit() -> None:
    assert clean("Kind of Blue", limit=5) == "Kind"


def test_a_band_of_symbols_is_found_beside_an_ascii_title():
    assert "!!!" in search_text("!!!", "Louden Up Now").split()
