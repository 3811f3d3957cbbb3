"""A page of HTML read strictly: what stands in it, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
LOADING = {"img": "src", "script": "src", "iframe": "src", "source": "src", "link": "href"}


class Reading(HTMLParser):
    """Tags, scripts and addresses of a page; `wrong` says what a browser would have to mend."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.scripts: list[str] = []
        self.data: list[str] = []
        self.styles: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.policy = ""
        self._open: list[str] = []
        self._kind = ""
        self.feed(text)
        self.close()
        self.wrong += [f"<{tag}> is never closed" for tag in self._open]
        self.wrong += [f"id {name} stands twice" for name, count in self.ids.items() if count > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags[tag] += 1
        self.wrong += [f"{name}=… on <{tag}>" for name in named if name.startswith("on")]
        self.wrong += [f"style=… on <{tag}>" for name in named if name == "style"]
        if "id" in named:
            self.ids[named["id"] or ""] += 1
        if tag == "a":
            self.links.append(named.get("href") or "")
        if tag == "meta" and named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"] or ""
        if tag in LOADING and named.get("rel") not in ("canonical", "alternate"):
            self.loads.append(named.get(LOADING[tag]) or "")
        self._kind = named.get("type") or ""
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.wrong.append(f"</{tag}> closes something else")

    def handle_data(self, data: str) -> None:
        inside = self._open[-1] if self._open else ""
        if inside == "style":
            self.styles.append(data)
        elif inside == "script" and data.strip():
            (self.data if self._kind == "application/ld+json" else self.scripts).append(data)
