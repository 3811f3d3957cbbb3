"""The front door: slow callers wait for themselves, and nobody else does."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path

import pytest

from app.serving import bodies
from app.web.imports import csv_routes
from tests.browser.live import LiveServer
from tests.servers import ROOT, free_port
from tests.standin.discogs import DiscogsStandIn

HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
FORM = (
    b"POST /import/sample HTTP/1.1\r\nHost: localhost\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n"
)
CROWD = 200


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a server with little patience, which counts what it is sent."""
    port = free_port()
    words = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "gunicorn"]
    words += ["-k", "tests.hasty.HastyWorker", "-b", f"127.0.0.1:{port}", "--threads", "2"]
    words += ["--no-control-socket", "--log-level", "error", "tests.hasty:application"]
    elsewhere = tmp_path_factory.mktemp("hasty")  # where no gunicorn.conf.py lies
    process = subprocess.Popen(words, cwd=elsewhere, env={**os.environ, "PYTHONPATH": str(ROOT)})
    give_up_at = time.monotonic() + 30
    while time.monotonic() < give_up_at and not _answers(port):
        time.sleep(0.05)
    yield port
    process.terminate()
    process.wait(timeout=20)


def _answers(port: int) -> bool:
    try:
        return ask(port, HEAD + b"Connection: close\r\n\r\n") != b""
    except ConnectionRefusedError:
        return False


@contextmanager
def call(port: int, *words: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as caller:
        for said in words:
            caller.sendall(said)
        yield caller


def ask(port: int, *words: bytes) -> bytes:
    """All that comes back until the server closes."""
    with call(port, *words) as caller:
        return heard(caller)


def heard(caller: socket.socket) -> bytes:
    pieces = iter(lambda: caller.recv(65536), b"")
    return b"".join(pieces)


def status_of(answer: bytes) -> int:
    return int(answer.split(maxsplit=2)[1])


def test_a_crowd_of_slow_callers_keeps_nobody_else_waiting(tmp_path: Path) -> None:
    opening = cycle([HEAD + b"X-", FORM + b"Content-Length: 90000\r\n\r\na"])
    with DiscogsStandIn() as discogs, ExitStack() as crowd:
        server = LiveServer(tmp_path, discogs)
        server.start()
        crowd.callback(server.kill)
        slow = [crowd.enter_context(call(server.port, next(opening))) for _ in range(CROWD)]

        took = []
        for _ in range(5):
            for caller in slow:
                caller.sendall(b"a")
            began = time.monotonic()
            page = HTTPConnection("127.0.0.1", server.port, timeout=20)
            page.request("GET", "/collection")
            assert page.getresponse().status == 200
            page.close()
            took.append(time.monotonic() - began)

        assert max(took) < 5


def test_a_head_that_trickles_in_is_given_up(hasty: int) -> None:
    with call(hasty, HEAD) as caller:
        began = time.monotonic()
        while time.monotonic() - began < 0.8:
            caller.sendall(b"X")
            time.sleep(0.1)

        assert status_of(heard(caller)) == 408


def test_a_body_that_trickles_in_is_given_up(hasty: int) -> None:
    with call(hasty, FORM, b"Content-Length: 90000\r\n\r\n") as caller:
        began = time.monotonic()
        while time.monotonic() - began < 0.8:
            caller.sendall(b"a")
            time.sleep(0.1)

        assert status_of(heard(caller)) == 408


def test_a_large_body_may_take_longer_than_a_small_one(hasty: int) -> None:
    with call(hasty, FORM, b"Connection: close\r\nContent-Length: 90000\r\n\r\n") as caller:
        for _ in range(9):
            caller.sendall(b"a" * 10_000)
            time.sleep(0.25)

        assert heard(caller).endswith(b"\r\n90000\r\n0\r\n\r\n")


def test_a_caller_that_says_nothing_is_left_without_a_word(hasty: int) -> None:
    assert ask(hasty) == b""


def test_a_body_in_chunks_arrives_whole(hasty: int) -> None:
    words = [b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"]
    words += [b"3\r\nabc\r\n", b"100000\r\n" + b"a" * 0x100000 + b"\r\n", b"0\r\n\r\n"]

    answer = ask(hasty, FORM, *words)

    assert answer.endswith(b"1048579\r\n0\r\n\r\n")


def test_a_body_that_breaks_off_never_reaches_the_app(hasty: int) -> None:
    with call(hasty, FORM, b"Content-Length: 5\r\n\r\nabc") as caller:
        caller.shutdown(socket.SHUT_WR)

        assert heard(caller) == b""


def test_a_caller_that_waits_for_a_word_before_it_sends_gets_it_once(hasty: int) -> None:
    head = b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 3\r\n\r\n"
    with call(hasty, FORM, head) as caller:
        assert caller.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        caller.sendall(b"abc")

        assert status_of(heard(caller)) == 200


def test_requests_in_a_row_on_one_connection_are_all_answered(hasty: int) -> None:
    last = HEAD + b"Connection: close\r\n\r\n"

    answer = ask(hasty, HEAD, b"\r\n", FORM, b"Content-Length: 3\r\n\r\nabc" + HEAD + b"\r\n", last)

    assert answer.count(b"HTTP/1.1 200 OK") == 4


@pytest.mark.parametrize("junk", [b"GET / HTTP/1.1\n\n", b"\x16\x03\x01\r\n\r\n", b"\r\n\r\nGET /"])
def test_junk_is_refused(hasty: int, junk: bytes) -> None:
    assert status_of(ask(hasty, junk)) in (400, 408)


def test_a_head_longer_than_the_main_loop_keeps_is_read_all_the_same(hasty: int) -> None:
    fields = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 4_000) for number in range(10))

    assert status_of(ask(hasty, HEAD, fields, b"Connection: close\r\n\r\n")) == 200


def test_who_stays_on_after_the_answer_holds_up_nobody(hasty: int) -> None:
    """Closing waits for the caller to hang up; it once did so where all others are met."""
    with ExitStack() as stayers:
        for _ in range(20):
            stayers.enter_context(call(hasty, HEAD, b"Connection: close\r\n\r\n"))
        began = time.monotonic()

        assert status_of(ask(hasty, HEAD, b"Connection: close\r\n\r\n")) == 200
        assert time.monotonic() - began < 5


def test_a_server_that_stops_does_not_wait_for_who_has_said_nothing(tmp_path: Path) -> None:
    with DiscogsStandIn() as discogs:
        server = LiveServer(tmp_path, discogs)
        server.start()
        with call(server.port):
            began = time.monotonic()
            assert server._process is not None
            os.kill(server._process.pid, signal.SIGTERM)
            server._process.wait(timeout=20)

    assert time.monotonic() - began < 4


def test_no_page_takes_more_than_is_collected_for_it() -> None:
    assert csv_routes.MOST_BYTES < bodies.MOST_BYTES
