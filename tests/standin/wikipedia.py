"""Wikipedia on loopback: the beginnings of articles in several languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.standin.mediawiki import NO_ACTION, MediaWikiStandIn, problem
from tests.standin.messages import Reply, Request, json_reply


@dataclass
class Page:
    """An article."""

    title: str
    text: str = ""
    description: str = ""
    qid: str = ""
    language: str = "en"
    is_disambiguation: bool = False


class WikipediaStandIn(MediaWikiStandIn):
    """`pages` by language and title, `redirects` from one title to another, in any language.

    `parts` is how many extracts an answer holds at most; the rest comes when it is continued.
    """

    def __init__(self, *pages: Page, port: int = 0, **how: Any) -> None:
        super().__init__(port, **how)
        self.pages = {(page.language, page.title): page for page in pages}
        self.redirects: dict[str, str] = {}
        self.parts = 20

    @property
    def api_url(self) -> str:
        """What WIKIPEDIA_API_URL would be."""
        return f"{self.url}/{{lang}}"

    def add(self, *pages: Page) -> None:
        """Have more articles."""
        self.pages.update({(page.language, page.title): page for page in pages})

    def reply_to(self, request: Request) -> Reply:
        query = request.query
        titles = query.get("titles", "").split("|")
        if query.get("action") != "query":
            return problem(NO_ACTION)
        if len(titles) > 50:
            return problem({"code": "toomanyvalues", "info": "Too many values supplied."})
        language = request.path.split("/")[1]
        normalized = _steps((each, _normal(each)) for each in titles)
        moved = [_normal(each) for each in titles]
        redirects = self.redirects if "redirects" in query else {}
        redirected = _steps((each, redirects.get(each, each)) for each in moved)
        wanted = list(dict.fromkeys(redirects.get(each, each) for each in moved))
        start = int(query.get("excontinue", "0"))
        shown = range(start, start + self.parts)
        told: dict[str, Any] = {
            "pages": [
                self._page(language, title, place in shown, start == 0)
                for place, title in enumerate(wanted)
            ]
        }
        told |= {"normalized": normalized} if normalized else {}
        told |= {"redirects": redirected} if redirected else {}
        return json_reply({**_rest(start + self.parts, len(wanted)), "query": told})

    def _page(self, language: str, title: str, extract: bool, first: bool) -> dict[str, Any]:
        page = self.pages.get((language, title))
        if page is None:
            return {"ns": 0, "title": title, "missing": True}
        told: dict[str, Any] = {"pageid": 8091, "ns": 0, "title": title}
        if extract:
            told["extract"] = page.text
        if first:
            path = quote(title.replace(" ", "_"))
            told["fullurl"] = f"https://{language}.wikipedia.org/wiki/{path}"
            properties = {"wikibase_item": page.qid} if page.qid else {}
            properties |= {"disambiguation": ""} if page.is_disambiguation else {}
            told |= {"pageprops": properties} if properties else {}
            told |= {"description": page.description} if page.description else {}
        return told


def _normal(title: str) -> str:
    """As MediaWiki writes a title: blanks for underscores, a capital first."""
    title = " ".join(title.replace("_", " ").split())
    return title[:1].upper() + title[1:]


def _steps(pairs: Any) -> list[dict[str, Any]]:
    return [{"from": old, "to": new} for old, new in pairs if old != new]


def _rest(next_place: int, pages: int) -> dict[str, Any]:
    if next_place >= pages:
        return {"batchcomplete": True}
    more = "||pageprops|info|description"
    return {"continue": {"excontinue": next_place, "continue": more}}
