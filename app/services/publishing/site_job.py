"""Publishing in the background: runs that tell how far they are and go on where they were stopped.

Three kinds: the publishing itself, a look at what it would change, and a preview of the site. The
cursor of a run says what was wished and, at its end, has the report.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.errors import ConflictError, GatefoldError, InvalidInputError
from app.extensions import db
from app.services import runs
from app.services.publishing import hugo, looked, site
from app.services.publishing.git_tree import GitTree
from app.services.publishing.preview import PreviewFolder
from app.services.publishing.report import Report, Wish
from app.services.publishing.site_folder import MANIFEST
from app.services.runs import Lease, StoppedError
from app.services.workplace import Workplace

KIND, LOOK, PREVIEW = "publish", "publish_look", "publish_preview"
FOLDER = "site"
LINES_KEPT = 200
NOT_COMMITTED = "The pages are in place, but nothing was committed. "

Cursor = dict[str, Any]
Tell = Callable[[int, int], None]


def folder_of(workplace: Workplace) -> Path:
    """Where the site stands that is published from the pages."""
    return Path(workplace.settings.instance_path) / FOLDER


def check(workplace: Workplace, folder: Path) -> None:
    """Raise InvalidInputError for a folder among those in which we keep other things."""
    ours, wanted = Path(workplace.settings.instance_path).resolve(), folder.resolve()
    if wanted.is_relative_to(ours) and wanted != ours / FOLDER:
        raise InvalidInputError(
            f"{folder} is where Gatefold keeps its own files. Of those, only "
            f"{folder_of(workplace)} is for a site; name that or a folder elsewhere."
        )


def is_published(workplace: Workplace) -> bool:
    """Whether something was published from the pages before."""
    return (folder_of(workplace) / MANIFEST).is_file()


def previews(workplace: Workplace) -> PreviewFolder:
    """Where the previews of this installation are."""
    return PreviewFolder(Path(workplace.settings.instance_path))


def run_publish(workplace: Workplace, lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Work on a publishing until it is done. Pages that are right already are passed over.

    Raises StoppedError soon after `should_stop()`, or what services.publishing.site raises.
    """
    cursor, tell = _begun(lease, should_stop)
    folder = folder_of(workplace)
    tree = GitTree(folder) if cursor.get("commit") else None
    report = site.publish(workplace, lease.owner_id, folder, _wish(cursor), tell)
    runs.progress(lease, phase="done", cursor={**cursor, "report": as_stored(report)})
    db.session.commit()
    message = told(report)
    if tree is not None:
        message = f"{message} {committed(tree)}"
    runs.end(lease, "done", message)


def run_look(workplace: Workplace, lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Find out what a publishing would change, and keep that. Raises as `run_publish` does."""
    cursor, tell = _begun(lease, should_stop)
    wish = Wish(
        everything=bool(cursor.get("everything")),
        release=cursor.get("release"),
        dry=True,
        diffs=looked.DIFFS_KEPT,
        diffs_of=("changed", "edited"),
    )
    report = site.publish(workplace, lease.owner_id, folder_of(workplace), wish, tell)
    looked.keep(Path(workplace.settings.instance_path), report, wish.release)
    runs.progress(lease, phase="done")
    runs.end(lease, "done", would_change(report))


def run_preview(workplace: Workplace, lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Make the preview of the site anew. Raises as `run_publish` does, and HugoFailedError."""
    cursor, tell = _begun(lease, should_stop)
    folder = previews(workplace)
    program = hugo.get(workplace.settings.hugo_binary)
    folder.write_pages(workplace, lease.owner_id, tell)
    runs.progress(lease, phase="hugo")
    db.session.commit()
    try:
        folder.build(program, lambda: _heed(should_stop))
    except hugo.HugoFailedError as error:
        runs.progress(lease, cursor={**cursor, "log": error.log})
        db.session.commit()
        raise
    runs.end(lease, "done", "The preview is ready.")


def committed(tree: GitTree) -> str:
    """Commit what was published; what to say of it. Raises ConflictError."""
    try:
        return tree.commit() or "Nothing new to commit."
    except GatefoldError as error:
        raise ConflictError(NOT_COMMITTED + str(error)) from error


def why_no_commit(workplace: Workplace) -> str:
    """Why what is published from the pages cannot be committed as it is; "" if it can."""
    try:
        GitTree(folder_of(workplace))
    except GatefoldError as error:
        return str(error)
    return ""


def as_stored(report: Report) -> dict[str, Any]:
    """A report for a page or a machine: counts, and the first lines of each list."""
    return {
        "new": len(report.new),
        "changed": len(report.changed),
        "orphaned": len(report.orphaned),
        "unchanged": report.unchanged,
        "edited": report.edited[:LINES_KEPT],
        "missing": len(report.missing),
        "without_picture": [list(each) for each in report.missing[:LINES_KEPT]],
    }


def told(report: Report) -> str:
    """A report in a sentence or two."""
    text = (
        f"{len(report.new):,} new, {len(report.changed):,} changed, "
        f"{len(report.orphaned):,} removed, {report.unchanged:,} unchanged."
    )
    if report.edited:
        stay = "stays as it is" if len(report.edited) == 1 else "stay as they are"
        text += f" {len(report.edited):,} changed by hand {stay}."
    return text


def would_change(report: Report) -> str:
    """A dry run in a sentence."""
    counts = len(report.new), len(report.changed), len(report.orphaned)
    return "Would change: +{:,} ~{:,} −{:,}. Nothing was written.".format(*counts)


def stored_report(cursor: Mapping[str, Any]) -> dict[str, Any] | None:
    """The report a run that has ended left in its cursor."""
    found = cursor.get("report")
    return dict(found) if isinstance(found, dict) else None


def _begun(lease: Lease, should_stop: Callable[[], bool]) -> tuple[Cursor, Tell]:
    """The cursor of a run, and how it tells how far it is."""
    cursor = dict(runs.get(lease.owner_id, lease.run_id).cursor)
    db.session.commit()

    def tell(done: int, total: int) -> None:
        _heed(should_stop)
        runs.progress(lease, phase="pages", done=done, total=total)
        db.session.commit()

    return cursor, tell


def _heed(should_stop: Callable[[], bool]) -> None:
    if should_stop():
        raise StoppedError("Told to stop between two steps.")


def _wish(cursor: Cursor) -> Wish:
    named = cursor.get("overwrite")
    return Wish(
        everything=bool(cursor.get("everything")),
        release=cursor.get("release"),
        overwrite_only=frozenset(named if isinstance(named, list) else ()),
    )
