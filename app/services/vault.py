"""Secrets at rest: encrypted with a key that lives outside the database."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import GatefoldError


class VaultError(GatefoldError):
    """What was kept cannot be read with the present key."""


class Vault:
    """Encrypts small JSON values. The first of `keys` writes, all of them read (for rotation).

    `installation` tells this installation from others, and nothing of its keys.
    """

    def __init__(self, *keys: str) -> None:
        self.installation = hashlib.sha256(f"installation {keys[-1]}".encode()).hexdigest()[:8]
        self._fernet = MultiFernet([Fernet(_fernet_key(key)) for key in keys])

    def lock(self, value: dict[str, Any]) -> bytes:
        """`value` as encrypted bytes."""
        return self._fernet.encrypt(json.dumps(value).encode())

    def unlock(self, sealed: bytes) -> dict[str, Any]:
        """What `lock` was given. Raises VaultError when the key has been lost or changed."""
        try:
            opened: dict[str, Any] = json.loads(self._fernet.decrypt(sealed))
        except InvalidToken:
            raise VaultError(
                "The key that protects your tokens has changed. Connect Discogs again; "
                "nothing else is lost."
            ) from None
        return opened


def _fernet_key(text: str) -> bytes:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())
