from __future__ import annotations

import json

from app.domain.preset_settings import from_settings, to_settings
from app.domain.qr_rows import DEFAULTS, Dialect, Preset

WHOLE = Preset(
    "Mine",
    text_template="{title}\n{year}",
    columns={"OutputSize": "2048", "IconPath": ""},
    unknown_year="n.d.",
    content_target="gatefold",
    dialect=Dialect("backslash", "CRLF", True),
)


def test_a_preset_comes_back_from_json_as_it_was() -> None:
    assert from_settings("Mine", json.loads(json.dumps(to_settings(WHOLE)))) == WHOLE


def test_a_column_that_is_as_it_comes_is_not_kept() -> None:
    preset = Preset("Mine", columns={"Type": DEFAULTS["Type"], "OutputSize": "2048"})

    assert to_settings(preset)["columns"] == {"OutputSize": "2048"}


def test_what_is_missing_or_unknown_is_as_it_comes() -> None:
    assert from_settings("Old", {"columns": {"NoSuch": "1"}, "else": 1}) == Preset("Old")
