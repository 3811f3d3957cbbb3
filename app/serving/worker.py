"""gunicorn's worker with threads, for callers of whom some are slow."""

from __future__ import annotations

import resource
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import takewhile
from selectors import EVENT_READ
from threading import BoundedSemaphore
from typing import Any

from gunicorn import util
from gunicorn.http.message import Request
from gunicorn.workers.gthread import ThreadWorker

from app.serving.bodies import READERS, Bodies, CrowdedError
from app.serving.callers import Caller, TooSlowError

SPARE_THREADS = 64  # for requests without a body, however many bodies are being waited for
OPEN_FILES = 4096
MOST_LINGER_BYTES = 256 * 1024 * 1024

Waiting = dict[Caller, None]  # in the order in which their time ends


class PatientWorker(ThreadWorker):  # type: ignore[misc] # gunicorn carries no type hints
    """Times are in seconds; each second's worth of a body's bytes gives another second."""

    head_seconds = 10.0
    body_seconds = 20.0
    body_bytes_a_second = 2_000
    answer_seconds = 60.0  # for one piece of it to be accepted
    linger_seconds = 5.0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.places = BoundedSemaphore(self.cfg.threads)
        self.bodies = Bodies(self.body_seconds, self.body_bytes_a_second)
        self.arriving: Waiting = {}
        self.leaving: Waiting = {}

    def init_process(self) -> None:
        """Make room for a socket a caller, and serve until told to stop."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """As many threads as may ever wait; one is made only when no other is idle."""
        return ThreadPoolExecutor(self.cfg.threads + READERS + SPARE_THREADS)

    # --- the main loop ---

    def accept(self, listener: socket.socket) -> None:
        """Meet a new caller."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.enqueue_req(Caller(self._see_off, self.cfg, client, address, listener.getsockname()))

    def enqueue_req(self, conn: Caller) -> None:
        """Give a request to a thread as soon as its head is there."""
        conn.init()
        conn.clock.allow(self.head_seconds)
        if conn.has_head():
            super().enqueue_req(conn)
        else:
            self._await(conn, self.arriving, self._collect)

    def _collect(self, conn: Caller, _client: socket.socket) -> None:
        came = conn.arrived()
        if came == b"":
            self._dismiss(conn, self.arriving)
        elif came:
            conn.keep(came)
            if conn.has_head():
                self._take_off(conn, self.arriving)
                super().enqueue_req(conn)

    def _see_off(self, conn: Caller) -> None:
        """Say no more, but hear the caller out: what is left unread would undo our answer."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        self.nr_conns += 1
        conn.clock.allow(self.linger_seconds)
        self._await(conn, self.leaving, self._ignore)

    def _ignore(self, conn: Caller, _client: socket.socket) -> None:
        came = conn.arrived()
        conn.unheard_bytes += len(came or b"")
        if came == b"" or conn.unheard_bytes > MOST_LINGER_BYTES:
            self._dismiss(conn, self.leaving)

    def murder_pending(self) -> None:
        """Send those away whose time is over; who has said nothing, also when we stop."""
        super().murder_pending()
        for conn in _late(self.arriving):
            if conn.has_sent():
                self.handle_error(None, conn.sock, conn.client, TooSlowError())
            self._dismiss(conn, self.arriving)
        for conn in _late(self.leaving):
            self._dismiss(conn, self.leaving)
        if not self.alive:
            for conn in [conn for conn in self.arriving if not conn.has_sent()]:
                self._dismiss(conn, self.arriving)

    def _await(
        self, conn: Caller, among: Waiting, then: Callable[[Caller, socket.socket], None]
    ) -> None:
        conn.sock.setblocking(False)
        among[conn] = None
        self.poller.register(conn.sock, EVENT_READ, partial(then, conn))

    def _take_off(self, conn: Caller, among: Waiting) -> None:
        del among[conn]
        self.poller.unregister(conn.sock)

    def _dismiss(self, conn: Caller, among: Waiting) -> None:
        self._take_off(conn, among)
        self.nr_conns -= 1
        conn.close()

    # --- in a thread ---

    def handle_request(self, req: Request, conn: Caller) -> bool:
        """Wait for the body, then for a place at the app; whether the connection stays."""
        body = req.body
        with self.bodies.kept(req, conn) as req.body:
            conn.sock.settimeout(self.answer_seconds)
            try:
                with self.places:
                    return bool(super().handle_request(req, conn))
            except TimeoutError:
                self.log.debug("The caller does not take its answer.")
                return False
            finally:
                req.body = body

    def handle_error(self, req: Request | None, client: Any, addr: Any, exc: Exception) -> None:
        """Say what is wrong with a request that never reached the app."""
        if isinstance(exc, TooSlowError):
            _refuse(client, 408, "Request Timeout", "The request took too long to arrive.")
        elif isinstance(exc, CrowdedError):
            _refuse(client, 503, "Service Unavailable", "Too much arrives at once. Try again.")
        else:
            super().handle_error(req, client, addr, exc)


def _late(waiting: Waiting) -> list[Caller]:
    return list(takewhile(lambda conn: conn.clock.is_late, waiting))


def _refuse(client: socket.socket, status: int, reason: str, sentence: str) -> None:
    with suppress(OSError):
        util.write_error(client, status, reason, sentence)
