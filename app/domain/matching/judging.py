"""How well what a service offers fits a title on the shelf, and which of several is the one.

Only a match that cannot well be another record is accepted without a person: names and title say
the same, no word announces another kind of record, and year or number of tracks bear it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from app.domain.matching.artists import Names, compare_names, read_names
from app.domain.matching.barcodes import normal_barcode, written_barcode
from app.domain.matching.crosswalk import consistent
from app.domain.matching.facts import Candidate, TitleFacts, Verdict
from app.domain.matching.points import Point, kind_point, our_kind, tracks_point, year_point
from app.domain.matching.title_words import SOFT, marks, tells_little
from app.domain.matching.titles import SAME, Likeness, Title, compare, take_apart
from app.domain.matching.words import comparable

# Measured on the labelled set of the tests; `python -m bench run matching` prints what it gives.
ACCEPT = 0.9
FLOOR = 0.3
# Two different records this close together are for a person to tell apart.
CLOSE = 0.04
# Two records rarely have the same number of tracks by chance if it is more than this.
TRACKS_THAT_TELL = 5

_BARELY_BELOW = ACCEPT - 0.02
_NAMED_MARKS = {"Live": "live", "Mixed": "remix", "Karaoke": "karaoke", "Sampler": "excerpts"}


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of the comparison, read once."""

    title: Title
    names: Names
    year: int | None
    tracks: int | None
    kind: str
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Ours:
    facts: TitleFacts
    side: _Side
    variations: tuple[Names, ...]
    barcodes: frozenset[str]
    may_be: frozenset[str]
    is_deluxe: bool
    is_generic: bool
    years: tuple[int, ...]


def judge(facts: TitleFacts, candidate: Candidate) -> Verdict:
    """How well `candidate` fits `facts`: exact by barcode, else a guess with its score."""
    return _judged(_read(facts), candidate, _offered(candidate))


def choose(
    facts: TitleFacts, candidates: Sequence[Candidate], *, most: int = 5
) -> list[tuple[Candidate, Verdict]]:
    """The candidates worth looking at, best first, at most one of them accepted.

    Of several editions of the one record the plainest and nearest is taken (a deluxe one if ours
    is). Where two different records fit equally well, none is accepted.
    """
    ours = _read(facts)
    sides = [_offered(candidate) for candidate in candidates]
    judged = [
        (candidate, _judged(ours, candidate, side), side)
        for candidate, side in zip(candidates, sides, strict=True)
    ]
    kept = [each for each in judged if each[1].accepted or each[1].score >= FLOOR]
    kept.sort(key=lambda each: _preference(ours, each[1], each[2]))
    return _at_most_one_accepted(kept)[:most]


@lru_cache(maxsize=64)
def _read(facts: TitleFacts) -> _Ours:
    title = take_apart(facts.title)
    names = read_names(facts.artists, various=facts.is_various)
    words = frozenset(facts.words)
    kind = title.kind or our_kind(words)
    side = _Side(title, names, facts.year, facts.tracks, kind, _marks(title, names))
    return _Ours(
        facts,
        side,
        tuple(read_names((name,)) for name in facts.other_names),
        frozenset(filter(None, map(normal_barcode, facts.barcodes))),
        frozenset(mark for word, mark in _NAMED_MARKS.items() if word in words),
        title.is_deluxe or "Deluxe Edition" in words,
        _is_generic(title, names),
        tuple(filter(None, (facts.year, *facts.pressing_years))),
    )


def _nearest(years: tuple[int, ...], wanted: int | None) -> int | None:
    """The one of our years that a service's fits best; the original one if it tells none."""
    if wanted is None:
        return years[0] if years else None
    return min(years, key=lambda year: abs(year - wanted), default=None)


@lru_cache(maxsize=256)  # a shop's answer is looked at twice
def _offered(candidate: Candidate) -> _Side:
    title = take_apart(candidate.title)
    names = read_names(candidate.artists)
    kind = title.kind or candidate.kind
    return _Side(title, names, candidate.year, candidate.tracks, kind, _marks(title, names))


def _marks(title: Title, names: Names) -> frozenset[str]:
    """What the words of title and artists announce: "Karaoke All Stars" is as good as a title."""
    return title.marks | marks(" ".join(comparable(names.shown)))


def _is_generic(title: Title, names: Names) -> bool:
    """Whether a title tells little: "Greatest Hits", "Symphony No. 9", or the artist's name."""
    own_name = frozenset(comparable(names.shown))
    return any(tells_little(reading.main, reading.whole, own_name) for reading in title.readings)


def _judged(ours: _Ours, candidate: Candidate, theirs: _Side) -> Verdict:
    names = compare_names(ours.side.names, ours.variations, theirs.names)
    title = compare(ours.side.title, theirs.title)
    evidence = {"artist": names.sentence, "title": title.sentence}
    year = year_point(_nearest(ours.years, theirs.year), theirs.year)
    tracks = tracks_point(
        ours.side.tracks,
        theirs.tracks,
        ours_is_long=ours.side.kind in ("album", "compilation"),
        may_be_longer=bool(theirs.title.edition or ours.side.title.edition),
    )
    kind = kind_point(ours.side.kind, theirs.kind)
    points = {"year": year, "tracks": tracks, "kind": kind}
    evidence |= {name: point.sentence for name, point in points.items() if point.sentence}
    score = 0.45 * names.score + 0.55 * title.score - sum(p.cost for p in points.values())
    caps = _caps(ours, theirs, title, points, names.score)
    evidence |= {name: sentence for name, (_, sentence) in caps.items() if sentence}
    score = max(0.0, min([score, *(cap for cap, _ in caps.values())]))
    code = _same_barcode(ours, candidate)
    if code:
        fits = consistent(ours.facts, candidate.title, candidate.artists)
        return _by_barcode(code, evidence, score, fits=fits)
    return Verdict("guess", round(score, 3), score >= ACCEPT, evidence)


def _same_barcode(ours: _Ours, candidate: Candidate) -> str:
    code = normal_barcode(candidate.barcode)
    return code if code in ours.barcodes else ""


def _by_barcode(code: str, evidence: dict[str, str], score: float, *, fits: bool) -> Verdict:
    """A barcode settles it, unless artist or title has nothing to do with ours.

    Barcodes are reused and mistyped now and then; such a one waits for a person.
    """
    evidence = evidence | {"barcode": f"same: {written_barcode(code)}"}
    if not fits:
        return Verdict("guess", max(FLOOR, round(score, 3)), False, evidence)
    return Verdict("exact", 1.0, True, evidence)


def _caps(
    ours: _Ours, theirs: _Side, title: Likeness, points: dict[str, Point], names: float
) -> dict[str, tuple[float, str]]:
    """What bounds the score, whatever else fits, by name: the bound and a sentence ("" if none)."""
    caps: dict[str, tuple[float, str]] = {}
    differ = (ours.side.marks ^ theirs.marks) - ours.may_be
    if differ - SOFT:
        caps["version"] = (0.55, f"only one of the two is: {', '.join(sorted(differ - SOFT))}")
    if names < 0.5:
        caps["names"] = (0.5, "")
    caps |= _number_caps(ours.side.title, theirs.title, title)
    if points["kind"].contradicts:
        caps["other kind"] = (0.6, "")
    if points["tracks"].contradicts:
        caps["far"] = (0.8, "")
    if not _is_borne_out(
        ours, theirs, points, _strictness(ours, theirs, title, names, bool(differ))
    ):
        caps["support"] = (_BARELY_BELOW, "")
    if ours.side.names.is_various and not _is_sure_compilation(ours, title, points):
        caps["various"] = (_BARELY_BELOW, "")
    return caps


def _number_caps(ours: Title, theirs: Title, title: Likeness) -> dict[str, tuple[float, str]]:
    if title.score >= 0.98 or ours.numbers == theirs.numbers:
        return {}
    one_sided = not (ours.numbers and theirs.numbers)
    sentence = f"{' '.join(theirs.numbers) or 'none'}, ours {' '.join(ours.numbers) or 'none'}"
    return {"number": (0.75 if one_sided else 0.5, sentence)}


def _strictness(ours: _Ours, theirs: _Side, title: Likeness, names: float, differ: bool) -> int:
    """How much year and tracks must say: 0 little, 1 both must support, 2 both must be equal."""
    if (differ or title.score < SAME) and not _tells_what_we_know(ours, theirs):
        return 2
    may_be_single = theirs.kind == "single" and not ours.side.kind
    is_vague = ours.is_generic or title.score < 0.98 or names < 1.0
    return 1 if is_vague or may_be_single else 0


def _tells_what_we_know(ours: _Ours, theirs: _Side) -> bool:
    """Whether theirs only adds "(Live)" to what our format calls live, or "(Soundtrack)"."""
    added = {word for subtitle in theirs.title.subtitles for word in subtitle}
    return bool(added) and not ours.side.title.subtitles and added <= ours.may_be | SOFT


def _is_borne_out(ours: _Ours, theirs: _Side, points: dict[str, Point], strictness: int) -> bool:
    year, tracks = points["year"], points["tracks"]
    if tracks.contradicts:
        return False
    if strictness:
        equal = year.is_equal and tracks.is_equal
        return equal or (strictness < 2 and year.supports and tracks.supports)
    if year.contradicts:
        # Ours may be dated by a reissue: then the number of tracks must be telling.
        return tracks.is_equal and (ours.side.tracks or 0) > TRACKS_THAT_TELL
    if year.supports or tracks.supports:
        return True
    # A "(Deluxe Edition)" explains by itself why it is later and longer.
    explained = year.is_more or tracks.is_more or not (year.sentence or tracks.sentence)
    return bool(theirs.title.edition) and explained and _is_not_shorter(ours, theirs)


def _is_not_shorter(ours: _Ours, theirs: _Side) -> bool:
    if theirs.tracks is None:
        return False
    return theirs.tracks >= (ours.side.tracks or TRACKS_THAT_TELL)


def _is_sure_compilation(ours: _Ours, title: Likeness, points: dict[str, Point]) -> bool:
    """Without an artist: a telling title of three words or more, the year and the tracks."""
    words = ours.side.title.readings[0].whole
    same = title.score >= 0.98 and points["year"].supports and points["tracks"].supports
    return same and len(words) >= 3 and not ours.is_generic


def _preference(
    ours: _Ours, verdict: Verdict, theirs: _Side
) -> tuple[bool, bool, float, bool, int, int]:
    """The order of candidates: what fits, then the plainer edition, then the nearest."""
    return (
        not verdict.accepted,
        verdict.badge != "exact",
        -round(verdict.score, 1) if verdict.accepted else -verdict.score,
        theirs.title.is_deluxe != ours.is_deluxe,
        _apart(ours.side.tracks, theirs.tracks),
        _apart(ours.side.year, theirs.year),
    )


def _apart(ours: int | None, theirs: int | None) -> int:
    return 999 if ours is None or theirs is None else abs(ours - theirs)


def _at_most_one_accepted(
    kept: Sequence[tuple[Candidate, Verdict, _Side]],
) -> list[tuple[Candidate, Verdict]]:
    """`kept`, whose accepted ones come first, with all but the first of these set back."""
    has_rival = any(each[1].accepted and _rivals(kept[0], each) for each in kept[1:])
    return [
        (candidate, _settled(verdict, is_first=place == 0, has_rival=has_rival))
        for place, (candidate, verdict, _) in enumerate(kept)
    ]


def _settled(verdict: Verdict, *, is_first: bool, has_rival: bool) -> Verdict:
    if not verdict.accepted or (is_first and not has_rival):
        return verdict
    evidence = verdict.evidence
    if has_rival:
        evidence = evidence | {"rival": "another record fits as well"}
    return replace(verdict, accepted=False, evidence=evidence)


def _rivals(
    winner: tuple[Candidate, Verdict, _Side], other: tuple[Candidate, Verdict, _Side]
) -> bool:
    """Whether `other` is a different record that fits as well, not another edition of this one."""
    if winner[1].badge == "exact" and other[1].badge != "exact":
        return False
    if winner[1].score - other[1].score > CLOSE:
        return False
    a, b = winner[2], other[2]
    same_title = compare(a.title, b.title).score >= SAME and a.marks == b.marks
    same_names = compare_names(a.names, (), b.names).score >= 0.9
    return not (same_title and same_names and not kind_point(a.kind, b.kind).contradicts)
