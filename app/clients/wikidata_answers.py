"""Wikidata's JSON made into our records. What is odd is named by its place in the answer.

https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html
"""

from __future__ import annotations

from app.clients.json_node import Node
from app.domain.matching.facts import WikidataRecord

_LANGUAGE = "en"
# The part of a value that is its plain text, by the kind of value.
_PLAIN_PARTS = {"wikibase-entityid": "id", "time": "time", "monolingualtext": "text"}


def found(answer: Node) -> tuple[str, ...]:
    """The ids of the items a search found."""
    hits = answer.node("query").told_nodes("search")
    return tuple(hit.required_text("title") for hit in hits)


def items(answer: Node) -> dict[str, WikidataRecord]:
    """The items by the ids asked for, without those that are gone."""
    told = answer.find_node("entities")
    if told is None:
        answer.odd("entities", "is missing")
    records = {}
    for key in told.value:
        item = told.node(key)
        if "missing" not in item.value:
            records[_asked_as(item, key)] = _record(item)
    return records


def _asked_as(item: Node, key: str) -> str:
    """The id asked for, which is an old one if the item has been merged into another."""
    moved = item.find_node("redirects")
    return moved.text("from", key) if moved else key


def _record(item: Node) -> WikidataRecord:
    return WikidataRecord(
        qid=item.required_text("id"),
        name=_in_language(item, "labels"),
        description=_in_language(item, "descriptions"),
        claims=_claims(item),
        sitelinks=_sitelinks(item),
    )


def _in_language(item: Node, key: str) -> str:
    texts = item.find_node(key)
    told = texts.find_node(_LANGUAGE) if texts else None
    return told.text("value") if told else ""


def _sitelinks(item: Node) -> dict[str, str]:
    links = item.find_node("sitelinks")
    if links is None:
        return {}
    return {site: links.node(site).required_text("title") for site in links.value}


def _claims(item: Node) -> dict[str, tuple[str, ...]]:
    """The values of each property, preferred ones first; without deprecated and unknown ones."""
    claims = item.find_node("claims")
    if claims is None:
        return {}
    values = {key: _values(claims.told_nodes(key)) for key in claims.value}
    return {key: told for key, told in values.items() if told}


def _values(statements: tuple[Node, ...]) -> tuple[str, ...]:
    ranked = sorted(
        (each for each in statements if each.text("rank") != "deprecated"),
        key=lambda statement: statement.text("rank") != "preferred",
    )
    return tuple(dict.fromkeys(value for each in ranked if (value := _value(each))))


def _value(statement: Node) -> str:
    """The plain text of a value; "" if it has none, or nobody knows it, or it does not exist."""
    snak = statement.find_node("mainsnak")
    if snak is None or snak.text("snaktype", "value") != "value":
        return ""
    told = snak.node("datavalue")
    kind = told.text("type")
    if kind == "string":
        return told.text("value")
    return told.node("value").text(_PLAIN_PARTS[kind]) if kind in _PLAIN_PARTS else ""
