from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.matching.crosswalk import (
    Crosslink,
    consistent,
    first_year,
    links_of_artist,
    links_of_item,
    links_of_release_group,
    wikipedia_sitelink,
)
from app.domain.matching.facts import LinkRecord, ReleaseGroupRecord, TitleFacts, WikidataRecord

SPOTIFY = "https://open.spotify.com/album/1weenld61qoidwYuZ1GESA"
FACTS = TitleFacts("Kind Of Blue", ("Miles Davis",), ("The Miles Davis Sextet",), 1959, 5)
GROUP = ReleaseGroupRecord(
    "8e8a594f-2175-38c7-a871-abb68ec363e7",
    "Kind of Blue",
    "1959-08-17",
    "Album",
    artists=(("561d854a-6a28-4aa7-8c99-323e6ce46c2a", "Miles Davis"),),
    links=(
        LinkRecord("wikidata", "https://www.wikidata.org/wiki/Q283221"),
        LinkRecord("free streaming", SPOTIFY + "?si=1"),
        LinkRecord("streaming", SPOTIFY),
        LinkRecord("streaming", "https://music.apple.com/us/album/268443092", ended=True),
        LinkRecord("discogs", "https://www.discogs.com/master/5460"),
        LinkRecord("lyrics", "https://lyrics.test/kind-of-blue"),
        LinkRecord("official homepage", "https://www.milesdavis.com/albums/kind-of-blue/"),
    ),
)


def test_the_links_of_a_release_group_are_exact_and_each_told_once() -> None:
    assert links_of_release_group(GROUP, FACTS) == (
        Crosslink("wikidata", "https://www.wikidata.org/wiki/Q283221", "Q283221", "exact"),
        Crosslink("spotify", SPOTIFY, "1weenld61qoidwYuZ1GESA", "exact"),
        Crosslink("discogs", "https://www.discogs.com/master/5460", "5460", "exact"),
        Crosslink(
            "homepage",
            "https://www.milesdavis.com/albums/kind-of-blue/",
            "www.milesdavis.com",
            "exact",
        ),
    )


def test_links_of_a_wrongly_linked_master_wait_for_a_person() -> None:
    wrong = replace(GROUP, title="Polka Party", artists=(("", "Alpine Brass"),))

    links = links_of_release_group(wrong, FACTS)

    assert len(links) == 4
    assert {(link.badge, link.accepted) for link in links} == {("derived", False)}


def test_the_claims_of_a_wikidata_item_are_derived() -> None:
    item = WikidataRecord(
        "Q283221",
        "Kind of Blue",
        claims={
            "P2205": ("1weenld61qoidwYuZ1GESA",),
            "P2281": ("268443092",),
            "P1954": ("5460",),
            "P1729": ("mw0000191710",),
            "P31": ("Q482994",),
        },
    )

    links = links_of_item(item, is_artist=False, facts=FACTS)

    assert [(link.provider, link.remote_id) for link in links] == [
        ("spotify", "1weenld61qoidwYuZ1GESA"),
        ("apple_music", "268443092"),
        ("discogs", "5460"),
        ("allmusic", "mw0000191710"),
    ]
    assert {(link.badge, link.accepted) for link in links} == {("derived", True)}


def test_a_malformed_claim_is_no_link() -> None:
    item = WikidataRecord("Q1", "x", claims={"P2205": ("../../x",), "P856": ("javascript:x",)})

    assert links_of_item(item, is_artist=False) == ()


def test_an_artists_links_are_those_of_artists_only() -> None:
    artist = "https://open.spotify.com/artist/0kbYTNQb4Pb1rPbbaF0pT4"
    item = WikidataRecord("Q93341", "Miles Davis", claims={"P1902": ("0kbYTNQb4Pb1rPbbaF0pT4",)})
    links = (LinkRecord("free streaming", artist), LinkRecord("free streaming", SPOTIFY))

    assert [link.url for link in links_of_artist(links)] == [artist]
    assert [link.url for link in links_of_item(item, is_artist=True)] == [artist]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kind Of Blue", "Kind of Blue"),
        ("Trans-Europa Express", "Trans‐Europe Express"),
        ("Die Mensch-Maschine", "The Man-Machine"),
        ("Swaddling Songs = 抱擁の歌", "Swaddling Songs"),
        ("草木萌動", "Somoku Hodo"),
        ("★", "Blackstar"),
        ("Never Mind The Bollocks", "Never Mind the Bollocks Here’s the Sex Pistols"),
        ("The Beatles", "The Beatles (“The White Album”)"),
        ("Live", "Live!"),
    ],
)
def test_a_name_that_may_be_the_same_record_is_trusted(title: str, name: str) -> None:
    assert consistent(TitleFacts(title, ("A Band",)), name)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Kind Of Blue", "Sketches"),
        ("Led Zeppelin II", "Led Zeppelin III"),
        ("Nevermind", "Polka Party"),
        ("Homework", "Discovery"),
    ],
)
def test_a_name_that_cannot_be_the_same_record_is_not(title: str, name: str) -> None:
    assert not consistent(TitleFacts(title, ("A Band",)), name)


@pytest.mark.parametrize(
    ("artists", "fits"),
    [
        (["Miles Davis"], True),
        (["Miles Davis Sextet"], True),
        (["Various Artists"], True),
        (["マイルス・デイヴィス"], True),
        ([], True),
        (["Alpine Brass"], False),
    ],
)
def test_other_artists_make_it_another_record(artists: list[str], fits: bool) -> None:
    assert consistent(FACTS, "Kind of Blue", artists) is fits


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("1973-03-01", 1973), ("1973-03", 1973), ("1973", 1973), ("", None), ("0000", None),
        ("????-03", None), ("73", None), ("1973-", None), ("9999-01-01", None), ("١٩٧٣", None),
    ],
)  # fmt: skip
def test_a_first_date_has_a_year_or_none(date: str, year: int | None) -> None:
    assert first_year(date) == year


def test_the_article_is_that_of_the_first_language_that_has_one() -> None:
    item = WikidataRecord(
        "Q1", "x", sitelinks={"dewiki": "X (Album)", "zh_yuewiki": "X", "frwiki": ""}
    )

    assert wikipedia_sitelink(item) is None
    assert wikipedia_sitelink(item, ("en", "fr", "de")) == ("de", "X (Album)")
    assert wikipedia_sitelink(item, ("zh-yue",)) == ("zh-yue", "X")
