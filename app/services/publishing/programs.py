"""Running a program of others: for so long, in a bare environment, ended with all it started."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, NamedTuple

MOST_BYTES = 64_000_000
_LOOK_SECONDS = 0.1
# What a program may know of ours: where programs and their libraries are, and nothing else.
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")


class Ended(NamedTuple):
    """How a program ended: its code (None: it took too long), what it said, what it complained."""

    code: int | None
    said: str
    complaint: str


def environment(**more: str) -> dict[str, str]:
    """What a program of others is started with: no secret of ours, English, UTF-8."""
    ours = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**ours, "LC_ALL": "C.UTF-8", **more}


def run(
    words: Sequence[str],
    seconds: float,
    variables: Mapping[str, str],
    *,
    given: bytes = b"",
    folder: Path | None = None,
    keep_going: Callable[[], None] = lambda: None,
) -> Ended:
    """Run `words` (no shell) for at most so many seconds.

    `given` is what it can read. `keep_going` is called all the while and may raise to stop; then,
    and when the time is up, the program ends with everything it started. Raises OSError if it does
    not start.
    """
    with (
        tempfile.TemporaryFile() as read,
        tempfile.TemporaryFile() as said,
        tempfile.TemporaryFile() as complaint,
    ):
        read.write(given)
        read.seek(0)
        process = subprocess.Popen(
            [*_dying_with_us(), *words],
            stdin=read,
            stdout=said,
            stderr=complaint,
            env=dict(variables),
            cwd=folder,
            start_new_session=True,
        )
        try:
            code = _wait(process, seconds, keep_going)
        finally:
            _end(process)
        return Ended(code, _text(said), _text(complaint))


def _dying_with_us() -> list[str]:
    """Words before a command that end it with the thread that started it, even by `kill -9`."""
    program = shutil.which("setpriv")  # Linux has it
    return [program, "--pdeathsig", "KILL"] if program else []


def _wait(
    process: subprocess.Popen[bytes], seconds: float, keep_going: Callable[[], None]
) -> int | None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        keep_going()
        with suppress(subprocess.TimeoutExpired):
            return process.wait(_LOOK_SECONDS)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and all it started, which share its session."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _text(told: IO[bytes]) -> str:
    """The end of what was told, which is as much as fits."""
    told.seek(max(told.seek(0, os.SEEK_END) - MOST_BYTES, 0))
    return told.read().decode("utf-8", "replace")
