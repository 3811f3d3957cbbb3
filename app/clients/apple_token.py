"""The developer token of Apple Music: a short-lived JWT signed with a private key of ours.

https://developer.apple.com/documentation/applemusicapi/generating-developer-tokens
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from app.clients.errors import Provider
from app.errors import RefusedError

APPLE_MUSIC = Provider(
    "apple_music",
    "Apple Music",
    credential_advice=(
        "Apple Music does not accept our key. Check APPLE_TEAM_ID, APPLE_KEY_ID and "
        "APPLE_PRIVATE_KEY_FILE, and that the key is not revoked."
    ),
    meanings={403: "credential"},
)
LONGEST_LIFE_SECONDS = 15_777_000  # what Apple allows: six months by its own clock
LIFE_SECONDS = 12 * 3600
RENEWED_BEFORE_SECONDS = 600
# A clock slightly ahead must not make a token that is not valid yet.
_ISSUED_BEFORE_SECONDS = 60

assert LIFE_SECONDS + _ISSUED_BEFORE_SECONDS <= LONGEST_LIFE_SECONDS


class AppleToken:
    """The token for all threads: signed once, kept for twelve hours, renewed ten minutes early.

    `private_key_pem` is the text of the .p8 file; `clock` gives seconds since 1970.
    """

    def __init__(
        self,
        team_id: str,
        key_id: str,
        private_key_pem: str,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.clock = clock
        self._team_id = team_id.strip()
        self._key_id = key_id.strip()
        self._pem = private_key_pem
        self._skew = 0.0
        self._value = ""
        self._expires_at = 0.0
        self._lock = threading.Lock()

    def value(self) -> str:
        """A token that is valid for at least ten minutes.

        Raises RefusedError "credential" if it cannot be signed.
        """
        with self._lock:
            if not self._is_fresh():
                self._sign()
            return self._value

    def skew(self, seconds: float) -> None:
        """Apple's clock is `seconds` ahead of ours: count in its time from the next token on."""
        with self._lock:
            self._skew = seconds

    def renew(self, refused: str) -> None:
        """Do not give out `refused` again; nothing happens if another thread renewed it already."""
        with self._lock:
            if self._value == refused:
                self._value = ""

    def _is_fresh(self) -> bool:
        left = self._expires_at - self._now()
        # More than a whole life left: the clock was set back since.
        return bool(self._value) and RENEWED_BEFORE_SECONDS < left <= LIFE_SECONDS

    def _now(self) -> float:
        return self.clock() + self._skew

    def _sign(self) -> None:
        if not (self._team_id and self._key_id):
            raise _refused("APPLE_TEAM_ID and APPLE_KEY_ID are needed for Apple Music.")
        now = int(self._now())
        expires_at = now + LIFE_SECONDS
        claims = {"iss": self._team_id, "iat": now - _ISSUED_BEFORE_SECONDS, "exp": expires_at}
        self._value = jwt.encode(
            claims, self._private_key(), algorithm="ES256", headers={"kid": self._key_id}
        )
        self._expires_at = expires_at

    def _private_key(self) -> EllipticCurvePrivateKey:
        try:
            key = load_pem_private_key(self._pem.encode(), password=None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None  # without the cause: it may quote the key
        if isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
            return key
        raise _refused(
            "The file APPLE_PRIVATE_KEY_FILE names holds no private key of Apple Music "
            "(AuthKey_….p8, as downloaded from Apple)."
        )


def _refused(message: str) -> RefusedError:
    return RefusedError(APPLE_MUSIC.name, message, "credential")
