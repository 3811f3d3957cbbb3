from __future__ import annotations

import pytest
from flask import Flask

from app.domain.preset_settings import STANDARD
from app.domain.qr_rows import Dialect, Preset
from app.errors import InvalidInputError, NotFoundError
from app.queries import exports
from app.services import sticker_presets
from app.services.sticker_presets import choose_preset, delete_preset, save_preset
from tests.csv_shelf import OWNER

MINE = Preset("Mine", "{title}", {"OutputSize": "2048"}, "n.d.", "gatefold", Dialect(bom=True))


def problems_of(preset: Preset, was: str = STANDARD) -> dict[str, list[str]]:
    with pytest.raises(InvalidInputError) as caught:
        save_preset(OWNER, preset, was)
    return caught.value.problems


def test_a_saved_preset_is_kept_and_used(each_database: Flask) -> None:
    save_preset(OWNER, MINE, STANDARD)

    assert exports.presets(OWNER) == [Preset(STANDARD), MINE]
    assert exports.current_preset(OWNER) == MINE


def test_saving_under_the_same_name_changes_it(app: Flask) -> None:
    save_preset(OWNER, MINE, STANDARD)
    changed = Preset("Mine", "{artist}")

    save_preset(OWNER, changed, "Mine")

    assert exports.presets(OWNER) == [Preset(STANDARD), changed]


def test_another_name_makes_a_new_preset(app: Flask) -> None:
    save_preset(OWNER, MINE, STANDARD)
    save_preset(OWNER, Preset("Other"), "Mine")

    assert [preset.name for preset in exports.presets(OWNER)] == [STANDARD, "Mine", "Other"]


@pytest.mark.parametrize("name", ["Mine", STANDARD])
def test_a_new_preset_takes_nobodys_name(app: Flask, name: str) -> None:
    save_preset(OWNER, MINE, STANDARD)

    assert problems_of(Preset(name), "Other") == {"name": [sticker_presets.NAME_IS_TAKEN]}
    assert exports.preset_named(OWNER, "Mine") == MINE


def test_the_standard_preset_can_be_changed_and_reset(app: Flask) -> None:
    save_preset(OWNER, Preset(STANDARD, "{title}"), STANDARD)
    assert exports.current_preset(OWNER).text_template == "{title}"

    delete_preset(OWNER, STANDARD)

    assert exports.presets(OWNER) == [Preset(STANDARD)]


def test_the_preset_chosen_last_is_the_one_in_use(app: Flask) -> None:
    save_preset(OWNER, MINE, STANDARD)

    choose_preset(OWNER, STANDARD)
    assert exports.current_preset(OWNER) == Preset(STANDARD)
    choose_preset(OWNER, "Mine")
    assert exports.current_preset(OWNER) == MINE


def test_a_deleted_preset_is_gone(app: Flask) -> None:
    save_preset(OWNER, MINE, STANDARD)

    delete_preset(OWNER, "Mine")

    assert exports.presets(OWNER) == [Preset(STANDARD)]
    assert exports.current_preset(OWNER) == Preset(STANDARD)


def test_what_is_not_there_cannot_be_chosen_or_deleted(app: Flask) -> None:
    for action in (choose_preset, delete_preset):
        with pytest.raises(NotFoundError):
            action(OWNER, "No such")


def test_problems_come_by_field_and_nothing_is_saved(app: Flask) -> None:
    bad = Preset("", "{nonsense}", {"Content": "x", "Type": "a\nb"})

    assert set(problems_of(bad)) == {"name", "text_template", "columns.Content", "columns.Type"}
    assert exports.presets(OWNER) == [Preset(STANDARD)]
