"""One deadline for a whole HTTP call.

The time-outs of `requests` start anew with every byte that arrives, so a server that sends one byte
a second can hold a call for hours. Here a timer cuts the connection when the call's time is up,
wherever the call is: waiting for an answer, in its headers or in its body.
(Looking up a name and connecting have no connection to cut yet; the connect time-out bounds those.)
"""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse

_calls_in_flight = threading.local()


class Deadline:
    """With-block around one call; `expired` says afterwards whether the call was cut."""

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self.expired = False

    def watch(self, sock: socket.socket) -> None:
        """Remember the connection this call waits on; cut it at once if time is already up."""
        with self._lock:
            self._socket = sock
        if self.expired:
            self._cut()

    def __enter__(self) -> Deadline:
        _calls_in_flight.deadline = self
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        with self._lock:  # the connection goes back to the pool: it is no longer ours to cut
            self._socket = None
        _calls_in_flight.deadline = None

    def _cut(self) -> None:
        with self._lock:
            self.expired = True
            if self._socket is not None:
                with contextlib.suppress(OSError):  # the other end was quicker
                    # Not SSLSocket.shutdown: that one must not run beside a read of this socket.
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class _Watched(HTTPConnection):
    """A connection that tells the deadline of its call which socket it waits on."""

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as urllib3 itself declares
        deadline: Deadline | None = getattr(_calls_in_flight, "deadline", None)
        if deadline is not None and isinstance(self.sock, socket.socket):
            deadline.watch(self.sock)
        return super().getresponse()


class _WatchedHTTPS(_Watched, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedHTTPS


_POOLS = {"http": _Pool, "https": _HTTPSPool}


class DeadlineAdapter(HTTPAdapter):
    """Transport of a `requests.Session` whose calls can be cut by a `Deadline`; never retries."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = _POOLS
        return manager
