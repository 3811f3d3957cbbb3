"""Cases by hand: real records that are easily taken for one another."""

from __future__ import annotations

from dataclasses import replace

from app.domain.matching.facts import Candidate, TitleFacts
from tests.domain.matching.known import RIGHT, Case, offered


def hard_cases() -> list[Case]:
    """Every third is held out, as with the others."""
    return [replace(case, held_out=place % 3 == 2) for place, case in enumerate(_hard())]


def _facts(
    artists: str,
    title: str,
    year: int | None,
    tracks: int | None,
    words: str = "LP, Album",
    names: str = "",
) -> TitleFacts:
    return TitleFacts(
        title,
        tuple(artists.split("; ")),
        tuple(filter(None, names.split("; "))),
        year,
        tracks,
        words=frozenset(words.split(", ")),
        is_various=artists == "Various",
    )


def _one(
    artists: str, title: str, year: int | None, tracks: int | None, kind: str = "album"
) -> Candidate:
    return offered(artists.split("; "), title, year, tracks, kind)


def _case(name: str, facts: TitleFacts, right: Candidate | None, *others: Candidate) -> Case:
    everything = [replace(other, remote_id=f"other {n}") for n, other in enumerate(others)]
    if right is not None:
        everything.insert(len(others) // 2, replace(right, remote_id=RIGHT))
    labels = frozenset({RIGHT}) if right is not None else frozenset[str]()
    return Case(name, facts, tuple(everything), labels, False)


def _hard() -> list[Case]:
    return [*_same_name_twice(), *_namesakes(), *_series(), *_classical(), *_spellings()]


def _same_name_twice() -> list[Case]:
    """Bands that gave two of their records the same name."""
    blue = _one("Weezer", "Weezer", 1994, 10)
    green = _one("Weezer", "Weezer (Green Album)", 2001, 10)
    teal = _one("Weezer", "Weezer (Teal Album)", 2019, 10)
    black = _one("Weezer", "Weezer", 2019, 10)
    seal1 = _one("Seal", "Seal", 1991, 9)
    seal2 = _one("Seal", "Seal", 1994, 10)
    mac68 = _one("Fleetwood Mac", "Fleetwood Mac", 1968, 12)
    mac75 = _one("Fleetwood Mac", "Fleetwood Mac", 1975, 11)
    mac75late = _one("Fleetwood Mac", "Fleetwood Mac (2018 Remaster)", 2018, 11)
    gabriel = [
        _one("Peter Gabriel", f"Peter Gabriel {n}: {name} (Remastered)", year, tracks)
        for n, name, year, tracks in (
            (1, "Car", 1977, 9), (2, "Scratch", 1978, 11),
            (3, "Melt", 1980, 10), (4, "Security", 1982, 8),
        )
    ]  # fmt: skip
    duran1 = _one("Duran Duran", "Duran Duran", 1981, 9)
    duran2 = _one("Duran Duran", "Duran Duran (The Wedding Album)", 1993, 13)
    santana1 = _one("Santana", "Santana", 1969, 9)
    santana3 = _one("Santana", "Santana III", 1971, 9)
    liz = _facts("Weezer", "Weezer", 2001, 10)
    return [
        _case("Weezer, blue", _facts("Weezer", "Weezer", 1994, 10), blue, green, teal, black),
        _case("Weezer, green", liz, green, blue, teal, black),
        _case("Weezer, green, not there", liz, None, blue, teal, black),
        _case("Weezer, no year", _facts("Weezer", "Weezer", None, 10), None, black, green, teal),
        _case("Seal, first", _facts("Seal", "Seal", 1991, 9), seal1, seal2),
        _case("Seal, second", _facts("Seal", "Seal", 1994, 10), seal2, seal1),
        _case("Seal, second not there", _facts("Seal", "Seal", 1994, 10), None, seal1),
        _case("Seal, first not there", _facts("Seal", "Seal", 1991, 9), None, seal2),
        _case("Mac 1968", _facts("Fleetwood Mac", "Fleetwood Mac", 1968, 12), mac68, mac75),
        _case("Mac 1968, only the other", _facts("Fleetwood Mac", "Fleetwood Mac", 1968, 12),
              None, mac75, mac75late),
        _case("Mac 1975", _facts("Fleetwood Mac", "Fleetwood Mac", 1975, 11), mac75, mac68),
        _case("Mac 1975, only the other", _facts("Fleetwood Mac", "Fleetwood Mac", 1975, 11),
              None, mac68),
        _case("Mac, year of a reissue", _facts("Fleetwood Mac", "Fleetwood Mac", 2004, 12),
              None, mac75),
        _case("Gabriel 1", _facts("Peter Gabriel", "Peter Gabriel", 1977, 9), *gabriel),
        _case("Gabriel 2", _facts("Peter Gabriel", "Peter Gabriel", 1978, 11),
              gabriel[1], gabriel[0], gabriel[2], gabriel[3]),
        _case("Gabriel 3 not there", _facts("Peter Gabriel", "Peter Gabriel", 1980, 10),
              None, gabriel[0], gabriel[1], gabriel[3]),
        _case("Duran, first", _facts("Duran Duran", "Duran Duran", 1981, 9), duran1, duran2),
        _case("Duran, second", _facts("Duran Duran", "Duran Duran", 1993, 13), duran2, duran1),
        _case("Duran, second not there", _facts("Duran Duran", "Duran Duran", 1993, 13),
              None, duran1),
        _case("Santana 1971", _facts("Santana", "Santana", 1971, 9), santana3, santana1),
        _case("Santana 1971 not there", _facts("Santana", "Santana", 1971, 9), None, santana1),
        _case("Suede reissued", _facts("Suede", "Suede", 1993, 11),
              _one("Suede", "Suede (Remastered)", 2011, 11),
              _one("Suede", "Dog Man Star", 1994, 12)),
    ]  # fmt: skip


def _namesakes() -> list[Case]:
    """Bands that share a name."""
    uk = _facts("Nirvana (2)", "All Of Us", 1968, 12)
    best = _one("Nirvana", "Nirvana", 2002, 14, "compilation")
    return [
        _case("Nirvana of 1968", uk, _one("Nirvana", "All of Us", 1968, 12), best),
        _case("Nirvana of 1968, not there", uk, None, best, _one("Nirvana", "Bleach", 1989, 11)),
        _case("Spirit", _facts("Spirit (8)", "Spirit", 1968, 10),
              _one("Spirit", "Spirit", 1968, 11), _one("Spirit", "Spirit", 2010, 10)),
        _case("Spirit, the other", _facts("Spirit (8)", "Spirit", 1968, 10),
              None, _one("Spirit", "Spirit", 2010, 10), _one("Spirit", "Spirit EP", 2012, 5)),
        _case("Bush", _facts("Bush", "Sixteen Stone", 1994, 12),
              _one("Bush", "Sixteen Stone (Remastered)", 2014, 12),
              _one("Kate Bush", "The Sensual World", 1989, 11)),
        _case("Bush of 1970", _facts("Bush (3)", "Bush", 1970, 9),
              None, _one("Bush", "Golden State", 2001, 12), _one("Bush", "Bush", 2014, 12)),
        _case("Heart by others", _facts("Heart", "Heart", 1985, 10),
              _one("Heart", "Heart", 1985, 10), _one("The Hearts", "Heart", 1985, 10),
              _one("Heart", "Heart", 2003, 11)),
        _case("The Band", _facts("The Band", "The Band", 1969, 12),
              _one("The Band", "The Band (Remastered)", 1969, 12),
              _one("Band", "The Band", 2009, 12), _one("The Band", "Stage Fright", 1970, 10)),
        _case("Genesis of 1983", _facts("Genesis", "Genesis", 1983, 9),
              _one("Genesis", "Genesis (2007 Remaster)", 1983, 9),
              _one("Genesis", "Genesis", 2016, 9, "single")),
        _case("Live by Live", _facts("Live", "Throwing Copper", 1994, 14),
              _one("Live", "Throwing Copper (25th Anniversary)", 2019, 17),
              _one("Live", "Throwing Copper Live", 1995, 14)),
        _case("Wool", _facts("Wool (4)", "Love, Love, Love, Love, Love", 1967, 2, "7\", Single"),
              None, _one("Wool", "Box Set", 1994, 13), _one("Wool", "Wool", 1969, 10)),
        _case("Nothing", _facts("Nothing (12)", "Dance On The Blacktop", 2018, 9),
              _one("Nothing", "Dance on the Blacktop", 2018, 9),
              _one("Nothing But Thieves", "Broken Machine", 2017, 11)),
        _case("Greatest Hits, other band", _facts("Foreigner", "Greatest Hits", 2001, 12, "Comp"),
              None, _one("Queen", "Greatest Hits", 1981, 17),
              _one("Foreigner Tribute", "Greatest Hits", 2001, 12),
              _one("Various Artists", "Greatest Hits", 2001, 12)),
        _case("Eagles", _facts("Eagles", "Their Greatest Hits 1971-1975", 1976, 10, "Compilation"),
              _one("Eagles", "Their Greatest Hits 1971-1975 (2013 Remaster)", 1976, 10),
              _one("Eagles", "Eagles Greatest Hits, Vol. 2", 1982, 10, "compilation"),
              _one("Eagles", "The Very Best of the Eagles", 2003, 33, "compilation")),
        _case("Cross", _facts("Christopher Cross", "Christopher Cross", 1979, 9),
              _one("Christopher Cross", "Christopher Cross", 1979, 9),
              _one("Justice", "Cross", 2007, 12)),
    ]  # fmt: skip


def _series() -> list[Case]:
    """Series by many hands under one title, and numbered ones."""
    kd = _facts("Kruder & Dorfmeister", "DJ-Kicks", 1996, 17, "CD, Compilation, Mixed")
    others = [
        _one("Thievery Corporation", "DJ-Kicks (Thievery Corporation)", 1999, 18, "compilation"),
        _one("Carl Craig", "DJ-Kicks: Carl Craig", 1996, 17, "compilation"),
        _one("Various Artists", "DJ-Kicks - The Exclusives", 2011, 16, "compilation"),
    ]
    now = _facts("Various", "Now That's What I Call Music! 9", 1987, 30, "LP, Compilation")
    fabric = _facts("James Lavelle", "FabricLive. 01", 2001, 18, "CD, Compilation, Mixed")
    return [
        _case("DJ-Kicks, among others", kd,
              _one("Kruder & Dorfmeister", "DJ-Kicks (Kruder & Dorfmeister) [DJ Mix]", 1996, 17),
              *others),
        _case("DJ-Kicks, not there", kd, None, *others),
        _case("Now 9", now, _one("Various Artists", "Now That's What I Call Music! 9", 1987, 30),
              _one("Various Artists", "Now That's What I Call Music! 10", 1987, 30),
              _one("Various Artists", "Now That's What I Call Music! 90", 2015, 43)),
        _case("Now 9, only its like", now, None,
              _one("Various Artists", "Now That's What I Call Music! 8", 1986, 32),
              _one("Various Artists", "Now That's What I Call Music", 1987, 30)),
        _case("Fabric", fabric, _one("James Lavelle", "FABRICLIVE 01: James Lavelle", 2001, 18),
              _one("Ali B", "FabricLive. 02", 2002, 20), _one("Deadly Avenger", "FabricLive. 04",
              2002, 18)),
        _case("Chicago 17", _facts("Chicago (2)", "Chicago 17", 1984, 10),
              _one("Chicago", "Chicago 17 (Expanded & Remastered)", 2006, 14),
              _one("Chicago", "Chicago 18", 1986, 10), _one("Chicago", "Chicago 16", 1982, 10)),
        _case("Chicago 17 not there", _facts("Chicago (2)", "Chicago 17", 1984, 10),
              None, _one("Chicago", "Chicago XI", 1977, 11), _one("Chicago", "Chicago 18", 1986,
              10)),
        _case("Black Sabbath 4", _facts("Black Sabbath", "Black Sabbath Vol. 4", 1972, 10),
              _one("Black Sabbath", "Vol. 4 (2021 Remaster)", 1972, 10),
              _one("Black Sabbath", "Black Sabbath", 1970, 7)),
        _case("Bootleg series", _facts("Bob Dylan", "The Bootleg Series Vol. 4: Bob Dylan Live "
              "1966, The \"Royal Albert Hall\" Concert", 1998, 15, "LP, Album, Live"),
              _one("Bob Dylan", "The Bootleg Series, Vol. 4: Bob Dylan Live 1966: The \"Royal "
                   "Albert Hall\" Concert", 1998, 15),
              _one("Bob Dylan", "The Bootleg Series, Vol. 5: Bob Dylan Live 1975", 2002, 22)),
        _case("Ethiopiques", _facts("Mulatu Astatqé", "Éthiopiques 4: Ethio Jazz & Musique "
              "Instrumentale 1969-1974", 1998, 14, "CD, Compilation", "Mulatu Astatke"),
              _one("Mulatu Astatke", "Ethiopiques, Vol. 4: Ethio Jazz & Musique Instrumentale "
                   "(1969-1974)", 1998, 14, "compilation"),
              _one("Mahmoud Ahmed", "Ethiopiques, Vol. 7: Erè mèla mèla (1975)", 1999, 10)),
        _case("Star Wars", _facts("John Williams (4)", "Star Wars", 1977, 16),
              _one("John Williams; London Symphony Orchestra", "Star Wars: A New Hope (Original "
                   "Motion Picture Soundtrack)", 1977, 16),
              _one("John Williams", "Star Wars: The Last Jedi (Original Motion Picture "
                   "Soundtrack)", 2017, 20),
              _one("Meco", "Star Wars and Other Galactic Funk", 1977, 7)),
        _case("Lord Of The Rings", _facts("Howard Shore", "The Lord Of The Rings: The Two Towers "
              "(Original Motion Picture Soundtrack)", 2002, 19),
              None, _one("Howard Shore", "The Lord of the Rings: The Fellowship of the Ring "
                         "(Original Motion Picture Soundtrack)", 2001, 18),
              _one("Howard Shore", "The Lord of the Rings: The Return of the King (Original "
                   "Motion Picture Soundtrack)", 2003, 19)),
    ]  # fmt: skip


def _classical() -> list[Case]:
    """The same work by the same hands, recorded more than once."""
    gould55 = _one("Glenn Gould", "Bach: The Goldberg Variations, BWV 988 (1955 Recording)", 1956,
                   32)  # fmt: skip
    gould81 = _one("Glenn Gould", "Bach: The Goldberg Variations, BWV 988 (1981 Recording)", 1982,
                   32)  # fmt: skip
    ninth = "Beethoven: Symphony No. 9"
    berlin = "Herbert von Karajan; Berliner Philharmoniker"
    return [
        _case("Gould 1981 for 1955", _facts("Glenn Gould", "Bach: The Goldberg Variations, BWV "
              "988", 1956, 32), gould55, gould81),
        _case("Gould 1955 not there", _facts("Glenn Gould", "Bach: The Goldberg Variations", 1956,
              32), None, gould81),
        _case("Gould, plain title", _facts("Glenn Gould", "Bach: The Goldberg Variations", 1956,
              32), None, _one("Glenn Gould", "Bach: The Goldberg Variations", 1982, 32)),
        _case("Karajan 1963", _facts(berlin, ninth, 1963, 4), None, _one(berlin, ninth, 1977, 4),
              _one(berlin, ninth, 1984, 4)),
        _case("Karajan 1977", _facts(berlin, ninth, 1977, 4), _one(berlin, ninth, 1977, 4),
              _one(berlin, "Beethoven: Symphony No. 5", 1977, 4)),
        _case("Vivaldi", _facts("Vivaldi; I Musici", "The Four Seasons", 1959, 12), None,
              _one("Antonio Vivaldi; I Musici", "The Four Seasons", 1970, 12),
              _one("Vivaldi; Nigel Kennedy", "The Four Seasons", 1989, 12)),
    ]  # fmt: skip


def _spellings() -> list[Case]:
    """Right ones that look different, and wrong ones that look alike."""
    return [
        _case("Oxygène, twice", _facts("Jean-Michel Jarre", "Oxygène", 1976, 6),
              _one("Jean-Michel Jarre", "Oxygene (Remastered)", 2014, 6),
              _one("Jean-Michel Jarre", "Oxygène 7-13", 1997, 7),
              _one("Jean-Michel Jarre", "Oxygène (New Master Recording)", 2007, 6)),
        _case("Zauberberg", _facts("GAS", "Zauberberg", 1997, 7), _one("Gas", "Zauberberg", 1997,
              7), _one("GAS", "Pop", 2000, 7)),
        _case("Double A-side", _facts("Ghetto Fabulous; Dub Street", "Oh Natty / Skankin' Dub",
              2006, 2, "12\""), _one("Ghetto Fabulous & Dub Street", "Oh Natty / Skankin' Dub - "
              "Single", 2006, 2, "single"), _one("Dub Street", "Skankin' Dub", 2006, 1, "single")),
        _case("King Tubby", _facts("Augustus Pablo", "King Tubbys Meets Rockers Uptown", 1976, 12),
              _one("Augustus Pablo", "King Tubby Meets Rockers Uptown", 1976, 12),
              _one("Augustus Pablo", "King Tubby Meets Rockers Uptown (Deluxe Edition)", 2004, 16)),
        _case("Garvey", _facts("Burning Spear", "Marcus Garvey", 1975, 10),
              _one("Burning Spear", "Marcus Garvey", 1975, 10),
              _one("Burning Spear", "Marcus Garvey / Garvey's Ghost", 2010, 20),
              _one("Burning Spear", "Garvey's Ghost", 1976, 10)),
        _case("Night Nurse, the single", _facts("Gregory Isaacs", "Night Nurse", 1982, 8), None,
              _one("Gregory Isaacs", "Night Nurse", 1982, 2, "single"),
              _one("Gregory Isaacs", "Night Nurse (Live)", 1982, 8)),
        _case("The mix", _facts("Ott", "Blumenkraft", 2003, 8, "2 × LP, Album"),
              _one("Ott", "Blumenkraft (2018 Remaster)", 2018, 8),
              _one("Ott.", "Skylon", 2008, 8)),
        _case("Reimagined", _facts("Ride", "This Is Not A Safe Place", 2019, 12), None,
              _one("Ride; Pêtr Aleksänder", "Clouds in the Mirror (This Is Not a Safe Place "
                   "Reimagined by Pêtr Aleksänder)", 2020, 12)),
        _case("Remixed and updated", _facts("Pink Floyd", "A Momentary Lapse Of Reason (Remixed & "
              "Updated)", 2021, 11),
              _one("Pink Floyd", "A Momentary Lapse of Reason (Remixed & Updated)", 2021, 11),
              _one("Pink Floyd", "A Momentary Lapse of Reason", 1987, 11)),
        _case("2 Many DJ's", _facts("2 Many DJ's", "As Heard On Radio Soulwax Pt.2", 2002, 30,
              "2 × LP, Mixed", "2manydjs"),
              _one("2manydjs", "As Heard on Radio Soulwax, Pt. 2", 2002, 30),
              _one("2manydjs", "As Heard on Radio Soulwax, Pt. 1", 2003, 30)),
        _case("Untitled", _facts("( )", "Untitled", 2014, 4, "12\", EP"), None,
              _one("Untitled", "Untitled", 2014, 4), _one("Interpol", "Untitled", 2014, 4)),
        _case("Symbols", _facts("!!!", "!!!", 2001, 8), _one("!!!", "!!!", 2001, 8),
              _one("???", "???", 2001, 8)),
        _case("Symbols, other", _facts("!!!", "!!!", 2001, 8), None, _one("???", "!!!", 2001, 8),
              _one("!!!", "???", 2001, 8)),
        _case("Sheeran, plus", _facts("Ed Sheeran", "+", 2011, 12), _one("Ed Sheeran", "+", 2011,
              12), _one("Ed Sheeran", "x", 2014, 12), _one("Ed Sheeran", "÷", 2017, 12)),
        _case("Sheeran, plus not there", _facts("Ed Sheeran", "+", 2011, 12), None,
              _one("Ed Sheeran", "x", 2014, 12), _one("Ed Sheeran", "=", 2021, 14)),
        _case("Japanese, no variation", _facts("Ryuichi Sakamoto", "Thousand Knives Of", 1978, 6),
              None, _one("坂本龍一", "未来派野郎", 1986, 9),
              _one("高橋幸宏", "サラヴァ!", 1978, 9)),
        _case("Japanese, as printed", _facts("Ryuichi Sakamoto", "Thousand Knives Of = 千のナイフ",
              1978, 6, "LP, Album", "坂本龍一"), _one("坂本龍一", "千のナイフ", 1978, 6),
              _one("坂本龍一", "B-2 Unit", 1980, 8)),
        _case("Grease", _facts("Various", "Grease (The Original Soundtrack From The Motion "
              "Picture)", 1978, 24, "2 × LP, Compilation"),
              _one("Various Artists", "Grease (The Original Motion Picture Soundtrack)", 1978, 24),
              _one("Various Artists", "Grease (The New Broadway Cast Recording)", 2007, 22),
              _one("Studio 99", "Grease (A Tribute)", 1998, 12)),
        _case("Trojan box", _facts("Various", "This Is Trojan", 2017, 50, "Box Set, Compilation"),
              None, _one("Various Artists", "This Is Trojan Reggae", 2018, 48, "compilation"),
              _one("Various Artists", "This Is Trojan Roots", 2018, 50, "compilation")),
        _case("Various, sure", _facts("Various", "The Best Of Indie Top 20", 1991, 24, "Comp"),
              _one("Various Artists", "The Best of Indie Top 20", 1991, 24, "compilation"),
              _one("Various Artists", "Indie Top 20, Vol. 10", 1991, 24, "compilation")),
        _case("Split by The Beatles", _facts("The Beatles", "Help!", 1965, 14),
              _one("The Beatles", "Help! (Remastered)", 1965, 14),
              _one("The Beatles", "Help!", 1965, 2, "single"),
              _one("The Beatles Revival Band", "Help!", 1996, 14)),
        _case("Head and Heart", _facts("Headhunters", "Survival Of The Fittest", 1975, 7), None,
              _one("Herbie Hancock", "Head Hunters", 1973, 4),
              _one("Mobb Deep", "Survival of the Fittest", 1995, 7)),
    ]  # fmt: skip
