"""What a service needs from the installation it works in."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.services.onlookers import Onlookers
from app.services.tokens import Tokens
from app.services.vault import Vault
from config import Settings


@dataclass(frozen=True, slots=True)
class Workplace:
    """What is there once for a process, handed to services that call outside.

    The settings and the vault of this installation, the tokens in use, and who looks on.
    """

    settings: Settings
    vault: Vault
    tokens: Tokens = field(default_factory=Tokens)
    onlookers: Onlookers = field(default_factory=Onlookers)

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to every service: name, version, contact, installation.

        So a service that is bothered can block or write to one of us, and need not block all.
        """
        return f"{self.settings.user_agent}; installation {self.vault.installation}"
