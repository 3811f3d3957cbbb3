"""Hugo, which makes a site of what was published: where it is, whether it fits, and building."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from app.errors import InvalidInputError
from app.services.publishing import programs

LEAST = (0, 111)
VERSION_SECONDS = 20.0
BUILD_SECONDS = 1_800.0
LOG_CHARACTERS = 20_000
HOW_TO_GET = (
    "Install Hugo 0.111 or newer (Debian: apt-get install hugo, macOS: brew install hugo), or name "
    "it in the setting HUGO_BINARY."
)
_VERSION = re.compile(r"\bv(\d+)\.(\d+)")


class HugoFailedError(InvalidInputError):
    """Hugo could not build the site; `log` is what it said."""

    def __init__(self, message: str, log: str) -> None:
        super().__init__(message)
        self.log = log


def find(setting: Path | None) -> Path | None:
    """The program: the one that is set, else the one on PATH; None if there is none."""
    found = shutil.which(str(setting) if setting else "hugo")
    return Path(found) if found else None


def get(setting: Path | None) -> Path:
    """The program, new enough. Raises InvalidInputError that says how to get it."""
    program = find(setting)
    if program is None:
        where = f"There is no program {setting}" if setting else "Hugo is not installed here"
        raise InvalidInputError(f"{where}. {HOW_TO_GET} Publishing works without it.")
    told = _run(program, ["version"], VERSION_SECONDS, Path("/"))
    version = _VERSION.search(told.said)
    if version is None:
        raise InvalidInputError(f"{program} does not start as Hugo does. {HOW_TO_GET}")
    if (int(version[1]), int(version[2])) < LEAST:
        raise InvalidInputError(f"{program} is Hugo {version[1]}.{version[2]}. {HOW_TO_GET}")
    return program


def build(
    program: Path,
    source: Path,
    target: Path,
    base_url: str,
    *,
    seconds: float = BUILD_SECONDS,
    keep_going: Callable[[], None] = lambda: None,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Build the site in `source` into the new folder `target`; what Hugo said.

    `settings` are parameters of the site that hold for this time. `keep_going` is called all the
    while and may raise to stop. Hugo ends in any case, also after `seconds`. Raises
    HugoFailedError.
    """
    cache = source.parent / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    options = {"source": source, "destination": target, "baseURL": base_url, "cacheDir": cache}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    told = {f"HUGO_PARAMS_{name.upper()}": value for name, value in (settings or {}).items()}
    done = _run(program, [*words, "--noBuildLock"], seconds, cache, keep_going, told)
    log = f"{done.said}\n{done.complaint}".strip()[-LOG_CHARACTERS:]
    if done.code is None:
        raise HugoFailedError(f"Hugo took longer than {seconds / 60:.0f} minutes; ended.", log)
    if done.code:
        raise HugoFailedError(f"Hugo could not build the site: {_first_error(log)}", log)
    return log


def _run(
    program: Path,
    words: list[str],
    seconds: float,
    home: Path,
    keep_going: Callable[[], None] = lambda: None,
    told: Mapping[str, str] | None = None,
) -> programs.Ended:
    variables = programs.environment(
        **(told or {}),
        HOME=str(home),
        # Nothing is fetched and nothing else is started while it builds.
        HUGO_SECURITY_EXEC_ALLOW="none",
        HUGO_SECURITY_HTTP_URLS="none",
    )
    try:
        return programs.run([str(program), *words], seconds, variables, keep_going=keep_going)
    except OSError as error:
        raise InvalidInputError(f"{program} does not start: {error.strerror}.") from error


def _first_error(log: str) -> str:
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"(ERROR|Error|panic)\b", line)]
    return (errors or lines[-1:] or ["it said nothing"])[0][:400]
