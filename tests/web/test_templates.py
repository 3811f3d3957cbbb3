"""What the strict Content-Security-Policy and the sprite of icons ask of every template."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, nodes

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "app" / "templates"
FILES = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
HTML_FILES = [name for name in FILES if not name.startswith("hugo/")]
ICONS = set(json.loads((ROOT / "assets" / "icons.json").read_text()))

INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "htmx handler": re.compile(r"\shx-on[:-]", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "safe filter": re.compile(r"\|\s*safe\b"),
    "autoescape switched off": re.compile(r"autoescape\s+false", re.IGNORECASE),
}


def source(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def without_comments(name: str) -> str:
    return re.sub(r"\{#.*?#\}", "", source(name), flags=re.DOTALL)


def parse(name: str) -> nodes.Template:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True).parse(source(name))


def test_there_are_templates_to_look_at() -> None:
    assert "base.html" in FILES
    assert "components/tiles.html" in FILES


@pytest.mark.parametrize("name", FILES)
def test_template_parses(name: str) -> None:
    assert isinstance(parse(name), nodes.Template)


@pytest.mark.parametrize("name", FILES)
def test_what_a_template_extends_and_imports_exists(name: str) -> None:
    kinds = (nodes.Extends, nodes.Include, nodes.FromImport, nodes.Import)
    named = [getattr(node, "template", None) for node in parse(name).find_all(kinds)]
    constants = [node.value for node in named if isinstance(node, nodes.Const)]
    assert [other for other in constants if other not in FILES] == []


@pytest.mark.parametrize("name", HTML_FILES)
def test_template_holds_nothing_the_policy_forbids(name: str) -> None:
    text = without_comments(name)
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("name", HTML_FILES)
def test_every_icon_named_is_in_the_sprite(name: str) -> None:
    named = set(re.findall(r"""\bicon\(\s*["']([\w-]+)["']""", source(name)))
    assert named - ICONS == set()


@pytest.mark.parametrize("name", HTML_FILES)
def test_every_form_that_writes_carries_the_csrf_token(name: str) -> None:
    forms = re.findall(r"<form\b[^>]*\bpost\b.*?</form>", without_comments(name), re.DOTALL | re.I)
    tokens = ("csrf()", "csrf_token", "hidden_tag")
    assert [form for form in forms if not any(token in form for token in tokens)] == []


def test_component_and_macro_share_their_name() -> None:
    for path in (TEMPLATES / "components").glob("*.html"):
        macros = {node.name for node in parse(f"components/{path.name}").find_all(nodes.Macro)}
        assert path.stem in macros, path.name
