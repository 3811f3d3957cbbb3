"""The Hugo that builds the published site in tests: on this machine, or fetched by `make test`.

`HUGO_BINARY=… make test TESTS=tests/hugo` tries the theme with another one. Like a server, Hugo is
never a reason to skip: what is missing is one sentence, and the test fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.servers import ServerError, fetched, library_path

UNPACKED = fetched("hugo")


def find_hugo() -> Path | None:
    """A Hugo that starts here, or None."""
    on_path = shutil.which(os.environ.get("HUGO_BINARY") or "hugo")
    program = Path(on_path) if on_path else UNPACKED / "usr/bin/hugo"
    starts = program.exists() and not _run([str(program), "version"], _environment()).returncode
    return program if starts else None


def setting(folder: Path) -> Path:
    """What HUGO_BINARY is for it: itself, or a script in `folder` that finds its libraries."""
    program = find_hugo()
    if program is None:
        raise ServerError("Hugo is missing or does not start; `make test` fetches it.")
    path = library_path(UNPACKED)
    if not path:
        return program
    script = folder / "hugo"
    script.write_text(f'#!/bin/sh\nLD_LIBRARY_PATH={path} exec {program} "$@"\n')
    script.chmod(0o755)
    return script


def build(site: Path, base_url: str) -> str:
    """Build `site` into its folder public, for `base_url`; what Hugo said, also when it failed."""
    words, environment = command("--source", str(site), "--baseURL", base_url, "--panicOnWarning")
    done = _run(words, environment)
    said = done.stdout + done.stderr
    return said if not done.returncode else f"{said}\nERROR hugo ended with {done.returncode}"


def command(*words: str) -> tuple[list[str], dict[str, str]]:
    """What starts Hugo with these words, and in which environment."""
    program = find_hugo()
    if program is None:
        raise ServerError("Hugo is missing or does not start; `make test` fetches it.")
    return [str(program), *words], _environment()


def _environment() -> dict[str, str]:
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    if path := library_path(UNPACKED):
        environment["LD_LIBRARY_PATH"] = path
    return environment


def _run(words: list[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
