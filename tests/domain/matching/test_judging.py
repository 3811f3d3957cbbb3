"""Whether what a service offers is our record (row U18 of the fault list)."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.matching.facts import Candidate, TitleFacts
from app.domain.matching.judging import ACCEPT, choose, judge

DARK_SIDE = TitleFacts(
    "The Dark Side Of The Moon",
    ("Pink Floyd",),
    year=1973,
    tracks=10,
    barcodes=("5 099902 987613",),
    words=frozenset({"LP", "Album"}),
)


def offer(title: str = "The Dark Side of the Moon", **changes: object) -> Candidate:
    plain = Candidate("1", "https://store.test/1", title, ("Pink Floyd",), 1973, 10, "album")
    return replace(plain, **changes)  # type: ignore[arg-type]


def named(*artists: str, title: str = "Discovery", **more: object) -> TitleFacts:
    return replace(TitleFacts(title, artists, year=2001, tracks=14), **more)  # type: ignore[arg-type]


def by(*artists: str, title: str = "Discovery", **more: object) -> Candidate:
    plain = Candidate("1", "https://store.test/1", title, artists, 2001, 14, "album")
    return replace(plain, **more)  # type: ignore[arg-type]


def test_the_same_record_is_accepted_with_its_evidence_in_words() -> None:
    verdict = judge(DARK_SIDE, offer("The Dark Side of the Moon (Remastered)", tracks=9))

    assert verdict.accepted
    assert verdict.badge == "guess"
    assert verdict.score >= ACCEPT
    assert verdict.evidence == {
        "artist": "same name",
        "title": "same but for “remastered”",
        "year": "1973, ours 1973",
        "tracks": "9, ours 10",
    }


def test_the_same_barcode_is_exact_however_it_is_written() -> None:
    verdict = judge(DARK_SIDE, offer(barcode="05099902987613", year=2016, tracks=None))

    assert (verdict.badge, verdict.accepted, verdict.score) == ("exact", True, 1.0)
    assert verdict.evidence["barcode"] == "same: 5 099902 987613"


def test_the_barcode_of_quite_another_record_waits_for_a_person() -> None:
    other = offer("Polka Party", artists=("Alpine Brass",), barcode="5099902987613")

    verdict = judge(DARK_SIDE, other)

    assert (verdict.badge, verdict.accepted) == ("guess", False)
    assert choose(DARK_SIDE, [other])


def test_a_barcode_that_leads_to_another_album_of_the_artist_waits_for_a_person() -> None:
    verdict = judge(DARK_SIDE, offer("Animals", barcode="5099902987613"))

    assert (verdict.badge, verdict.accepted) == ("guess", False)


def test_another_barcode_says_nothing_since_pressings_have_their_own() -> None:
    assert judge(DARK_SIDE, offer(barcode="0074644057928")).accepted


@pytest.mark.parametrize(
    "title",
    [
        "The Dark Side of the Moon (Live)",
        "The Dark Side of the Moon (Karaoke Version)",
        "The Dark Side of the Moon (Instrumental)",
        "The Dark Side of the Moon (Remixes)",
        "The Dark Side of the Moon (Re-Recorded)",
        "The Dark Side of the Moon (8-Bit Version)",
        "The Dark Side of the Moon (Acoustic)",
        "Lullaby Renditions of The Dark Side of the Moon",
        "A Tribute to The Dark Side of the Moon",
        "The Dark Side of the Moon (In the Style of Pink Floyd)",
        "The Dark Side of the Moon (Demos)",
    ],
)
def test_a_word_that_makes_it_another_record_keeps_it_waiting(title: str) -> None:
    verdict = judge(DARK_SIDE, offer(title))

    assert not verdict.accepted
    assert verdict.score <= 0.6


def test_such_a_word_is_fine_where_ours_has_it_too() -> None:
    live = replace(DARK_SIDE, title="Pulse (Live)")
    concert = replace(DARK_SIDE, title="Pulse", words=frozenset({"Album", "Live"}))

    assert judge(live, offer("Pulse (Live)")).accepted
    assert judge(concert, offer("Pulse (Live)")).accepted
    assert not judge(live, offer("Pulse")).accepted


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (("Persuader, The",), ("The Persuader",)),
        (("Justice (3)",), ("Justice",)),
        (("Simon & Garfunkel",), ("Simon and Garfunkel",)),
        (("DJ Shadow", "Cut Chemist"), ("DJ Shadow & Cut Chemist",)),
        (("DJ Shadow", "Cut Chemist"), ("Cut Chemist", "DJ Shadow")),
        (("Sigur Rós",), ("Sigur Ros",)),
        (("AC/DC",), ("ACDC",)),
        (("R.E.M.",), ("REM",)),
        (("Guns 'N' Roses",), ("Guns N’ Roses",)),
        (("Florence And The Machine",), ("Florence + The Machine",)),
        (("Beatles, The",), ("Beatles",)),
        (("Кино",), ("Kino",)),
        (("坂本龍一",), ("坂本龍一",)),
        (("Sunn O)))",), ("SUNN O)))",)),
        (("!!!",), ("!!!",)),
    ],
)
def test_one_name_is_spelled_and_joined_in_many_ways(
    ours: tuple[str, ...], theirs: tuple[str, ...]
) -> None:
    assert judge(named(*ours), by(*theirs)).accepted


def test_a_name_as_printed_counts_as_the_artists() -> None:
    facts = named("Ryuichi Sakamoto", other_names=("坂本龍一",))

    verdict = judge(facts, by("坂本龍一"))

    assert verdict.accepted
    assert verdict.evidence["artist"] == "same as “坂本龍一”"


@pytest.mark.parametrize(
    "artist",
    ["Daft Funk Tribute", "Not Daft Punk", "The Daft Punk Experience", "坂本龍一", "Various"],
)
def test_other_artists_are_never_accepted(artist: str) -> None:
    assert not judge(named("Daft Punk"), by(artist)).accepted


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Swaddling Songs = 抱擁の歌", "Swaddling Songs"),
        ("Swaddling Songs = 抱擁の歌", "抱擁の歌"),
        ("★ (Blackstar)", "Blackstar"),
        ("(What's The Story) Morning Glory?", "What's the Story Morning Glory"),
        ("Selected Ambient Works Volume II", "Selected Ambient Works, Vol. 2"),
        ("Trans-Europa Express", "Trans Europa Express (2009 Remaster)"),
        ("Ice Hockey Hair EP", "Ice Hockey Hair - EP"),
        ("F♯ A♯ ∞", "F♯ A♯ ∞"),
        ("Levelling The Land 25th Anniversary Edition", "Levelling the Land"),
        ("Getz / Gilberto", "Getz/Gilberto"),
        ("Нервная Ночь", "Nervnaya Noch"),
    ],
)
def test_one_title_is_written_in_many_ways(ours: str, theirs: str) -> None:
    assert judge(named("A Band", title=ours), by("A Band", title=theirs)).accepted


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Greatest Hits", "Greatest Hits II"),
        ("Use Your Illusion I", "Use Your Illusion II"),
        ("Café Del Mar Vol. 3", "Café Del Mar Vol. 4"),
        ("1962-1966", "1967-1970"),
        ("Chicago V", "Chicago VI"),
        ("Star Wars: The Last Jedi", "Star Wars: A New Hope"),
        ("Music For Films", "Music For Films, Vol. 3"),
        ("+", "x"),
    ],
)
def test_another_number_or_subtitle_is_another_record(ours: str, theirs: str) -> None:
    assert not judge(named("A Band", title=ours), by("A Band", title=theirs)).accepted


def test_later_years_cost_little_and_earlier_ones_more() -> None:
    def score(year: int) -> float:
        return judge(DARK_SIDE, offer(year=year)).score

    assert score(1973) > score(1974) > score(2011) > score(1969)


def test_names_alone_are_not_enough() -> None:
    bare = replace(DARK_SIDE, year=None, tracks=None)

    verdict = judge(bare, offer())

    assert not verdict.accepted
    assert verdict.score > 0.8


def test_a_single_of_the_same_name_is_not_the_album() -> None:
    assert not judge(DARK_SIDE, offer(kind="single", tracks=2)).accepted
    assert not judge(DARK_SIDE, offer(kind="", tracks=2)).accepted
    assert not judge(DARK_SIDE, offer("The Dark Side of the Moon - Single", tracks=3)).accepted


def test_an_album_of_the_same_name_is_not_the_twelve_inch() -> None:
    twelve = named("A Band", title="Pacific State", tracks=2, words=frozenset({'12"', "45 RPM"}))

    assert not judge(twelve, by("A Band", title="Pacific State", kind="")).accepted
    assert judge(twelve, by("A Band", title="Pacific State", kind="", tracks=2)).accepted


def test_a_deluxe_edition_may_be_later_and_much_longer() -> None:
    longer = offer("The Dark Side of the Moon (50th Anniversary Edition)", year=2023, tracks=32)

    assert judge(DARK_SIDE, longer).accepted
    assert not judge(DARK_SIDE, replace(longer, title=DARK_SIDE.title)).accepted


def test_a_record_named_after_its_artist_needs_year_and_tracks() -> None:
    blue = named("Weezer", title="Weezer", year=1994, tracks=10)

    assert judge(blue, by("Weezer", title="Weezer", year=1994, tracks=10)).accepted
    assert not judge(blue, by("Weezer", title="Weezer", year=2001, tracks=10)).accepted
    assert not judge(blue, by("Weezer", title="Weezer", year=1994, tracks=None)).accepted


def test_a_compilation_by_various_needs_a_telling_title_year_and_tracks() -> None:
    facts = TitleFacts("The Best Of Indie Top 20", ("Various",), (), 1991, 24, is_various=True)
    right = by("Various Artists", title="The Best of Indie Top 20", year=1991, tracks=24)

    assert judge(facts, right).accepted
    assert not judge(facts, replace(right, tracks=None)).accepted
    assert not judge(facts, replace(right, artists=("Studio 99",))).accepted
    assert not judge(replace(facts, title="Love"), replace(right, title="Love")).accepted


def test_the_plain_edition_is_taken_unless_ours_is_deluxe() -> None:
    plain = offer(remote_id="plain")
    deluxe = offer("The Dark Side of the Moon (Deluxe Edition)", remote_id="deluxe", tracks=20)
    ours_deluxe = replace(DARK_SIDE, title="The Dark Side Of The Moon (Deluxe Edition)", tracks=20)

    assert choose(DARK_SIDE, [deluxe, plain])[0][0] is plain
    assert choose(ours_deluxe, [plain, deluxe])[0][0] is deluxe


def test_the_nearest_year_wins_among_editions() -> None:
    late, near = offer(remote_id="late", year=2011), offer(remote_id="near", year=1973)

    chosen = choose(DARK_SIDE, [late, near])

    assert [candidate.remote_id for candidate, _ in chosen] == ["near", "late"]
    assert [verdict.accepted for _, verdict in chosen] == [True, False]


def test_of_two_different_records_that_fit_as_well_neither_is_accepted() -> None:
    facts = named("Kruder", title="Shakatakadoodub", words=frozenset())
    album = by("Kruder", title="Shakatakadoodub", kind="album", tracks=14)
    single = replace(album, kind="single", remote_id="2")

    chosen = choose(facts, [album, single])

    assert len(chosen) == 2
    assert not any(verdict.accepted for _, verdict in chosen)
    assert chosen[0][1].evidence["rival"] == "another record fits as well"


def test_hopeless_candidates_are_left_out_and_few_are_kept() -> None:
    others = [by("Nobody", title=f"Polka {n}", remote_id=str(n)) for n in range(9)]
    editions = [offer(remote_id=f"e{n}", year=1980 + n) for n in range(9)]

    assert choose(DARK_SIDE, others) == []
    assert len(choose(DARK_SIDE, [*others, *editions])) == 5
    assert len(choose(DARK_SIDE, editions, most=2)) == 2


texts = st.text(max_size=60) | st.text("()[]{}=-–:,&+ 'ABpartvolEPIVX12é★坂", max_size=60)


@settings(max_examples=150, deadline=None)
@given(texts, texts, texts, texts, st.booleans())
def test_judging_never_fails_on_any_text(
    title: str, artist: str, other_title: str, other_artist: str, various: bool
) -> None:
    facts = TitleFacts(title, (artist,), (other_artist,), 0, 0, (title,), is_various=various)
    candidate = Candidate("1", "", other_title, (other_artist,), 0, 0, title, barcode=artist)

    verdict = judge(facts, candidate)

    assert 0.0 <= verdict.score <= 1.0
    assert all(verdict.evidence.values())
    assert sum(v.accepted for _, v in choose(facts, [candidate, candidate])) <= 1


words = st.lists(
    st.sampled_from(["Blue", "naïve", "Café", "Night", "of", "the", "Löwe"]), min_size=1
)


@settings(max_examples=60, deadline=None)
@given(words, words)
def test_case_and_accents_make_no_difference(ours: list[str], theirs: list[str]) -> None:
    facts = named("Motörhead", title=" ".join(ours))
    candidate = by("Motörhead", title=" ".join(theirs))
    plain = str.maketrans("ïéö", "ieo")

    loud = replace(candidate, title=candidate.title.upper(), artists=("MOTÖRHEAD",))
    flat = replace(candidate, title=candidate.title.translate(plain), artists=("Motorhead",))

    assert judge(facts, loud).score == judge(facts, candidate).score == judge(facts, flat).score


@settings(max_examples=60, deadline=None)
@given(words, words)
def test_it_does_not_matter_which_side_is_ours(ours: list[str], theirs: list[str]) -> None:
    a, b = " ".join(ours), " ".join(theirs)

    there = judge(named("A Band", title=a), by("A Band", title=b))
    back = judge(named("A Band", title=b), by("A Band", title=a))

    assert there.score == back.score


@pytest.mark.parametrize("text", ["a", "(", "((a) ", " - ", "= ", "a.", "é b ", "坂 "])
def test_very_long_titles_are_judged_in_no_time(text: str) -> None:
    long = (text * 5_000)[:5_000]
    begun = time.perf_counter()

    judge(TitleFacts(long, (long,), (long,)), Candidate("1", "", long + "x", (long + "y",)))

    assert time.perf_counter() - begun < 0.5


def test_the_year_of_one_of_our_pressings_will_do() -> None:
    facts = TitleFacts(
        "Endless River 4", ("Some Band",), year=1971, tracks=8, pressing_years=(1971, 2009)
    )
    offered = Candidate("1", "https://example.org/1", "Endless River 4", ("Some Band",), 2009, 8)

    assert judge(facts, offered).accepted
    assert "2009, ours 2009" in judge(facts, offered).evidence["year"]
