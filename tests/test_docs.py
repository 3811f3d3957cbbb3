"""What the documents name exists, and what exists is documented."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from flask import Flask

from app.domain.filters import from_query
from config import Settings

ROOT = Path(__file__).resolve().parents[1]
GUIDE = ROOT / "docs" / "guide"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NAMES = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
SETTING_ROW = re.compile(r"^\| `([A-Z_]+)` \| (?:`([^`]*)`|none) \|", re.MULTILINE)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
COMMAND = re.compile(r"flask --app run ((?:user |db )?[a-z][a-z-]*)")
BUILT_IN = {"db"}  # Flask-Migrate's
TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
# At the beginning of a line or of code, perhaps behind settings: `PORT=5050 make run`.
IN_CODE = re.compile(r"(?:^|`|[A-Z]=\S+ )make ([a-z-]+)", re.MULTILINE)


def documented() -> dict[str, str]:
    """Each setting in the guide and the default it gives; "" is none."""
    return dict(SETTING_ROW.findall((GUIDE / "settings.md").read_text(encoding="utf-8")))


def written(value: Any) -> str:
    """A default as people would write it into the environment."""
    value = value.get_secret_value() if hasattr(value, "get_secret_value") else value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def our_commands(app: Flask) -> set[str]:
    """The commands of Gatefold, with those of its groups as "user list"."""
    found = set()
    for name, command in app.cli.commands.items():
        if name in BUILT_IN:
            continue
        inner = command.commands if isinstance(command, click.Group) else {}
        found |= {f"{name} {each}" for each in inner} or {name}
    return found


def test_every_setting_is_documented_with_its_default() -> None:
    defaults = {
        name.upper(): written(field.default) for name, field in Settings.model_fields.items()
    }

    assert documented() == defaults


def test_every_key_of_the_example_is_a_setting_and_harmless() -> None:
    example = json.loads((ROOT / "secrets.example.json").read_text(encoding="utf-8"))

    assert set(example) <= set(Settings.model_fields)
    assert {name: written(value) for name, value in example.items()} == {
        name: written(Settings.model_fields[name].default) for name in example
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_link_between_documents_leads_somewhere(name: str) -> None:
    page = ROOT / name
    links = [link.partition("#")[0] for link in LINK.findall(page.read_text(encoding="utf-8"))]
    near = [link for link in links if link and not link.startswith(("http://", "https://"))]

    assert [link for link in near if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_make_target_that_is_named_exists(name: str) -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text(encoding="utf-8")))
    text = (ROOT / name).read_text(encoding="utf-8")

    assert name != "README.md" or {"run", "test"} <= set(IN_CODE.findall(text))
    assert [named for named in IN_CODE.findall(text) if named not in targets] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_is_named_exists(name: str, app: Flask) -> None:
    named = COMMAND.findall((ROOT / name).read_text(encoding="utf-8"))

    known = our_commands(app) | {f"db {each}" for each in _names_in(app, "db")}
    assert [command for command in named if command not in known] == []


def _names_in(app: Flask, group: str) -> list[str]:
    found = app.cli.commands[group]
    assert isinstance(found, click.Group)
    return list(found.commands)


def test_every_command_is_in_the_guide(app: Flask) -> None:
    guide = (GUIDE / "commands.md").read_text(encoding="utf-8")

    told = re.findall(r"(?:--app run |`)((?:user )?[a-z][a-z-]*)", guide)
    assert sorted(our_commands(app) - set(told)) == []


def test_every_make_target_is_told_to_contributors() -> None:
    listed = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

    internal = {"help", "setup", "setup-dev"}
    assert [name for name in listed if f"make {name}" not in guide and name not in internal] == []


def test_every_search_in_the_guide_is_understood() -> None:
    guide = (GUIDE / "commands.md").read_text(encoding="utf-8")
    searches = re.findall(r"`((?:genre|style|decade|year|added):[^`]+)`", guide)

    assert len(searches) >= 5
    understood = {each: from_query(each) for each in searches}
    assert [each for each, found in understood.items() if found.q or not found.is_narrowed] == []


def test_the_decisions_are_listed_where_contributors_look() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    decisions = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))

    assert [name for name in decisions if name not in guide] == []


def test_the_notices_stand_in_the_readme() -> None:
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())

    assert (
        "This application uses Discogs' API but is not affiliated with, sponsored or endorsed by "
        "Discogs. 'Discogs' is a trademark of Zink Media, LLC." in readme
    )
    assert "[Data provided by Discogs.](https://www.discogs.com)" in readme


def test_the_pictures_of_the_readme_are_light_enough_to_load() -> None:
    sizes = {path.name: path.stat().st_size for path in (ROOT / "docs" / "img").iterdir()}

    assert "wall.png" in sizes
    assert [name for name, size in sizes.items() if size > 350_000] == []
