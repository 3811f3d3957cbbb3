"""Whether an encyclopaedia's article, found by a name alone, is about the artist of that name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.matching.artists import usual_name
from app.domain.matching.facts import ArticleRecord, Verdict
from app.domain.matching.occupations import (
    first_sentence,
    says_musician,
    says_musician_in_japanese,
)
from app.domain.matching.words import as_written, comparable, without_article
from app.domain.text import fold

ACCEPT = 0.9
FLOOR = 0.3

_QUALIFIED = re.compile(r"(.+) \(([^()]+)\)")
_GROUP = frozenset({"band", "group", "duo", "groupe", "banda", "grupo", "gruppo", "zespol"})
_PERSON = frozenset({"musician", "singer", "rapper", "dj", "composer", "songwriter", "producer"})
_PERSON_ELSEWHERE = frozenset(
    {"musiker", "sanger", "musicien", "chanteur", "musico", "cantante", "musicista", "muzikant"}
)
_MUSICAL = _GROUP | _PERSON | _PERSON_ELSEWHERE | {"musikgruppe", "musikgrupp", "music", "pianist"}
# "Air is a French duo" and "Foo (born 1970) était un chanteur": what follows is what it is.
_IS = re.compile(
    r"\b(?:is|was|are|were|ist|war|sind|waren|est|etait|es|fue|era|e|fu|foi|sao|is een|was een"
    r"|ar|var|jest|byl|byla|to)\b"
)
_SAID_BY = re.compile(r"\b(?:by|von|par|por|di|door|av|about|about the|uber)\b")


def article_titles(name: str) -> tuple[str, ...]:
    """What to ask an English encyclopaedia for, at most three: "Air", "Air (band)", …"""
    plain = " ".join(usual_name(name).split())
    if not plain or not comparable(plain):
        return ()
    # "#", "[" and their like cannot be in a title; asking for one would be asking for another page.
    plain = re.sub(r"[#<>\[\]{}|]", "", plain).strip()
    return (plain, f"{plain} (band)", f"{plain} (musician)") if plain else ()


def judge_article(
    name: str,
    article: ArticleRecord,
    *,
    other_names: Sequence[str] = (),
    is_group: bool | None = None,
) -> Verdict:
    """Whether `article` is about the artist `name` (or one of `other_names`).

    `is_group` tells a band (True) from a person (False), None if that is not known. Accepted, as a
    guess, only if the title is the name and the article begins by saying that it makes music. A
    score below `FLOOR` is not worth a person's time.
    """
    base, qualifier = _taken_apart(article.title)
    evidence = {"name": _name_sentence(name, article)}
    if article.is_disambiguation:
        return Verdict("guess", 0.0, False, evidence | {"article": "lists several of this name"})
    if not _is_name(base, (name, *other_names)):
        return Verdict("guess", 0.2, False, evidence | {"article": "about something else"})
    if qualifier and _MUSICAL.isdisjoint(comparable(qualifier)):
        return Verdict("guess", 0.1, False, evidence | {"article": f"about the {qualifier}"})
    said = _what_it_is(article)
    evidence |= {"article": said} if said else {}
    if not _makes_music(article):
        return Verdict("guess", 0.4 if qualifier or not said else 0.2, False, evidence)
    if _is_other_kind(is_group, qualifier, said):
        evidence |= {"kind": "a band" if not is_group else "a person"}
        return Verdict("guess", 0.6, False, evidence)
    return Verdict("guess", 0.95 if qualifier else 0.92, True, evidence)


def choose_article(
    name: str,
    articles: Iterable[ArticleRecord],
    *,
    other_names: Sequence[str] = (),
    is_group: bool | None = None,
) -> list[tuple[ArticleRecord, Verdict]]:
    """The articles worth looking at, best first, at most one accepted.

    Where a band and a musician of one name both have an article, and nothing tells which is ours,
    neither is accepted. The same article reached by two titles counts once.
    """
    once = {article.url or article.title: article for article in articles}.values()
    judged = [(a, judge_article(name, a, other_names=other_names, is_group=is_group)) for a in once]
    kept = [pair for pair in judged if pair[1].score >= FLOOR]
    kept.sort(key=lambda pair: -pair[1].score)
    if sum(verdict.accepted for _, verdict in kept) < 2:
        return kept
    told = {"rival": "another musician of this name has an article"}
    return [
        (a, replace(verdict, accepted=False, evidence=verdict.evidence | told))
        for a, verdict in kept
    ]


def _taken_apart(title: str) -> tuple[str, str]:
    """Name and qualifier of "Air (French band)"."""
    found = _QUALIFIED.fullmatch(title.strip()) if len(title) < 300 else None
    return (found[1], found[2]) if found else (title, "")


def _is_name(base: str, names: Sequence[str]) -> bool:
    key, written = without_article(comparable(base)), as_written(base)
    return any(
        key == without_article(comparable(usual_name(name))) or written == as_written(name)
        for name in names
        if comparable(name)
    )


def _name_sentence(name: str, article: ArticleRecord) -> str:
    title = article.title
    if title == name:
        return "same name"
    return f"“{title}”" if title == article.asked else f"“{title}”, asked for “{article.asked}”"


def _what_it_is(article: ArticleRecord) -> str:
    return article.description.strip() or first_sentence(article.text).strip()[:200]


def _makes_music(article: ArticleRecord) -> bool:
    """Whether description or first sentence say so; a description that says otherwise wins."""
    sentence = first_sentence(article.text)
    if article.language == "ja":
        return says_musician_in_japanese(article.description or sentence)
    if article.description.strip():
        described = _SAID_BY.split(fold(article.description), maxsplit=1)[0]
        return says_musician(described)
    folded = fold(re.sub(r"\([^()]*\)", " ", sentence))
    predicate = _IS.split(folded, maxsplit=1)
    if len(predicate) < 2:
        return False
    return says_musician(_SAID_BY.split(predicate[1], maxsplit=1)[0])


def _is_other_kind(is_group: bool | None, qualifier: str, said: str) -> bool:
    if is_group is None:
        return False
    words = set(comparable(qualifier)) | set(comparable(said))
    group, person = bool(words & _GROUP), bool(words & (_PERSON | _PERSON_ELSEWHERE))
    return (group and not person) if not is_group else (person and not group)
