"""Collecting the body of a request before the app sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from threading import BoundedSemaphore
from typing import IO, Any

from gunicorn.http.errors import NoMoreData
from gunicorn.http.message import Request

from app.serving.callers import Caller

READERS = 256
# More than any page takes. What is longer is read no further, and the page refuses it.
MOST_BYTES = 66 * 1024 * 1024
BYTES_IN_MEMORY = 512 * 1024
MOST_FILES = 16  # lie on the disk at once: a gigabyte
_PIECE = 1 << 18


class CrowdedError(Exception):
    """Too many requests with a body are on their way at once."""


@dataclass(frozen=True, slots=True)
class Bodies:
    """Collects bodies, each within `seconds` and one more for every `bytes_a_second` that come."""

    seconds: float
    bytes_a_second: float
    _readers: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(READERS))
    _files: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_FILES))

    @contextmanager
    def kept(self, request: Request, caller: Caller) -> Iterator[Any]:
        """The whole body as a file; untouched when it is empty, or too long for any page.

        Raises TooSlowError, CrowdedError, and NoMoreData when the caller is gone.
        """
        length = _announced(request)
        if length == 0:
            yield request.body
        elif length is not None and length > MOST_BYTES:
            request.force_close()
            request._expected_100_continue = False  # it need not even begin
            yield request.body
        else:
            with ExitStack() as held, SpooledTemporaryFile(BYTES_IN_MEMORY) as file:
                _invite(request, caller)
                caller.clock.allow(self.seconds, self.bytes_a_second)
                size = self._copy(request, file, held)
                if length is not None and size < length:
                    raise NoMoreData
                file.seek(0)
                yield file

    def _copy(self, request: Request, file: IO[bytes], held: ExitStack) -> int:
        """Read the body into `file`; its size in bytes. `held` gives back the place on the disk."""
        if not self._readers.acquire(blocking=False):
            raise CrowdedError
        size, on_disk = 0, False
        try:
            while size <= MOST_BYTES and (piece := request.body.read(_PIECE)):
                size += len(piece)
                if size > BYTES_IN_MEMORY and not on_disk:
                    on_disk = self._take_a_file(held)
                file.write(piece)
        finally:
            self._readers.release()
        if size > MOST_BYTES:
            request.force_close()
        return size

    def _take_a_file(self, held: ExitStack) -> bool:
        if not self._files.acquire(blocking=False):
            raise CrowdedError
        held.callback(self._files.release)
        return True


def _announced(request: Request) -> int | None:
    """How many bytes the body has, as the head says; None if it comes in chunks."""
    named = dict(request.headers)
    return None if "TRANSFER-ENCODING" in named else int(named.get("CONTENT-LENGTH", 0))


def _invite(request: Request, caller: Caller) -> None:
    """Ask for the body if the caller waits for that; gunicorn would ask when it is read."""
    if request._expected_100_continue:
        request._expected_100_continue = False
        caller.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
