"""What a person does about a provider: switch it, or have it tried again."""

from __future__ import annotations

from sqlalchemy import select

from app.domain.providers import BY_NAME
from app.errors import NotFoundError
from app.extensions import db
from app.models import Preference
from app.services import preferences
from app.services.enrich import desk, health


def switched_off(owner_id: int) -> set[str]:
    """The providers this person switched off. One statement."""
    names = {desk.switch_name(provider): provider for provider in BY_NAME}
    rows = db.session.execute(
        select(Preference.name, Preference.value).where(
            Preference.owner_id == owner_id, Preference.name.in_(names)
        )
    )
    return {names[name] for name, is_on in rows if not is_on}


def switch(owner_id: int, provider: str, *, on: bool) -> None:
    """Let the job ask this provider, or not. Commits. Raises NotFoundError."""
    _known(provider)
    preferences.put(owner_id, desk.switch_name(provider), on)


def try_again(provider: str) -> None:
    """Forget that it refused us or broke down; a pause it asked for is kept. Commits.

    Raises NotFoundError.
    """
    _known(provider)
    health.forgive(provider)
    db.session.commit()


def _known(provider: str) -> None:
    if provider not in BY_NAME:
        raise NotFoundError("There is no such service.")
