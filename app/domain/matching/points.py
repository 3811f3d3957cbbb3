"""What year, number of tracks and kind of record say for or against a match."""

from __future__ import annotations

from dataclasses import dataclass

# What has no more tracks than this, and does not say what it is, may be a single.
TRACKS_OF_A_SINGLE = 3


@dataclass(frozen=True, slots=True)
class Point:
    """One thing compared: what it costs (0 to 1), whether it supports the match, in words.

    `is_equal` is support of the strongest kind; `is_more` says that theirs is later, or longer.
    """

    cost: float = 0.0
    supports: bool = False
    contradicts: bool = False
    sentence: str = ""
    is_equal: bool = False
    is_more: bool = False


def year_point(ours: int | None, theirs: int | None) -> Point:
    """Services date a reissue later, so a later year costs little and an earlier one more."""
    if not ours or not theirs:
        return Point(sentence=f"{theirs}, ours unknown" if theirs else "")
    sentence = f"{theirs}, ours {ours}"
    late = theirs - ours
    if abs(late) <= 1:
        cost = 0.0 if late == 0 else 0.005
        return Point(cost, supports=True, sentence=sentence, is_equal=late == 0)
    if late > 0:
        return Point(0.02 if late <= 3 else 0.04, sentence=sentence, is_more=True)
    return Point(0.04 if late >= -3 else 0.06, contradicts=True, sentence=sentence)


def tracks_point(
    ours: int | None, theirs: int | None, *, ours_is_long: bool, may_be_longer: bool
) -> Point:
    """Equal or nearly equal numbers support a match, very different ones contradict it.

    `ours_is_long` says that ours is no single, so that one to three tracks are not ours;
    `may_be_longer` that theirs is an edition, which may have many tracks more.
    """
    if not theirs:
        return Point()
    sentence = f"{theirs}, ours {ours or 'unknown'}"
    is_short = ours_is_long and theirs <= TRACKS_OF_A_SINGLE and theirs != ours
    if not ours:
        return Point(0.12 if is_short else 0.0, contradicts=is_short, sentence=sentence)
    apart = abs(ours - theirs)
    if apart == 0:
        return Point(supports=True, sentence=sentence, is_equal=True)
    is_long = theirs > ours * 1.5 + 2 and not may_be_longer
    if is_short or is_long or (theirs < ours and apart > max(1, ours * 0.3)):
        return Point(0.12, contradicts=True, sentence=sentence)
    if apart <= 1 + ours // 10:
        return Point(0.01, supports=ours > 5, sentence=sentence, is_more=theirs > ours)
    return Point(0.03 if theirs <= ours * 2 else 0.06, sentence=sentence, is_more=theirs > ours)


def our_kind(words: frozenset[str]) -> str:
    """album, single, ep or compilation, as the format's descriptions say; "" if they do not."""
    folded = {word.casefold() for word in words}
    if folded & {"compilation", "comp"}:
        return "compilation"
    if folded & {"ep", "mini-album", "minialbum"}:
        return "ep"
    if folded & {"single", "maxi-single", "maxi"}:
        return "single"
    return "album" if folded & {"album", "lp"} else ""


def kind_point(ours: str, theirs: str) -> Point:
    """An album is no single; services call an EP either, and compilations albums."""
    if not ours or not theirs or ours == theirs:
        return Point()
    sentence = f"{theirs}, ours {ours}"
    pair = {ours, theirs}
    if pair in ({"album", "compilation"}, {"single", "ep"}):
        return Point(0.02, sentence=sentence)
    if pair == {"ep", "album"}:
        return Point(0.05, sentence=sentence)
    return Point(0.2, contradicts=True, sentence=sentence)
