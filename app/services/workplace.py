"""What a service needs from the installation it works in."""

from __future__ import annotations

from dataclasses import dataclass

from app.services.vault import Vault
from config import Settings


@dataclass(frozen=True, slots=True)
class Workplace:
    """The settings and the vault of this installation, handed to services that call outside."""

    settings: Settings
    vault: Vault
