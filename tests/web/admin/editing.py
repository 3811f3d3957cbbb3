"""An editor's page as a browser reads it: its text, its fields, and how it is sent back."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def hidden(page: str, name: str) -> str:
    tag, *_again = re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)
    found = re.search(r'value="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


def text_in(page: str) -> str:
    """What a browser shows in the editor (its parser drops the first line break)."""
    (text,) = re.findall(r'<textarea[^>]* id="document"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    return html.unescape(text)


def opened(client: FlaskClient, address: str) -> dict[str, str]:
    page = client.get(address).text
    return {
        "document": text_in(page),
        "version": hidden(page, "version"),
        "base": hidden(page, "base"),
    }


def send(client: FlaskClient, address: str, form: dict[str, str], **more: str) -> TestResponse:
    return client.post(address, data=form | more)


def with_fields(form: dict[str, str], **fields: Any) -> dict[str, str]:
    return form | {"document": json.dumps(json.loads(form["document"]) | fields)}


def fields_in(page: str) -> dict[str, str]:
    """What the form beside the JSON would send, without pressing any of its buttons."""
    reader = _Fields()
    reader.feed(page)
    return reader.fields


class _Fields(HTMLParser):
    """Reads the controls of the typed form; what stands in a template is none."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self._is_inside, self._templates = False, 0
        self._open: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "form":
            self._is_inside = "data-typed" in told
        self._templates += tag == "template"
        if not self._is_inside or self._templates:
            return
        name = told.get("name") or ""
        if tag == "input":
            self.fields[name] = told.get("value") or ""
        elif tag in ("textarea", "select"):
            self._open, self.fields[name] = name, ""
        elif tag == "option" and self._open and "selected" in told:
            self._chosen = True

    _chosen = False

    def handle_data(self, data: str) -> None:
        if self._open is None:
            return
        if self.lasttag == "textarea":
            self.fields[self._open] += (
                data.removeprefix("\n") if not self.fields[self._open] else data
            )
        elif self.lasttag == "option" and self._chosen:
            self.fields[self._open], self._chosen = data.strip(), False

    def handle_endtag(self, tag: str) -> None:
        self._templates -= tag == "template"
        if tag == "form":
            self._is_inside = False
        elif tag in ("textarea", "select"):
            self._open = None
