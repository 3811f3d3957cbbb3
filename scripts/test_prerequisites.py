"""Fetches the PostgreSQL, Chromium and Hugo that tests need, unless this machine has them.

Debian's own packages are unpacked into a folder of ours: nothing is installed, no service starts,
and nobody has to be root. (As root Chromium is installed: that brings its fonts and settings.)
Redis needs nothing, its program comes with the Python packages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.chromium import UNPACKED, find_browser
from tests.hugo_program import UNPACKED as HUGO
from tests.hugo_program import find_hugo
from tests.servers import ROOT, fetched, find_postgres

APT = ROOT / ".cache" / "apt"


class MissingError(Exception):
    """Something could not be fetched; the message says what a person can do."""


def main() -> int:
    """Exit code 0 if everything is there (now), else 1 with one line for each missing piece."""
    problems = []
    pieces = (
        (find_postgres, fetch_postgres),
        (find_browser, fetch_browser),
        (find_hugo, fetch_hugo),
    )
    for find, fetch in pieces:
        try:
            if find() is None:
                fetch()
            if find() is None:
                raise MissingError(f"{fetch.__name__} left nothing usable")
        except MissingError as error:
            problems.append(str(error))
    print("\n".join(problems), end="\n" if problems else "", file=sys.stderr)
    return 1 if problems else 0


def fetch_postgres() -> None:
    print("Fetching PostgreSQL for the tests …", flush=True)
    try:
        unpack("postgresql", into=fetched("postgresql"))
    except MissingError as error:
        raise MissingError(
            f"Tests need PostgreSQL 15 or newer: apt-get install postgresql ({error})"
        ) from error


def fetch_browser() -> None:
    """Chromium, and the one library Playwright's own program wants beside it."""
    print("Fetching Chromium for the tests …", flush=True)
    packages = ("chromium", "libatomic1")
    try:
        if os.geteuid() == 0:
            apt("update")
            apt("install", "--yes", "--no-install-recommends", *packages)
        else:
            unpack(*packages, into=UNPACKED)
    except MissingError as error:
        raise MissingError(
            f"Tests need Chromium: apt-get install {' '.join(packages)} ({error})"
        ) from error


def fetch_hugo() -> None:
    print("Fetching Hugo for the tests …", flush=True)
    try:
        unpack("hugo", into=HUGO)
    except MissingError as error:
        raise MissingError(f"Tests need Hugo: apt-get install hugo ({error})") from error


def unpack(*packages: str, into: Path) -> None:
    """Download Debian packages with all they need that is not installed, and unpack them."""
    downloads = APT / "downloads"
    make_empty(downloads)
    apt("update")
    plan = apt("install", "--simulate", "--no-install-recommends", *packages)
    names = re.findall(r"^Inst (\S+)", plan, flags=re.MULTILINE)
    if not names:
        raise MissingError("it is installed, but does not start")
    apt("download", *names, folder=downloads)
    half_done = into.with_name(f"{into.name}.new")
    make_empty(half_done)
    for deb in sorted(downloads.glob("*.deb")):
        run(["dpkg", "--extract", str(deb), str(half_done)])
    shutil.rmtree(into, ignore_errors=True)
    half_done.rename(into)
    shutil.rmtree(downloads)


def make_empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def apt(*words: str, folder: Path = ROOT) -> str:
    """What apt-get says; where we may not write Debian's package lists it keeps its own."""
    options = ["-qq"] if words[0] == "update" else ["-q"]
    if os.geteuid() != 0:
        (APT / "lists" / "partial").mkdir(parents=True, exist_ok=True)
        (APT / "cache" / "archives" / "partial").mkdir(parents=True, exist_ok=True)
        options += ["-o", f"Dir::State::Lists={APT / 'lists'}", "-o", f"Dir::Cache={APT / 'cache'}"]
    return run(["apt-get", *options, *words], folder)


def run(command: list[str], folder: Path = ROOT) -> str:
    """Run a command without asking anything; its last words are the error if it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    try:
        done = subprocess.run(
            command,
            env=environment,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        raise MissingError(f"{command[0]} is not on this machine") from None
    if done.returncode:
        raise MissingError((done.stderr.strip() or done.stdout.strip()).splitlines()[-1])
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
