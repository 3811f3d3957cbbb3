"""pg_dump, pg_restore and psql, which come with PostgreSQL: found, run, their complaints told."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import URL

from app.services.backups.folder import BackupFailedError, UntouchedError

PLACE = Path("/usr/lib/postgresql")
PACKAGE = "postgresql-client"


def program(name: str) -> str:
    """Where a program is. Raises BackupFailedError with what to do where it is missing."""
    found = shutil.which(name) or _among_versions(name)
    if found is None:
        raise BackupFailedError(
            f"{name} is missing, which backups of PostgreSQL need. Install {PACKAGE} of the "
            "version of the server, or one newer."
        )
    return found


def _among_versions(name: str) -> str | None:
    there = [each for each in PLACE.glob(f"*/bin/{name}") if each.parts[-3].isdigit()]
    newest = max(there, key=lambda each: int(each.parts[-3]), default=None)
    return str(newest) if newest else None


def address(url: URL, database: str = "") -> tuple[str, dict[str, str]]:
    """How the programs find the database: an address without the password, and the environment."""
    words = url.set(drivername="postgresql", password=None)
    if database:
        words = words.set(database=database)
    environment = {**os.environ, "LC_ALL": "C", "PGCONNECT_TIMEOUT": "10"}
    if url.password:
        environment["PGPASSWORD"] = str(url.password)
    return words.render_as_string(), environment


def run(what: str, words: list[str], environment: dict[str, str] | None = None) -> None:
    """Run a program to its end. Raises UntouchedError with its complaint.

    All that we run read, or write in one transaction.
    """
    done = subprocess.run(
        [program(words[0]), *words[1:]],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise UntouchedError(f"{what}: {complaint(done.stderr)}")


@contextmanager
def output_of(what: str, words: list[str]) -> Iterator[IO[bytes]]:
    """What a program writes, while it does. Raises BackupFailedError when it ends badly."""
    with subprocess.Popen(
        [program(words[0]), *words[1:]],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            yield process.stdout
        except BaseException:
            process.kill()
            raise
        told = process.stderr.read()
        if process.wait():
            raise BackupFailedError(f"{what}: {complaint(told)}")


def complaint(told: bytes) -> str:
    """The line of a program's last words that says what is wrong."""
    lines = [line.strip() for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[0][:400]
