"""What a person does about a provider: switch it, or have it tried again."""

from __future__ import annotations

from app.domain.providers import BY_NAME
from app.errors import NotFoundError
from app.extensions import db
from app.services import preferences
from app.services.enrich import desk, health


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
