"""Gatefold as people start it: gunicorn with its own settings, on a new instance folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config import Settings
from tests.servers import ROOT, ServerError, free_port
from tests.standin.discogs import DiscogsStandIn

STARTS_WITHIN_SECONDS = 60


class LiveServer:
    """A Gatefold that can be killed and started again, on the same port with the same database.

    Its Discogs is `discogs`; keyword arguments are settings. `output` is what all its lives said.
    """

    def __init__(self, instance: Path, discogs: DiscogsStandIn, **settings: str) -> None:
        self.instance, self.discogs = instance, discogs
        self.port = free_port()
        self._settings = settings
        self._log = instance / "output.txt"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base of its pages, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def output(self) -> str:
        """Everything it has written to its terminal."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def start(self) -> None:
        """Start it and wait until it is ready. Raises ServerError if it does not get there."""
        # Killed with its process group, or with the test process, however that ends.
        words = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "gunicorn"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*words, "-c", "gunicorn.conf.py", "run:app"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        give_up_at = time.monotonic() + STARTS_WITHIN_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > give_up_at:
                self.kill()
                raise ServerError(f"Gatefold does not start. It said:\n{self.output}")
            time.sleep(0.05)

    def kill(self) -> None:
        """kill -9 the master and its worker: nothing gets to say goodbye."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def _is_ready(self) -> bool:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (HTTPException, OSError):
            return False
        finally:
            connection.close()

    def _environment(self) -> dict[str, str]:
        """This machine's environment without its own settings, and with ours."""
        kept = {key: text for key, text in os.environ.items() if not _is_setting(key)}
        return kept | {
            "INSTANCE_PATH": str(self.instance),
            "SECRETS_FILE": str(self.instance / "no-secrets.json"),
            "PORT": str(self.port),
            **{name.upper(): value for name, value in self.discogs.settings.items()},
            **self._settings,
        }


def _is_setting(name: str) -> bool:
    return name.lower() in Settings.model_fields
