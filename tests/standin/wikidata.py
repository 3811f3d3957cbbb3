"""Wikidata on loopback: items, and the search for a statement."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.standin.mediawiki import NO_ACTION, MediaWikiStandIn, problem
from tests.standin.messages import Reply, Request, json_reply

_STATEMENT = re.compile(r"(P\d+)=([^|\s]+)")
LONGEST_SEARCH = 300


@dataclass
class Item:
    """An item. `claims` maps a property to values: texts, or whole statements as they are sent."""

    qid: str
    name: str = ""
    description: str = ""
    claims: dict[str, list[Any]] = field(default_factory=dict)
    sitelinks: dict[str, str] = field(default_factory=dict)


class WikidataStandIn(MediaWikiStandIn):
    """`items` by id; `merged` maps ids of items that are now redirects to those they lead to."""

    def __init__(self, *items: Item, port: int = 0, **how: Any) -> None:
        super().__init__(port, **how)
        self.items = {item.qid: item for item in items}
        self.merged: dict[str, str] = {}

    def add(self, *items: Item) -> None:
        """Have more items."""
        self.items.update({item.qid: item for item in items})

    def reply_to(self, request: Request) -> Reply:
        query = request.query
        if query.get("action") == "wbgetentities":
            return self._entities(query.get("ids", "").split("|"))
        if query.get("list") == "search":
            return self._search(query.get("srsearch", ""), int(query.get("srlimit", "10")))
        return problem(NO_ACTION)

    def _entities(self, ids: list[str]) -> Reply:
        if len(ids) > 50:
            return problem({"code": "toomanyvalues", "info": "Too many values supplied."})
        if not all(re.fullmatch(r"Q[1-9]\d*", each) and int(each[1:]) < 2**31 for each in ids):
            return problem({"code": "no-such-entity", "info": "Could not find an entity."})
        return json_reply({"entities": {each: self._entity(each) for each in ids}, "success": 1})

    def _entity(self, qid: str) -> dict[str, Any]:
        item = self.items.get(self.merged.get(qid, qid))
        if item is None:
            return {"id": qid, "missing": ""}
        moved = {"redirects": {"from": qid, "to": item.qid}} if item.qid != qid else {}
        return {"type": "item", "id": item.qid, **moved, **_contents(item)}

    def _search(self, search: str, limit: int) -> Reply:
        if len(search) > LONGEST_SEARCH:
            return problem({"code": "cirrussearch-query-too-long", "info": "Too long."})
        wanted = {(name, value.lower()) for name, value in _STATEMENT.findall(search)}
        found = [item for item in self.items.values() if wanted & _indexed(item)]
        hits = [{"ns": 0, "title": item.qid, "pageid": 1} for item in found[:limit]]
        return json_reply({"batchcomplete": True, "query": {"search": hits}})


def _contents(item: Item) -> dict[str, Any]:
    """Its texts and statements; what is empty is an empty list, as PHP has it."""
    return {
        "labels": _text(item.name) if item.name else [],
        "descriptions": _text(item.description) if item.description else [],
        "claims": {
            name: [_statement(name, value) for value in values]
            for name, values in item.claims.items()
        }
        or [],
        "sitelinks": {
            site: {"site": site, "title": title, "badges": []}
            for site, title in item.sitelinks.items()
        }
        or [],
    }


def _text(value: str) -> dict[str, Any]:
    return {"en": {"language": "en", "value": value}}


def _statement(name: str, value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else statement(name, value)


def statement(
    name: str, value: Any, rank: str = "normal", kind: str = "string", snak: str = "value"
) -> dict[str, Any]:
    """A statement as it is sent; `snak` "novalue" and "somevalue" are those without a value."""
    told = {"snaktype": snak, "property": name, "hash": "6a18d400"}
    with_value = {**told, "datavalue": {"value": value, "type": kind}} if snak == "value" else told
    return {"mainsnak": with_value, "type": "statement", "id": "Q1$9d", "rank": rank}


def _indexed(item: Item) -> set[tuple[str, str]]:
    """What the search knows of an item: it does not mind the case, nor deprecated statements."""
    return {
        (name, str(told["mainsnak"]["datavalue"]["value"]).lower())
        for name, values in item.claims.items()
        for told in (_statement(name, value) for value in values)
        if "datavalue" in told["mainsnak"] and told["rank"] != "deprecated"
    }
