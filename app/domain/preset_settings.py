"""A preset as plain JSON, the way it is stored, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from app.domain.qr_rows import COLUMNS, DEFAULTS, Dialect, Preset

STANDARD = "Standard"
_DIALECT = ("quoting", "newline", "bom")


def to_settings(preset: Preset) -> dict[str, Any]:
    """Everything but the name; columns that are as they come are left out."""
    settings = {**asdict(preset), "columns": dict(preset.columns)}
    settings["columns"] = {k: v for k, v in preset.columns.items() if v != DEFAULTS.get(k)}
    del settings["name"]
    return settings


def from_settings(name: str, settings: Mapping[str, Any]) -> Preset:
    """The preset that `to_settings` wrote; what it does not know is as it comes."""
    plain = Preset(name)
    dialect = settings.get("dialect", {})
    return Preset(
        name=name,
        text_template=settings.get("text_template", plain.text_template),
        columns={k: v for k, v in settings.get("columns", {}).items() if k in COLUMNS},
        unknown_year=settings.get("unknown_year", plain.unknown_year),
        content_target=settings.get("content_target", plain.content_target),
        dialect=Dialect(**{key: dialect[key] for key in _DIALECT if key in dialect}),
    )
