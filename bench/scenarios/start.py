"""From nothing to the first answer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from urllib.error import URLError
from urllib.request import urlopen

from bench.figures import Figure
from bench.shelves import ROOT, filled_shelf

STARTS = 3
GIVE_UP_AFTER = 60.0
AT_MOST = 2.0
BARE_APP = 'from flask import Flask\napp = Flask(__name__)\napp.get("/healthz")(lambda: "alive")\n'


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Starting gunicorn on a shelf, beside starting it on a Flask app that can do nothing."""
    for size in sizes:
        alive, shown, bare = [], [], []
        for _ in range(STARTS):
            with filled_shelf(size) as folder, _ours(folder) as (url, begun):
                alive.append(_first_answer(f"{url}/healthz", begun))
                shown.append(_first_answer(f"{url}/collection", begun))
            with _bare() as (url, begun):
                bare.append(_first_answer(f"{url}/healthz", begun))
        figure = partial(Figure, "start", size=size)
        yield figure(name="to the first answer", value=median(alive), unit="s", at_most=AT_MOST)
        yield figure(name="to the first collection page", value=median(shown), unit="s")
        slower = median(ours / least for ours, least in zip(alive, bare, strict=True))
        yield figure(name="first answer ÷ bare app", value=slower, unit="ratio", at_most=3)


@contextmanager
def _ours(folder: Path) -> Iterator[tuple[str, float]]:
    port = _free_port()
    settings = {"INSTANCE_PATH": str(folder), "PORT": str(port), "LOG_LEVEL": "ERROR"}
    with _gunicorn(ROOT, "run:app", **settings) as begun:
        yield f"http://127.0.0.1:{port}", begun


@contextmanager
def _bare() -> Iterator[tuple[str, float]]:
    port = _free_port()
    with TemporaryDirectory() as folder:
        (Path(folder) / "bare.py").write_text(BARE_APP, encoding="utf-8")
        arguments = ("--no-control-socket", "--threads", "8", "-b", f"127.0.0.1:{port}")
        with _gunicorn(Path(folder), *arguments, "bare:app") as begun:
            yield f"http://127.0.0.1:{port}", begun


@contextmanager
def _gunicorn(folder: Path, *arguments: str, **settings: str) -> Iterator[float]:
    """A server on the code (and the gunicorn.conf.py, if any) in `folder`; when it was started."""
    begun = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield begun
    finally:
        server.terminate()
        server.wait(timeout=30)


def _first_answer(url: str, begun: float) -> float:
    """Seconds from `begun` until `url` answers 200. Raises TimeoutError."""
    while time.perf_counter() - begun < GIVE_UP_AFTER:
        try:
            with urlopen(url, timeout=GIVE_UP_AFTER):
                return time.perf_counter() - begun
        except (URLError, ConnectionError):
            time.sleep(0.01)
    raise TimeoutError(f"{url} did not answer within {GIVE_UP_AFTER:g} s")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
