"""Feedback as the text of an issue: Markdown in which what was typed is nothing but text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

KINDS = {"idea": "An idea", "wrong": "Something is wrong", "question": "A question"}
LONGEST_PATH = 2_000


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody told us; `page` is the path it is about, `answer` may be ""."""

    number: int
    kind: str
    page: str
    text: str
    at: datetime
    state: str
    answer: str = ""


def path_of(address: str) -> str:
    """The path of an address here: no query, no fragment, nothing but what a path may hold."""
    path = quote(urlsplit(address).path, safe="/%~:@!$&'()*+,;=")
    return path if len(path) <= LONGEST_PATH else ""


def issue_text(told: Told, version: str) -> str:
    """One issue; ends in a line end."""
    parts = [
        f"# Feedback {told.number}: {KINDS.get(told.kind, told.kind)}",
        "",
        f"- Page: `{told.page}`" if told.page else "- Page: not told",
        f"- Sent: {told.at:%Y-%m-%d %H:%M} UTC",
        f"- State: {told.state}",
        f"- Gatefold {version}",
        "",
        fenced(told.text),
    ]
    if told.answer:
        parts += ["", "Answer:", "", fenced(told.answer)]
    return "\n".join(parts) + "\n"


def issues_text(all_told: Iterable[Told], version: str) -> str:
    """Many, with a line between them."""
    return "\n---\n\n".join(issue_text(each, version) for each in all_told)


def fenced(text: str) -> str:
    """Text in a fence longer than any it holds, so that it cannot get out."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
