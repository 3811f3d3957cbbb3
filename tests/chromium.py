"""The browser of the browser tests: a Chromium that is on this machine or was fetched.

Like a server, it is never a reason to skip: what is missing is one sentence, and the test fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import playwright
from playwright.sync_api import Browser, sync_playwright

from tests.servers import ServerError, fetched, library_path

# A wait ends as soon as what it waits for is there, so a busy machine may take its time.
PATIENCE_MS = 30_000
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
UNPACKED = fetched("chromium")
STARTER = Path(__file__).with_name("chromium.sh")

# Playwright brings a node of its own, which wants a library a bare Debian lacks.
DRIVER = Path(playwright.__file__).parent / "driver" / "node"

# Its sandbox needs rights a container does not give; /dev/shm is often tiny there.
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium, driven by Playwright; it ends with the block."""
    path = find_browser()
    if path is None:
        raise ServerError("Chromium is missing or does not start; `make test` fetches it.")
    ours = {**environment(), "CHROMIUM": str(path)}
    with mock.patch.dict(os.environ, ours), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=STARTER, args=ARGUMENTS)
        yield browser
        browser.close()


def find_browser() -> Path | None:
    """A Chromium or Chrome, if there is one and Playwright can drive it here; else None."""
    on_path = next((found for name in NAMES if (found := shutil.which(name))), None)
    program = Path(on_path) if on_path else UNPACKED / "usr/lib/chromium/chromium"
    return program if _starts(program) and _starts(DRIVER) else None


def environment() -> dict[str, str]:
    """What unpacked programs need to find their libraries and fonts; empty if none are."""
    path = library_path(UNPACKED)
    if not path:
        return {}
    ours = {
        "LD_LIBRARY_PATH": path,
        "XDG_DATA_HOME": str(UNPACKED / "usr/share"),  # fontconfig looks for fonts there
    }
    if not Path("/etc/fonts/fonts.conf").exists():
        ours["FONTCONFIG_PATH"] = str(UNPACKED / "etc/fonts")
    return ours


def _starts(program: Path) -> bool:
    command, ours = [str(program), "--version"], {**os.environ, **environment()}
    if not program.exists():
        return False
    return not subprocess.run(command, env=ours, capture_output=True, check=False).returncode
