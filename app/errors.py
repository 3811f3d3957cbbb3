"""Gatefold's own exceptions. None of them knows about HTTP status codes of ours."""

from __future__ import annotations


class GatefoldError(Exception):
    """Base of all errors Gatefold raises on purpose; `str(error)` is a sentence for a person."""


class NotFoundError(GatefoldError):
    """The thing asked for does not exist, or is not the asker's."""


class ConflictError(GatefoldError):
    """Somebody else changed the thing in the meantime, or the action does not fit its state."""


class InvalidInputError(GatefoldError):
    """What a person sent cannot be used.

    `problems` maps a field name (or "" for the whole) to sentences about it.
    """

    def __init__(self, message: str, problems: dict[str, list[str]] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or {}


class TooLargeError(InvalidInputError):
    """What a person sent is longer or bigger than allowed."""


class DiskFullError(GatefoldError):
    """There is no room for what was to be written; nothing of it stays.

    `needed_bytes` is how much it takes, 0 where that is not known.
    """

    def __init__(self, message: str, needed_bytes: int = 0) -> None:
        super().__init__(message)
        self.needed_bytes = needed_bytes


class ProviderError(GatefoldError):
    """An outside service did not give what was asked. `provider` is its short name."""

    def __init__(self, provider: str, message: str) -> None:
        super().__init__(message)
        self.provider = provider


class RateLimitedError(ProviderError):
    """The service asked us to slow down. `retry_after` is in seconds, None if it did not say."""

    def __init__(self, provider: str, message: str, retry_after: float | None = None) -> None:
        super().__init__(provider, message)
        self.retry_after = retry_after


class RefusedError(ProviderError):
    """The service will not do this for us until a person changes something.

    `reason` is one of: credential (401), private (403, owner only), blocked (firewall page or
    User-Agent refused).
    """

    def __init__(self, provider: str, message: str, reason: str) -> None:
        super().__init__(provider, message)
        self.reason = reason


class UnavailableError(ProviderError):
    """No usable answer: no network, time-out, 5xx, cut connection. Worth another try later."""


class OddAnswerError(ProviderError):
    """An answer that is not what the service documents. `field` names what was odd."""

    def __init__(self, provider: str, message: str, field: str = "") -> None:
        super().__init__(provider, message)
        self.field = field
