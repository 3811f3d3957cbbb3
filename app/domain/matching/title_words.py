"""The words that make a record another one ("live"), and those that only tell an edition."""

from __future__ import annotations

import re

# What kind of other record a word announces. Both sides must agree on these. The words are looked
# for in folded text, so they are in lower case and without accents.
_MARKS = {
    "karaoke": r"karaoke|backing tracks?|sing ?alongs?|minus one|playbacks?",
    "tribute": (
        r"tributes?|tributo|hommage|homage|salute to|in the style of|(?:originally )?performed by"
        r"|(?:as )?made (?:famous|popular) by|renditions?|plays the music of|the music of"
    ),
    "covers": r"covers?|covered|reimagined|reinterpreted|interpretations?|reinvented",
    "lullaby": r"lullab(?:y|ies)|music box|rockabye",
    "8-bit": r"8 ?bit|16 ?bit|chip ?tunes?",
    "arranged": (
        r"string quartet|orchestral|symphonic|solo piano|piano (?:versions?|tribute|music)"
        r"|on piano|panpipes?|guitar tribute|saxophone|marching band"
    ),
    "live": (
        r"live|unplugged|in concert|concert|bootleg|en vivo|ao vivo|dal vivo|en directo"
        r"|en public|konzert|peel sessions?|bbc sessions?|on stage|in session"
    ),
    "remix": r"remix(?:es|ed)?|rmx|rework(?:s|ed)?|megamix|mixtape|dj mix|mixed by|dub version",
    "instrumental": r"instrumentals?",
    "acoustic": r"acoustic|stripped",
    "a cappella": r"a ?cappellas?|acapellas?",
    "demos": r"demos?|outtakes?|rehearsals?|rarities|b sides?|out takes|work in progress",
    "talk": r"commentary|interviews?|audio ?book|track by track",
    "new recording": r"re ?record(?:ed|ing)s?|new recordings?|re ?works",
    "other version": r"(?:\w+ )version",
    "excerpts": r"sampler|highlights|excerpts|selections from|medley|preview",
    "altered": r"slowed|sped up|nightcore|reverb",
    "radio edit": r"radio edit|edits?",
    "collection": (
        r"best of|greatest hits|(?:the|complete|ultimate|definitive) collection|anthology"
        r"|essentials?|retrospective|hits"
    ),
}
_SOFT_MARKS = {
    "soundtrack": r"soundtrack|ost|score|motion picture|original cast|cast recording",
}


def _listed(words: str) -> frozenset[str]:
    return frozenset(words.split())


_FINDERS = {name: re.compile(rf"\b(?:{words})\b") for name, words in (_MARKS | _SOFT_MARKS).items()}
SOFT = frozenset(_SOFT_MARKS)

# A bracket of only these words tells which edition it is, provided one of the first set is there.
_EDITION = _listed("""
remaster remastered remasters remasterizado remasterise edition deluxe expanded anniversary
reissue re-issue reissued bonus mono stereo explicit clean special limited collectors collector
legacy definitive version remix mix digital vinyl cd lp audiophile digipak gatefold repress
issue luxe super aniversario jubilaum edicion exclusive tour atmos master mastered original
mastering redux platinum
""")
_AROUND_EDITION = _listed("""
the a an and with of for in by de du new full complete album tracks track disc discs disk disks
box set itunes apple spotify music store international us uk usa japan japanese european
american audio hd hi res high resolution 24bit 16bit bit khz half speed mastered gram record day
rsd anniv th st nd rd year years plus extra content material songs dolby surround only release
pressing press double single reedition ltd from analog analogue tapes standard
""")
# "Mix" and "version" are only an edition's words beside one of these or a year: "(2018 Mix)".
_TELLS_EDITION = _EDITION - {"version", "remix", "mix", "original", "master", "new", "cd", "lp"}
_ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th)|\d+")
_YEAR = re.compile(r"(?:18|19|20)\d\d")
DELUXE = _listed("""
deluxe expanded anniversary bonus special collectors collector legacy super definitive platinum
luxe
""")


def marks(folded: str) -> frozenset[str]:
    """What other kind of record the words of a folded title announce: "live", "karaoke"."""
    return frozenset(name for name, finder in _FINDERS.items() if finder.search(folded))


def is_edition(words: tuple[str, ...]) -> bool:
    """Whether a bracket of these words only tells an edition: "remastered 2011", "2018 mix"."""
    has_year = any(map(_YEAR.fullmatch, words))
    if not (_TELLS_EDITION.intersection(words) or (has_year and _is_dated_mix(words))):
        return len(words) == 1 and has_year
    return all(map(_is_edition_word, words))


def _is_dated_mix(words: tuple[str, ...]) -> bool:
    return bool({"mix", "version", "remix", "master"}.intersection(words))


def _is_edition_word(word: str) -> bool:
    return word in _EDITION or word in _AROUND_EDITION or bool(_ORDINAL.fullmatch(word))


def trailing_edition(words: tuple[str, ...]) -> int:
    """How many words at the end tell an edition though no bracket does: "25th anniversary edition".

    0 if there are none, or if nothing would be left of the title.
    """
    if not words or words[-1] not in ("edition", "remastered", "remaster", "deluxe"):
        return 0
    kept = len(words)
    while kept and (words[kept - 1] in _TELLS_EDITION or _is_ordinal(words[kept - 1])):
        kept -= 1
    return len(words) - kept if kept else 0


def _is_ordinal(word: str) -> bool:
    return bool(_ORDINAL.fullmatch(word)) and not word.isdigit()


_SOUNDTRACK = _listed("""
the original soundtrack from of motion picture music film recording ost movie songs and inspired
by album television tv series
""")


def soundtrack(words: tuple[str, ...]) -> str:
    """ "soundtrack" or "score" if a subtitle of these words says no more than that, else ""."""
    said = set(words)
    if not said & {"soundtrack", "ost", "motion", "film", "movie", "score"}:
        return ""
    if not said <= _SOUNDTRACK | {"score"}:
        return ""
    return "score" if "score" in said else "soundtrack"


_TELLS_LITTLE = _listed("""
greatest hits best of very the collection anthology essential singles gold live compilation complete
ultimate a retrospective selection platinum classic classics songs and 20 original masters untitled
ep album first debut remixes early works recordings years 1 2 3 definitive all time number ones 40
legend legends christmas in concert unplugged demo
""")
# Works that the same people record again and again.
_WORKS = _listed("""
symphony symphonies concerto concertos sonata sonatas variations requiem quartets suites etudes
preludes nocturnes op opus bwv kv mass passion
""")


def tells_little(main: tuple[str, ...], whole: tuple[str, ...], own_name: frozenset[str]) -> bool:
    """Whether many records could be called so, also by somebody of this name.

    `main` is the title without its subtitle, `whole` is all of it.
    """
    return set(main) <= _TELLS_LITTLE | own_name or not _WORKS.isdisjoint(whole)
