"""A connection whose time is counted while a request comes in."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn

# What the main loop keeps of a head; a thread reads the rest of a longer one.
MOST_HEAD_BYTES = 16_384


class TooSlowError(Exception):
    """The caller did not send its request in time."""


class PatientUnreader(SocketUnreader):  # type: ignore[misc] # gunicorn carries no type hints
    """What a caller sends, as long as it sends it in time."""

    def allow(self, seconds: float, bytes_a_second: float = float("inf")) -> None:
        """From now on there are `seconds`, and one more for every `bytes_a_second` that come."""
        self._ends = time.monotonic() + seconds
        self._seconds_a_byte = 1 / bytes_a_second

    @property
    def is_late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() >= self._ends

    def chunk(self, size_hint: int | None = None) -> bytes:
        """The next bytes, or b"" at the end. Raises TooSlowError."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TooSlowError
        self.sock.settimeout(left)
        try:
            came: bytes = super().chunk(size_hint)
        except TimeoutError:
            raise TooSlowError from None
        self._ends += len(came) * self._seconds_a_byte
        return came


class Caller(TConn):  # type: ignore[misc]
    """A connection, and what has come of its next request. `see_off` ends it with patience."""

    def __init__(self, see_off: Callable[[Caller], None], *arguments: Any) -> None:
        super().__init__(*arguments)
        self._see_off = see_off
        self.unheard_bytes = 0

    def init(self) -> None:
        """Make its parser, which reads with patience."""
        if not self.initialized:
            super().init()
            self.parser.unreader = PatientUnreader(self.sock)

    @property
    def clock(self) -> PatientUnreader:
        """What counts its time."""
        unreader: PatientUnreader = self.parser.unreader
        return unreader

    def arrived(self) -> bytes | None:
        """What lies ready to be read; b"" at the end, None if there is nothing yet."""
        try:
            came: bytes = self.sock.recv(MOST_HEAD_BYTES)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError:
            return b""
        return came

    def keep(self, came: bytes) -> None:
        """Put the next bytes of a head behind those that are here."""
        self.clock.buf.write(came)

    def has_sent(self) -> bool:
        """Whether any byte of its next request is here."""
        return bool(self.clock.buf.tell())

    def has_head(self) -> bool:
        """Whether a parser would wait for nothing more: the head is whole, too long, or garbled."""
        head: bytes = self.clock.buf.getvalue()
        return (
            head.find(b"\r\n\r\n", 2) >= 0  # one empty line may stand before it
            or len(head) > MOST_HEAD_BYTES
            or head.count(b"\n") != head.count(b"\r\n")
        )

    def close(self, graceful: bool = False) -> None:
        """Close it; gracefully means after a while, so that the answer arrives."""
        if graceful:
            self._see_off(self)
        else:
            super().close()
