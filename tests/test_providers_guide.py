"""The guide to providers says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.domain.fallbacks import FALLBACKS
from app.domain.providers import SERVICES, Service, title_of
from config import Settings

GUIDE = Path(__file__).resolve().parents[1] / "docs" / "guide" / "providers.md"


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, its head left out."""
    text = GUIDE.read_text(encoding="utf-8").partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def said(source: str) -> str:
    """What the guide calls a source."""
    return "your own picture" if source == "upload" else title_of(source)


def test_the_order_of_sources_is_the_one_the_code_goes_by() -> None:
    told = {what: sources.split(", ") for what, sources in rows("Who is believed")}

    assert told == {what: [*map(said, sources)] for what, sources in FALLBACKS.items()}


@pytest.mark.parametrize("heading", ["What each is asked", "What is kept, and the terms in short"])
def test_every_service_is_told_about(heading: str) -> None:
    assert [row[0] for row in rows(heading)] == [service.title for service in SERVICES]


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_the_limit_told_is_the_one_that_is_set(service: Service) -> None:
    (row,) = (row for row in rows("What each is asked") if row[0] == service.title)

    assert row[2] == f"`{Settings.model_fields[f'{service.name}_limit'].default}`"


def test_every_setting_that_is_named_exists() -> None:
    named = re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", GUIDE.read_text(encoding="utf-8"))

    assert [name for name in named if name.lower() not in Settings.model_fields] == []
