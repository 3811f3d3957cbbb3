"""A threaded HTTP server on 127.0.0.1 that remembers its requests and misbehaves on demand."""

from __future__ import annotations

import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.standin.faults import FAULTS, Fault
from tests.standin.messages import Reply, Request


class StandIn:
    """Base of all stand-ins: `with` starts and stops it, subclasses `answer` a request.

    `requests` lists what came, `delay` (seconds) slows every answer, and its clock is
    `clock_ahead` seconds ahead.
    """

    def __init__(self, port: int = 0) -> None:
        self.requests: list[Request] = []
        self.delay = 0.0
        self.clock_ahead = 0.0
        self.stopping = threading.Event()
        self.lock = threading.RLock()
        self._faults: list[Fault] = []
        self._server = _Server(("127.0.0.1", port), Handler)
        self._server.stand_in = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    def answer(self, request: Request) -> Reply:
        """The honest answer to `request`; called for one request at a time."""
        raise NotImplementedError

    @property
    def url(self) -> str:
        """Base of all its addresses, without a slash at the end."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def calls(self, path_prefix: str = "/") -> int:
        """How many requests came whose path starts so."""
        return sum(request.path.startswith(path_prefix) for request in self.requests)

    @property
    def counts(self) -> Counter[str]:
        """How many requests came for each path."""
        return Counter(request.path for request in self.requests)

    def fail_next(self, path_prefix: str, kind: str, times: int = 1, **how: Any) -> None:
        """Answer the next requests below `path_prefix` with a fault of tests.standin.faults."""
        if kind not in FAULTS:
            raise ValueError(f"no fault {kind!r}; there are {', '.join(sorted(FAULTS))}")
        self._faults.append(Fault(path_prefix, kind, times, how))

    def recover(self) -> None:
        """Meet no more faults."""
        with self.lock:
            self._faults.clear()

    def start(self) -> None:
        """Serve in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving; calls that hang are dropped."""
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def receive(self, request: Request) -> Fault | None:
        """Note a request down; the fault it is to meet, if any."""
        with self.lock:
            self.requests.append(request)
            for fault in self._faults:
                if fault.times > 0 and request.path.startswith(fault.path_prefix):
                    fault.times -= 1
                    return fault
        return None

    def honest(self, request: Request) -> Reply:
        """The answer, made by one thread at a time."""
        with self.lock:
            return self.answer(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    stand_in: StandIn

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients hang up on us all the time here: that is the point, not an error."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _handle(self) -> None:
        stand_in = self.server.stand_in
        request = self._read()
        fault = stand_in.receive(request)
        if stand_in.delay:
            stand_in.stopping.wait(stand_in.delay)
        if fault is None:
            self.reply(stand_in.honest(request))
        else:
            FAULTS[fault.kind](self, fault.how, lambda: stand_in.honest(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815  # names of the library

    def _read(self) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=unquote(parts.path),
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=self.headers,
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            target=self.path,
            address=self.client_address[0],
            port=self.client_address[1],
        )

    def reply(self, reply: Reply, *, promised_bytes: int | None = None) -> None:
        """Send `reply`; with `promised_bytes` its length is a lie and the connection ends."""
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(promised_bytes or len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)
        self.close_connection = self.close_connection or promised_bytes is not None

    def wait(self, seconds: float) -> bool:
        """Do nothing for a while; True if the server is being stopped."""
        return self.server.stand_in.stopping.wait(seconds)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The time by the stand-in's clock."""
        now = time.time() if timestamp is None else timestamp
        return super().date_time_string(now + self.server.stand_in.clock_ahead)

    def log_message(self, *args: Any) -> None:
        """Silent: `requests` is the log."""
