"""Wikipedia's JSON made into our records. What is odd is named by its place in the answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from app.clients.json_node import Node
from app.domain.matching.facts import ArticleRecord
from app.domain.text import clean

LONGEST_TEXT = 1_500
# The end of a sentence: in Chinese and Japanese no blank follows it.
_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s)|[。！？][」』）]*")
_RENAMINGS = ("normalized", "converted", "redirects")
_MOST_RENAMINGS = 10


class Told:
    """What one or more answers tell: pages by title, and which titles stand for which."""

    def __init__(self) -> None:
        self.pages: dict[str, Node] = {}
        self.renamed: dict[str, str] = {}

    def add(self, answer: Node) -> None:
        """Take in an answer, which may hold the rest of pages an earlier one began."""
        query = answer.node("query")
        for key in _RENAMINGS:
            for step in query.told_nodes(key):
                self.renamed[step.required_text("from")] = step.required_text("to")
        for page in query.told_nodes("pages"):
            title = page.required_text("title")
            known = self.pages.get(title)
            self.pages[title] = (
                replace(page, value={**known.value, **page.value}) if known else page
            )

    def page(self, asked: str) -> Node | None:
        """The page a title leads to."""
        title = clean(asked)
        for _ in range(_MOST_RENAMINGS):  # redirects may lead in circles
            if title not in self.renamed:
                break
            title = self.renamed[title]
        return self.pages.get(title)


def continuation(answer: Node) -> dict[str, str]:
    """What to add to the question for the rest of the answer; nothing if this was all."""
    told = answer.find_node("continue")
    return {key: _as_text(told, key) for key in told.value} if told else {}


def _as_text(node: Node, key: str) -> str:
    number = node.value.get(key)
    return str(number) if isinstance(number, int) else node.text(key)


def articles(told: Told, titles: Iterable[str], language: str) -> dict[str, ArticleRecord]:
    """The articles with a text, by the titles asked for."""
    found = {}
    for asked in titles:
        page = told.page(asked)
        record = _article(page, asked, language) if page else None
        if record is not None:
            found[asked] = record
    return found


def _article(page: Node, asked: str, language: str) -> ArticleRecord | None:
    text = beginning(page.text("extract"))
    if not text:  # as missing and impossible pages have none
        return None
    properties = page.find_node("pageprops")
    return ArticleRecord(
        asked=asked,
        title=page.required_text("title"),
        url=_address(page),
        language=language,
        text=text,
        description=clean(page.text("description")),
        qid=properties.text("wikibase_item") if properties else "",
        is_disambiguation=properties is not None and "disambiguation" in properties.value,
    )


def _address(page: Node) -> str:
    address = page.required_text("fullurl")
    if not address.startswith(("https://", "http://")):
        page.odd("fullurl", "is not an address")
    return address


def beginning(extract: str) -> str:
    """The first sentences, about 1,500 characters at most; an ellipsis where one had to be cut."""
    text = clean(extract).strip()
    if len(text) <= LONGEST_TEXT:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text[: LONGEST_TEXT + 1])]
    whole = [end for end in ends if LONGEST_TEXT // 2 <= end <= LONGEST_TEXT]
    if whole:
        return text[: whole[-1]]
    return text[:LONGEST_TEXT].rpartition(" ")[0].rstrip() + " …"
