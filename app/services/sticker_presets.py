"""Named ways to write stickers: saved, chosen, deleted."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain.preset_settings import STANDARD, to_settings
from app.domain.qr_checks import preset_problems
from app.domain.qr_rows import Preset
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import StickerPreset
from app.models.base import utcnow
from app.queries import exports

NAME_IS_TAKEN = "Another preset has this name. Choose it first if you want to change it."


def save_preset(owner_id: int, preset: Preset, was: str) -> None:
    """Keep a preset and use it from now on. `was` is the name of the preset it began as.

    Under another name it becomes a new preset. Raises InvalidInputError with problems by field.
    """
    problems = preset_problems(preset)
    stored = _stored(owner_id, preset.name)
    if preset.name != was and (stored or preset.name == STANDARD):
        problems.setdefault("name", []).append(NAME_IS_TAKEN)
    if problems:
        raise InvalidInputError("The preset was not saved.", problems)
    _keep(owner_id, preset, stored)


def choose_preset(owner_id: int, name: str) -> None:
    """Write stickers this way from now on. Raises NotFoundError."""
    preset = exports.preset_named(owner_id, name)
    _keep(owner_id, preset, _stored(owner_id, name))


def delete_preset(owner_id: int, name: str) -> None:
    """Forget a preset; the standard one goes back to how it came. Raises NotFoundError."""
    exports.preset_named(owner_id, name)
    stored = _stored(owner_id, name)
    if stored is None:
        return
    db.session.delete(stored)
    db.session.commit()


def _stored(owner_id: int, name: str) -> StickerPreset | None:
    mine = select(StickerPreset).where(
        StickerPreset.owner_id == owner_id, StickerPreset.name == name
    )
    return db.session.scalar(mine)


def _keep(owner_id: int, preset: Preset, stored: StickerPreset | None) -> None:
    if stored is None:
        stored = StickerPreset(owner_id=owner_id, name=preset.name)
        db.session.add(stored)
    stored.settings = to_settings(preset)
    stored.used_at = utcnow()
    try:
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise ConflictError("A preset of this name was saved just now; look again.") from error
