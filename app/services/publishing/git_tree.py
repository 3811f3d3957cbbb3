"""Committing what was published, where the site's folder belongs to a Git repository.

Only files Gatefold wrote and nobody changed since are committed. Nothing is fetched or pushed, and
no program that the folder names is run: hooks, signing, filters, a watcher of files and an editor
are all off. Whose name stands in the commit is Git's own setting, else Gatefold's.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import orjson

from app.errors import ConflictError, InvalidInputError
from app.services.publishing import programs
from app.services.publishing.site_files import PLACES, is_ours
from app.services.publishing.site_folder import MANIFEST, SiteFolder

GIT_SECONDS = 300.0
_AUTHOR = {"name": "Gatefold", "email": "gatefold@localhost"}
# Each would run a program, or wait for one, that the folder's own settings may name.
_OFF = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "commit.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
}
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
}
_FROM_LIST = ("--pathspec-from-file=-", "--pathspec-file-nul")
_FILTERS = r"^filter\..*\.(clean|process)$"


class GitTree:
    """A folder that is, or lies in, the work tree of a Git repository.

    Raises InvalidInputError or ConflictError, with what to do, where it cannot be committed to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._git = shutil.which("git") or ""
        if not self._git:
            raise InvalidInputError(
                "Git is missing, without which nothing can be committed. Install it (Debian: "
                "apt-get install git), or publish without a commit."
            )
        self._below = self._place()
        self.check()

    def check(self) -> None:
        """Make sure that a commit would be of nothing but ours. Raises ConflictError."""
        for name, what in _UNDER_WAY.items():
            path = self._told("rev-parse", "--git-path", name).rstrip("\n")
            if (self._folder / path).exists():
                raise ConflictError(
                    f"{self._folder} is in the middle of {what}. End that first, then publish."
                )
        if self._run("symbolic-ref", "--quiet", "HEAD").code:
            raise ConflictError(
                f"{self._folder} is on no branch (a detached HEAD), where a commit is easily lost. "
                f"Choose one first: git -C {self._folder} switch main"
            )
        foreign = [path for path in self._staged() if not self._is_ours(path)]
        if foreign:
            raise ConflictError(
                f"Changes that are not Gatefold's are staged in {self._folder} "
                f"({', '.join(foreign[:3])}). Commit or unstage them first, then publish."
            )
        scopes = self._run("config", "--show-scope", "--name-only", "--get-regexp", _FILTERS).said
        if any(not line.startswith(("system", "global")) for line in scopes.splitlines()):
            raise ConflictError(
                f"The Git settings of {self._folder} name programs that change files (filter). "
                "Gatefold does not run what a folder names; commit there by hand."
            )

    def commit(self) -> str:
        """Commit what Gatefold wrote, and say so; "" if nothing of it is new."""
        self.check()
        here, gone = self._here(), self._gone()
        # By force: what is ignored is not among them, unless it was committed before it was.
        self._told("add", "--force", *_FROM_LIST, given=_listed(here))
        states = self._staged() | dict.fromkeys([self._below + path for path in gone], "D")
        counts = _counts(list(states.values()))
        if not counts:
            return ""
        words = ("commit", "--quiet", "--no-verify", "--only", *_FROM_LIST)
        message = f"Publish the shelf: {counts}"
        self._told(*self._author(), *words, "-m", message, given=_listed([*here, *gone]))
        return f"Committed as {self._told('rev-parse', '--short', 'HEAD').strip()}: {counts}."

    def _place(self) -> str:
        """Where in its repository the folder is: "" or "path/". Raises InvalidInputError."""
        if self._folder.is_dir():
            told = self._run("rev-parse", "--is-inside-work-tree", "--show-prefix")
            state, _, below = told.said.partition("\n")
            is_ignored = self._run("check-ignore", "--quiet", MANIFEST).code == 0
            if told.code == 0 and state == "true" and not is_ignored:
                return below.rstrip("\n")
            if "dubious ownership" in told.complaint:
                raise InvalidInputError(
                    f"Git does not trust {self._folder}, which belongs to somebody else: "
                    f"git config --global --add safe.directory {self._folder}"
                )
        raise InvalidInputError(
            f"{self._folder} is not in a Git repository, so nothing can be committed. "
            f"Make one with: git init {self._folder}"
        )

    def _here(self) -> list[str]:
        """Files as Gatefold wrote them, but for those Git is told to ignore."""
        folder = SiteFolder(self._folder)
        folder.load()
        states = folder.states(folder.files.items())
        mine = [path for path, is_ in zip(folder.files, states, strict=True) if is_ == "same"]
        mine += [MANIFEST] if folder.is_ours else []
        ignored = self._run("check-ignore", "-z", "--stdin", given=_listed(mine)).said.split("\0")
        return sorted({*mine} - {*ignored})

    def _gone(self) -> list[str]:
        """Files that were Gatefold's in the last commit and are not there any more."""
        words = ("ls-tree", "-r", "-z", "--name-only", "HEAD", "--")
        told = self._run(*words, *PLACES)
        listed = self._run("cat-file", "blob", f"HEAD:./{MANIFEST}")
        if told.code or listed.code:
            return []
        try:
            files = orjson.loads(listed.said)["files"]
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return []
        ours = (path for path in told.said.split("\0") if path in files and is_ours(path))
        return [path for path in ours if not os.path.lexists(self._folder / path)]

    def _staged(self) -> dict[str, str]:
        """What is staged: A, M or D by the path in the repository."""
        words = ("--name-status", "-z", "--no-renames", "--no-ext-diff", "--no-relative")
        parts = self._told("diff", "--cached", *words).split("\0")
        return dict(zip(parts[1::2], parts[::2], strict=False))

    def _is_ours(self, path: str) -> bool:
        own = path.removeprefix(self._below)
        return path.startswith(self._below) and (own == MANIFEST or is_ours(own))

    def _author(self) -> list[str]:
        """Words that name us as author where Git knows nobody."""
        words = []
        for name, ours in _AUTHOR.items():
            if not self._run("config", f"user.{name}").said.strip():
                words += ["-c", f"user.{name}={ours}"]
        return words

    def _told(self, *words: str, given: bytes = b"") -> str:
        """What Git says. Raises ConflictError with its complaint."""
        done = self._run(*words, given=given)
        if done.code is None:
            raise ConflictError("Git took too long and was ended.")
        if done.code:
            raise ConflictError(f"Git refused: {_line(done.complaint)}.")
        return done.said

    def _run(self, *words: str, given: bytes = b"") -> programs.Ended:
        off = [part for name, value in _OFF.items() for part in ("-c", f"{name}={value}")]
        command = [self._git, "-C", str(self._folder), "--no-pager", *off]
        home = {
            each: os.environ[each] for each in ("HOME", "XDG_CONFIG_HOME") if each in os.environ
        }
        variables = programs.environment(
            **home, GIT_TERMINAL_PROMPT="0", GIT_EDITOR="false", GIT_NO_LAZY_FETCH="1"
        )
        if words[0] in ("add", "commit"):
            command.append("--literal-pathspecs")  # a name is a name, whatever signs are in it
        return programs.run([*command, *words], GIT_SECONDS, variables, given=given)


def _listed(paths: Iterable[str]) -> bytes:
    return b"".join(os.fsencode(path) + b"\0" for path in paths)


def _counts(states: list[str]) -> str:
    """ "3 new, 1 changed, 2 removed files"; "" for none."""
    words = {"A": "new", "M": "changed", "D": "removed"}
    told = [f"{states.count(one):,} {word}" for one, word in words.items() if one in states]
    return f"{', '.join(told)} {'file' if len(states) == 1 else 'files'}" if told else ""


def _line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    found = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (found or lines or ["it said nothing"])[0].rstrip(".")[:300]
