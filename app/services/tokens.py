"""The tokens of the services that want one: fetched or signed once for all that runs here."""

from __future__ import annotations

import threading

from app.clients.apple_token import AppleToken
from app.clients.spotify import TokenCache
from app.errors import RefusedError
from config import Settings


class Tokens:
    """One of each for a process: runs and checks share them, and so does whoever renews one."""

    def __init__(self) -> None:
        self.spotify = TokenCache()
        self._apple: dict[tuple[str, str, str], AppleToken] = {}
        self._lock = threading.Lock()

    def apple(self, settings: Settings) -> AppleToken:
        """The token of the key that is set; another one once the key file has another key.

        Raises RefusedError "credential" if the file cannot be read.
        """
        key = settings.apple_team_id, settings.apple_key_id, _private_key(settings)
        with self._lock:
            return self._apple.setdefault(key, AppleToken(*key))


def _private_key(settings: Settings) -> str:
    path = settings.apple_private_key_file
    try:
        return path.read_text() if path else ""
    except (OSError, UnicodeDecodeError):
        sentence = f"APPLE_PRIVATE_KEY_FILE: {path} cannot be read."
        raise RefusedError("apple_music", sentence, "credential") from None
