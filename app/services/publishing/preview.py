"""A look at the site as Hugo would make it, in a folder of the installation that nobody publishes.

`preview/source` is a whole site: the theme as it is shipped, and the pages. Each build stands in a
folder of its own below `preview/built`, under a name that cannot be guessed, and stays until a
newer one is whole.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from app.errors import InvalidInputError, NotFoundError
from app.services.publishing import hugo, site, theme
from app.services.publishing.report import Report, Wish
from app.services.publishing.site_files import read_json, told_plainly, write_small
from app.services.publishing.site_folder import MANIFEST, OURS
from app.services.workplace import Workplace

FOLDER = "preview"
ADDRESS = "/admin/preview"
# What is in a site beside its theme, and what Hugo may have left in the theme's folder.
_KEPT = {"content", "resources", MANIFEST, OURS}
_NOT_COPIED = shutil.ignore_patterns("public", "resources", "content", ".*")

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview that can be looked at: its secret name, and when its pages were made."""

    token: str
    made_at: float

    @property
    def at(self) -> datetime:
        """When, in UTC."""
        return datetime.fromtimestamp(self.made_at, UTC)


class PreviewFolder:
    """Where previews are made and read."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / FOLDER
        self._source = self.path / "source"
        self._built = self.path / "built"
        self._note = self.path / "preview.json"

    def find(self) -> Preview | None:
        """The newest preview; None before the first."""
        told = read_json(self._note)
        token, made_at = told.get("token"), told.get("made_at")
        if not isinstance(token, str) or not isinstance(made_at, int | float):
            return None
        return Preview(token, made_at) if token.isalnum() and self._of(token).is_dir() else None

    def file(self, token: str, path: str) -> Path:
        """A file of the newest preview by its address below `token`. Raises NotFoundError.

        Nothing outside is reached: no part may be hidden or lead upwards, and what is reached by a
        symlink is not there.
        """
        preview = self.find()
        if preview is None or not secrets.compare_digest(preview.token.encode(), token.encode()):
            raise NotFoundError("This preview is not there any more. Make a new one.")
        root = self._of(token).resolve()
        parts = path.split("/") if path else []
        if any(part.startswith(".") or "\\" in part or "\0" in part for part in parts):
            raise NotFoundError("There is no such page in the preview.")
        wanted = root.joinpath(*parts)
        try:
            found = wanted.resolve(strict=True)
        except OSError:
            found = None
        if found != wanted:
            raise NotFoundError("There is no such page in the preview.")
        return wanted

    def write_pages(self, workplace: Workplace, owner_id: int, tell: Tell) -> Report:
        """Write the theme and the pages the site would have; no address is given out for good.

        `tell(done, total)` may raise to stop. No transaction may be open. Raises InvalidInputError,
        ConflictError, DiskFullError.
        """
        with told_plainly(self.path):
            self._put_theme()
        wish = Wish(overwrite=True, gives_addresses=False)
        return site.publish(workplace, owner_id, self._source, wish, tell)

    def build(
        self,
        program: Path,
        keep_going: Callable[[], None],
        seconds: float = hugo.BUILD_SECONDS,
    ) -> Preview:
        """Have Hugo make the newest preview of what was written.

        `keep_going` may raise to stop; then, and if Hugo fails, the preview from before stays.
        Raises HugoFailedError, DiskFullError.
        """
        preview = Preview(secrets.token_hex(16), time.time())
        with told_plainly(self.path):
            self._sweep()
            self._built.mkdir(exist_ok=True)
            try:
                hugo.build(
                    *(program, self._source, self._of(preview.token)),
                    f"{ADDRESS}/{preview.token}/",
                    seconds=seconds,
                    keep_going=keep_going,
                    settings={"drawnInPage": "true"},
                )
                write_small(self._note, orjson.dumps(asdict(preview)))
            finally:
                self._sweep()
        return preview

    def _of(self, token: str) -> Path:
        return self._built / token

    def _put_theme(self) -> None:
        """Replace what is of the theme by the theme as it is shipped."""
        source = self._source
        shipped = theme.get()
        if source.is_symlink() or self.path.is_symlink():
            raise InvalidInputError(f"{source} is a symlink. Remove it first.")
        source.mkdir(parents=True, exist_ok=True)
        for entry in source.iterdir():
            if entry.name in _KEPT:
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        shutil.copytree(shipped, source, dirs_exist_ok=True, ignore=_NOT_COPIED)

    def _sweep(self) -> None:
        """Delete builds that are not the newest whole one."""
        newest = self.find()
        for entry in self._built.glob("*"):
            if newest is None or entry.name != newest.token:
                shutil.rmtree(entry, ignore_errors=True)
