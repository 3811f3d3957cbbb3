"""MusicBrainz on loopback: Discogs addresses, release groups, artists and barcodes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.standin.callers import sent_away
from tests.standin.discogs_limits import MovingWindow
from tests.standin.messages import Reply, Request, json_reply
from tests.standin.server import StandIn

NOT_FOUND = "Not Found"
TARGETS = {"release": "release", "master": "release_group", "artist": "artist"}
_MBID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BARCODE = re.compile(r"barcode:(\d+)")


@dataclass
class Group:
    """A release group; `artists` are (MBID, name), `links` (kind, address[, "ended"])."""

    mbid: str
    title: str
    first_date: str = ""
    kind: str | None = "Album"
    secondary_kinds: tuple[str, ...] = ()
    artists: tuple[tuple[str, str], ...] = ()
    links: list[tuple[str, ...]] = field(default_factory=list)


class MusicBrainzStandIn(StandIn):
    """`page` links a Discogs address, `groups` and `artists` (links by MBID) can be looked up.

    `releases` are pressings: the MBID of the group of each, and links of its own.
    `merged` maps old MBIDs to new ones, `barcodes` a barcode to groups. Once `window` is `on`,
    the second call within a second is refused with 503. Addresses are below `url`, at /ws/2.
    """

    def __init__(self, port: int = 0, clock: Callable[[], float] = time.time) -> None:
        super().__init__(port)
        self.pages: dict[str, list[dict[str, Any]]] = {}
        self.groups: dict[str, Group] = {}
        self.artists: dict[str, list[tuple[str, ...]]] = {}
        self.releases: dict[str, tuple[str, list[tuple[str, ...]]]] = {}
        self.merged: dict[str, str] = {}
        self.barcodes: dict[str, list[Group]] = {}
        self.window = MovingWindow(clock)
        self.window.limit, self.window.seconds = 1, 1.0

    @property
    def api_url(self) -> str:
        """What MUSICBRAINZ_API_URL would be."""
        return f"{self.url}/ws/2"

    def add_group(self, *groups: Group) -> None:
        """Have release groups."""
        self.groups.update({group.mbid: group for group in groups})

    def page(
        self, kind: str, discogs_id: int, mbid: str, name: str, date: str = "", **how: Any
    ) -> None:
        """Link a page of Discogs to a thing; `ended` for a link that is past."""
        target = TARGETS[kind]
        thing: dict[str, Any] = {"id": mbid, "disambiguation": ""}
        thing["name" if kind == "artist" else "title"] = name
        if kind == "master":
            thing["first-release-date"] = date
        relation = {"type": "discogs", "target-type": target, target: thing, "ended": False} | how
        address = f"https://www.discogs.com/{kind}/{discogs_id}"
        self.pages.setdefault(address, []).append(relation)

    def answer(self, request: Request) -> Reply:
        refusal = sent_away(request) or self._one_too_many(request)
        if refusal:
            return refusal
        if request.query.get("fmt") != "json":
            return Reply(200, b"<metadata/>", {"Content-Type": "application/xml"})
        _, _, path = request.path.partition("/ws/2/")
        what, _, mbid = path.partition("/")
        if what == "url":
            return self._urls(request)
        if what == "release" and not mbid:
            return self._search(request.query.get("query", ""))
        return self._look_up(what, mbid, request.query.get("inc", "").replace("+", " ").split())

    def _one_too_many(self, request: Request) -> Reply | None:
        if self.window.count(request.address, authenticated=True) is None:
            return None
        sentence = "Your requests are exceeding the allowable rate limit. Please see our pages."
        return json_reply({"error": sentence}, 503, {"Retry-After": "1"})

    def _urls(self, request: Request) -> Reply:
        query = parse_qsl(urlsplit(request.target).query)
        asked = [value for key, value in query if key == "resource"]
        if not 0 < len(asked) <= 100:
            return json_reply({"error": "Too many resources."}, 400)
        wanted = request.query.get("inc", "").removesuffix("-rels").replace("-", "_")
        found = [self._url(each, wanted) for each in asked if each in self.pages]
        if not found:
            return json_reply({"error": NOT_FOUND}, 404)
        if len(asked) == 1:
            return _told(found[0])
        return _told({"url-count": len(found), "url-offset": 0, "urls": found})

    def _url(self, address: str, wanted: str) -> dict[str, Any]:
        relations = [each for each in self.pages[address] if each["target-type"] == wanted]
        return {"id": f"{abs(hash(address)):032x}", "resource": address, "relations": relations}

    def _look_up(self, what: str, mbid: str, wanted: list[str]) -> Reply:
        if not _MBID.fullmatch(mbid):
            return json_reply({"error": "Invalid mbid."}, 400)
        mbid = self.merged.get(mbid, mbid)
        if what == "artist" and mbid in self.artists:
            return _told({"id": mbid, "relations": [_link(each) for each in self.artists[mbid]]})
        if what == "release-group" and mbid in self.groups:
            group = self.groups[mbid]
            body = _group(group)
            if "artist-credits" in wanted:
                body["artist-credit"] = _credits(group)
            if "url-rels" in wanted:
                body["relations"] = [_link(each) for each in group.links]
            return _told(body)
        if what == "release" and mbid in self.releases:
            return _told(self._release(mbid, wanted))
        return json_reply({"error": NOT_FOUND}, 404)

    def _release(self, mbid: str, wanted: list[str]) -> dict[str, Any]:
        group_mbid, links = self.releases[mbid]
        group = self.groups[group_mbid]
        body: dict[str, Any] = {"id": mbid, "title": group.title, "barcode": None}
        if "release-groups" in wanted:
            body["release-group"] = _group(group)
        if "artist-credits" in wanted:
            body["artist-credit"] = _credits(group)
        if "url-rels" in wanted:
            body["relations"] = [_link(each) for each in links]
        return body

    def _search(self, query: str) -> Reply:
        asked = _BARCODE.findall(query)
        groups = [(digits, group) for digits in asked for group in self._sold_as(digits)]
        releases = [
            {
                "id": f"{number:08d}-0000-4000-8000-000000000000",
                "score": 100,
                "title": group.title,
                "barcode": digits,
                "artist-credit": _credits(group),
                "release-group": {"id": group.mbid, "title": group.title}
                | ({"primary-type": group.kind} if group.kind else {}),
            }
            for number, (digits, group) in enumerate(groups[:100])
        ]
        return _told({"count": len(groups), "offset": 0, "releases": releases})

    def _sold_as(self, digits: str) -> list[Group]:
        return self.barcodes.get(digits, [])


def _told(body: dict[str, Any]) -> Reply:
    """With the figures of its own hour, which are not those of one caller."""
    return json_reply(body, headers={"X-RateLimit-Limit": "1200", "X-RateLimit-Remaining": "700"})


def _group(group: Group) -> dict[str, Any]:
    return {
        "id": group.mbid,
        "title": group.title,
        "disambiguation": "",
        "primary-type": group.kind,
        "secondary-types": list(group.secondary_kinds),
        "first-release-date": group.first_date,
    }


def _credits(group: Group) -> list[dict[str, Any]]:
    return [
        {"name": name, "joinphrase": " & ", "artist": {"id": mbid, "name": name, "sort-name": name}}
        for mbid, name in group.artists
    ]


def _link(link: tuple[str, ...]) -> dict[str, Any]:
    return {
        "type": link[0],
        "target-type": "url",
        "url": {"id": "49af9dc2-196e-42be-bdf6-ea320eaa1dab", "resource": link[1]},
        "ended": len(link) > 2,
        "end": None,
    }
