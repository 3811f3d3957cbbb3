from __future__ import annotations

import pytest

from app.domain.matching.facts import TitleFacts
from app.domain.matching.keys import is_searchable, search_terms, title_key


def test_pressings_of_a_work_share_its_masters_key() -> None:
    assert title_key(10_362, 249_504) == "m10362"
    assert title_key(0, 249_504) == "r249504"
    assert title_key(None, 249_504) == "r249504"


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("Kind Of Blue", "Kind Of Blue"),
        ("In The Court Of The Crimson King (An Observation By King Crimson)",
         "In The Court Of The Crimson King"),
        ("Better Living Through Chemistry (20th Anniversary Edition)",
         "Better Living Through Chemistry"),
        ("Levelling The Land 25th Anniversary Edition", "Levelling The Land"),
        ("Abbey Road - Remastered", "Abbey Road"),
        ("Swaddling Songs = 抱擁の歌", "Swaddling Songs"),
        ("抱擁の歌 = Swaddling Songs", "Swaddling Songs"),
        ("草木萌動", "草木萌動"),
        ("★ (Blackstar)", "★"),
        ("(What's The Story) Morning Glory?", "Morning Glory?"),
        ("(Untitled)", "(Untitled)"),
        ("Star Wars: The Force Awakens", "Star Wars: The Force Awakens"),
        ("Oh  Natty\t/ Skankin' Dub", "Oh Natty / Skankin' Dub"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_store_is_asked_for_the_title_without_its_edition(title: str, typed: str) -> None:
    assert search_terms(TitleFacts(title, ("A Band",)))[1] == typed


@pytest.mark.parametrize(
    ("artists", "typed"),
    [
        (("Justice (3)",), "Justice"),
        (("Persuader, The",), "The Persuader"),
        (("DJ Shadow", "Cut Chemist"), "DJ Shadow"),
        (("Various",), ""),
        ((), ""),
    ],
)
def test_a_store_is_asked_for_the_first_artist(artists: tuple[str, ...], typed: str) -> None:
    assert search_terms(TitleFacts("Blue", artists))[0] == typed


def test_what_is_typed_is_never_longer_than_a_search_takes() -> None:
    artist, title = search_terms(TitleFacts("word " * 400, ("name " * 400,)))

    assert len(artist) <= 100
    assert len(title) <= 100
    assert title.endswith("word")


@pytest.mark.parametrize(
    "facts",
    [
        TitleFacts("Kind Of Blue", ("Miles Davis",)),
        TitleFacts("★", ("David Bowie",)),
        TitleFacts("Indie Top 20", ("Various",), is_various=True),
        TitleFacts("Love", ("Various",), barcodes=("5099902987613",), is_various=True),
    ],
)
def test_a_title_that_says_something_is_searched_for(facts: TitleFacts) -> None:
    assert is_searchable(facts)


@pytest.mark.parametrize(
    "facts",
    [
        TitleFacts("", ("Miles Davis",)),
        TitleFacts("Untitled", ("A Band",)),
        TitleFacts("White Label", ("Unknown Artist",)),
        TitleFacts("Acid Tracks", ("Unknown Artist",)),
        TitleFacts("Acid", ()),
        TitleFacts("Love", ("Various",), is_various=True),
    ],
)
def test_a_title_that_says_nothing_is_not_searched_for(facts: TitleFacts) -> None:
    assert not is_searchable(facts)
