from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.matching.facts import ArticleRecord
from app.domain.matching.people import FLOOR, article_titles, choose_article, judge_article


def article(
    title: str,
    text: str,
    description: str = "",
    language: str = "en",
    is_disambiguation: bool = False,
) -> ArticleRecord:
    url = f"https://{language}.wikipedia.org/wiki/{title.replace(' ', '_')}"
    return ArticleRecord(
        title, title, url, language, text, description, is_disambiguation=is_disambiguation
    )


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("Air", ("Air", "Air (band)", "Air (musician)")),
        ("Justice (3)", ("Justice", "Justice (band)", "Justice (musician)")),
        ("Persuader, The", ("The Persuader", "The Persuader (band)", "The Persuader (musician)")),
        ("!!!", ("!!!", "!!! (band)", "!!! (musician)")),
        ("A|B", ("AB", "AB (band)", "AB (musician)")),
        ("", ()),
        ("[]", ()),
    ],
)
def test_three_articles_at_most_are_asked_for(name: str, titles: tuple[str, ...]) -> None:
    assert article_titles(name) == titles


@pytest.mark.parametrize(
    ("name", "title", "text", "description"),
    [
        ("Radiohead", "Radiohead", "", "English rock band"),
        ("Radiohead", "Radiohead", "Radiohead are an English rock band formed in Abingdon.", ""),
        ("Air", "Air (French band)", "Air is a French music duo from Versailles.", ""),
        ("Prince", "Prince (musician)", "", "American musician (1958–2016)"),
        ("J Dilla", "J Dilla", "James Dewitt Yancey, better known by the stage names J Dilla, was "
         "an American record producer and rapper.", ""),
        ("Moby", "Moby", "Richard Melville Hall (born 1965), known as Moby, is an American "
         "musician and animal rights activist.", ""),
        ("Beatles, The", "The Beatles", "The Beatles were an English rock band.", ""),
        ("BJÖRK", "Björk", "", "Icelandic singer (born 1965)"),
        ("Basic Channel", "Basic Channel", "", "German electronic music duo"),
        ("Berliner Philharmoniker", "Berliner Philharmoniker", "", "German orchestra"),
        ("War", "War (American band)", "War is an American funk band from Long Beach.", ""),
    ],
)  # fmt: skip
def test_an_article_that_begins_with_a_maker_of_music_is_accepted(
    name: str, title: str, text: str, description: str
) -> None:
    verdict = judge_article(name, article(title, text, description))

    assert (verdict.accepted, verdict.badge) == (True, "guess")


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [
        ("de", "Can", "Can war eine deutsche Band aus Köln."),
        ("de", "Tocotronic", "Tocotronic ist eine deutsche Rockband."),
        ("de", "Nena", "Nena (* 24. März 1960 in Hagen) ist eine deutsche Popsängerin."),
        ("fr", "Air", "Air est un groupe de musique électronique français."),
        ("fr", "Françoise Hardy", "Françoise Hardy était une chanteuse française."),
        ("es", "Manu Chao", "Manu Chao es un cantante francés de origen español."),
        ("it", "Mina", "Mina è una cantante italiana."),
        ("nl", "Doe Maar", "Doe Maar is een Nederlandse popgroep en band."),
        ("pt", "Caetano Veloso", "Caetano Veloso é um músico e cantor brasileiro."),
        ("sv", "Kent", "Kent var en svensk rockgrupp och musikgrupp."),
        ("pl", "Kult", "Kult jest zespół rockowy."),
        ("ja", "YMO", "YMOは、日本の音楽グループ。"),
    ],
)
def test_articles_in_other_languages_say_it_in_theirs(language: str, name: str, text: str) -> None:
    assert judge_article(name, article(name, text, language=language)).accepted


@pytest.mark.parametrize(
    ("name", "title", "text", "description"),
    [
        ("Air", "Air", "Air is the layer of gases that surrounds the Earth.", ""),
        ("Blur", "Blur (Blur album)", "Blur is an album by the English band Blur.", ""),
        ("Blur", "Blur", "Blur is the fifth album by the English rock band Blur.", ""),
        ("Angel", "Angel", "Angel is a song by American singer Shaggy.", ""),
        ("Selena", "Selena", "", "1997 film about the singer Selena"),
        ("Low", "Low", "", "Album by David Bowie"),
        ("Warp", "Warp", "Warp is a British record label and musician collective.", ""),
        ("Chris Brown", "Chris Brown", "", "English footballer"),
        ("Jane Doe", "Jane Doe", "", "American actress and singer"),
        ("Boston", "Boston", "", "Capital city of Massachusetts"),
        ("Yes", "Yes", "Yes may refer to:", ""),
        ("Alphabet", "Alphabet", "", "American technology group"),
        ("Nobody", "Nobody", "", ""),
    ],
)
def test_an_article_about_something_else_is_not(
    name: str, title: str, text: str, description: str
) -> None:
    assert not judge_article(name, article(title, text, description)).accepted


def test_a_list_of_namesakes_is_never_an_artist() -> None:
    verdict = judge_article("Air", article("Air", "", "Band", is_disambiguation=True))

    assert (verdict.accepted, verdict.score) == (False, 0.0)


def test_an_article_of_another_name_is_not_shown_to_a_person() -> None:
    redirected = article("Queens of the Stone Age", "", "American rock band")

    verdict = judge_article("Josh Homme", redirected)

    assert not verdict.accepted
    assert verdict.score < FLOOR


def test_a_name_as_printed_counts() -> None:
    page = article("Ryuichi Sakamoto", "", "Japanese composer")

    assert judge_article("坂本龍一", page, other_names=("Ryuichi Sakamoto",)).accepted


def test_a_band_is_not_taken_for_a_person() -> None:
    page = article("Burial (band)", "", "American metal band")

    assert judge_article("Burial", page, is_group=True).accepted
    assert not judge_article("Burial", page, is_group=False).accepted


def test_the_one_article_about_music_is_chosen_among_namesakes() -> None:
    gas = article("Air", "Air is the layer of gases that surrounds the Earth.")
    band = article("Air (band)", "", "French music duo")

    chosen = choose_article("Air", [gas, band, band])

    assert [(found.title, verdict.accepted) for found, verdict in chosen] == [("Air (band)", True)]


def test_of_two_musicians_of_one_name_neither_is_accepted() -> None:
    band = article("Prophet (band)", "", "American rock band")
    person = article("Prophet (musician)", "", "American musician")

    chosen = choose_article("Prophet", [band, person])

    assert [verdict.accepted for _, verdict in chosen] == [False, False]
    assert all("rival" in verdict.evidence for _, verdict in chosen)
    assert any(v.accepted for _, v in choose_article("Prophet", [band, person], is_group=True))


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=200), st.text(max_size=50))
def test_no_text_breaks_it(name: str, title: str, text: str, description: str) -> None:
    page = article(title, text, description)

    assert 0.0 <= judge_article(name, page).score <= 1.0
    assert len(article_titles(name)) <= 3
