"""A labelled set for matching: what we know of a title, what a service offered, which is right.

Made from real titles and the kinds of records that stores put beside them, plus hard cases by hand.
Every third title is held out: no rule and no number was chosen by looking at those.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from app.domain.matching.facts import Candidate, TitleFacts
from app.domain.matching.judging import choose
from tests.domain.matching.hard import hard_cases
from tests.domain.matching.known import RIGHT, Case, Known, known_titles
from tests.domain.matching.offers import DECOYS, RIGHTS, deluxe, plain


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of a number of cases.

    `findable` have the right record among what is offered; `telling` are those of them where year
    or tracks are known on both sides, so that there is evidence beside two names.
    """

    cases: int
    accepted: int
    right: int
    findable: int
    telling: int
    wrong: tuple[str, ...]

    @property
    def precision(self) -> float:
        """The share of what was accepted that is right."""
        return self.right / max(1, self.accepted)

    @property
    def recall(self) -> float:
        """The share of the findable that was accepted."""
        return self.right / max(1, self.findable)

    @property
    def telling_recall(self) -> float:
        """The same of those with evidence; none without is ever accepted."""
        return self.right / max(1, self.telling)


def measured(some: Iterable[Case]) -> Measured:
    """Choose in each case, and count what was accepted rightly and wrongly."""
    cases = list(some)
    taken = [(case, _accepted(case)) for case in cases]
    right = sum(id_ in case.right for case, id_ in taken)
    wrong = tuple(case.name for case, id_ in taken if id_ and id_ not in case.right)
    findable = [case for case in cases if case.right]
    telling = sum(map(_is_telling, findable))
    return Measured(len(cases), right + len(wrong), right, len(findable), telling, wrong)


def _accepted(case: Case) -> str:
    """The remote id of what is accepted, "" if nothing is."""
    chosen = choose(case.facts, case.candidates)
    return next((each.remote_id for each, verdict in chosen if verdict.accepted), "")


def _is_telling(case: Case) -> bool:
    right = next(each for each in case.candidates if each.remote_id in case.right)
    years = case.facts.year and right.year
    return bool(years or (case.facts.tracks and right.tracks))


def _some_decoys(known: Known, chance: random.Random, count: int) -> list[Candidate]:
    kinds = chance.sample(DECOYS, count)
    return [decoy for kind in kinds if (decoy := kind(known, chance)) is not None]


def _case(
    name: str,
    known: Known,
    facts: TitleFacts,
    right: Candidate | None,
    others: Sequence[Candidate],
    chance: random.Random,
    held_out: bool,
) -> Case:
    everything = [replace(other, remote_id=f"other {n}") for n, other in enumerate(others)]
    if right is not None:
        everything.append(replace(right, remote_id=RIGHT))
    chance.shuffle(everything)
    labels = frozenset({RIGHT}) if right is not None else frozenset[str]()
    whole = f"{name}: {known.artist} – {known.facts.title}"
    return Case(whole, facts, tuple(everything), labels, held_out)


def _cases_of(known: Known, place: int) -> Iterator[Case]:
    chance = random.Random(f"{place} {known.facts.title}")
    held_out = place % 3 == 2
    facts = known.facts

    def case(
        name: str, told: TitleFacts, right: Candidate | None, others: Sequence[Candidate]
    ) -> Case:
        return _case(name, known, told, right, others, chance, held_out)

    def some(count: int) -> list[Candidate]:
        return _some_decoys(known, chance, count)

    for number in range(2):
        kind = RIGHTS[(place + number * 5) % len(RIGHTS)]
        yield case(f"{kind.__name__} among decoys", facts, kind(known, chance), some(4))
    yield case("decoys only", facts, None, some(6))
    yield case("siblings only", facts, None, known.siblings)
    right = chance.choice(RIGHTS)(known, chance)
    yield case("tracks unknown", replace(facts, tracks=None), right, some(4))
    right = chance.choice(RIGHTS)(known, chance)
    yield case("year unknown", replace(facts, year=None), right, some(4))
    bare = replace(facts, year=None, tracks=None, words=frozenset())
    yield case("bare facts", bare, plain(known, chance), some(3))
    yield case("bare facts, decoys only", bare, None, some(6))
    yield case("plain beside deluxe", facts, plain(known, chance), [deluxe(known, chance)])
    late = replace(facts, year=min(known.year + 25, 2025))
    yield case("our year is a reissue's", late, plain(known, chance), some(3))
    yield case("deluxe only", facts, deluxe(known, chance), some(3))
    told_little = replace(plain(known, chance), year=None, tracks=None, kind="")
    yield case("store tells little", facts, told_little, [d for d in some(3) if d.title])


def cases() -> list[Case]:
    """The whole labelled set, the same each time."""
    made = [case for place, known in enumerate(known_titles()) for case in _cases_of(known, place)]
    return [*made, *hard_cases()]
