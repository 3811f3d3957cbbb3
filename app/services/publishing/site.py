"""A shelf published into a folder: what would change, and the changing of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path

from app.domain import privacy
from app.extensions import db, reading
from app.services import preferences
from app.services.bulk import without_garbage_collection
from app.services.image_store import ImageStore
from app.services.publishing import run_log
from app.services.publishing.finding import Finder
from app.services.publishing.report import Report, Wish
from app.services.publishing.seen import remember
from app.services.publishing.site_folder import SiteFolder
from app.services.publishing.sources import Sources
from app.services.publishing.writing import Writer
from app.services.workplace import Workplace

Tell = Callable[[int, int], None]


def public_classes(owner_id: int) -> frozenset[str]:
    """The classes of fields this person lets out."""
    return privacy.chosen(preferences.get(owner_id, privacy.PREFERENCE))


def let_out(owner_id: int, names: Sequence[str]) -> None:
    """Choose the classes that go public. Commits."""
    preferences.put(owner_id, privacy.PREFERENCE, privacy.as_stored(names))


# Around all of it: what was read is gone by the time the collector looks again.
@without_garbage_collection()
def publish(
    workplace: Workplace,
    owner_id: int,
    path: Path,
    wish: Wish,
    tell: Tell = lambda done, total: None,
) -> Report:
    """Publish a shelf into a folder, or with `wish.dry` only say what would change.

    What was done is kept as a log in the instance folder too.

    `tell(done, total)` is called after some hundred pages and may raise to stop. Whatever stops it,
    every file is the old or the new one, and the next time goes on from there. No transaction may
    be open. Raises InvalidInputError, ConflictError, DiskFullError, NotFoundError.
    """
    folder, begun = SiteFolder(path), datetime.now(UTC)
    with _kept_alone(folder, wish):
        report = _published(workplace, owner_id, folder, wish, tell)
        if not wish.dry:
            run_log.keep(Path(workplace.settings.instance_path), path, begun, report)
    return report


@contextmanager
def _kept_alone(folder: SiteFolder, wish: Wish) -> Iterator[None]:
    """The folder as it is, to be looked at, or locked, to be changed."""
    with nullcontext() if wish.dry else folder.locked():
        folder.load()
        yield


def _published(
    workplace: Workplace, owner_id: int, folder: SiteFolder, wish: Wish, tell: Tell
) -> Report:
    with reading():
        public = public_classes(owner_id)
        sources = Sources(owner_id, public, workplace.settings.discogs_web_url)
        finder = Finder(sources, folder, wish)
        todo = finder.find()
        db.session.rollback()
    if wish.gives_addresses and not wish.dry:
        sources.slugs.save()
    store = ImageStore(workplace.settings.instance_path)
    writer = Writer(sources, folder, store, wish, finder)
    report = writer.write(todo, tell)
    if not wish.dry and writer.is_news:
        _close(owner_id, sources, folder, wish, finder)
    return report


def _close(owner_id: int, sources: Sources, folder: SiteFolder, wish: Wish, finder: Finder) -> None:
    """Have the next publishing know what was done. The manifest is written last."""
    if not wish.is_whole:
        folder.close(folder.memory, folder.images)
    elif sources.slugs.is_saved:
        finder.seen.differences("alias", sources.slugs.aliased)
        remember(owner_id, finder.seen)
        folder.close(finder.seen.as_told(), finder.images)
    else:
        # Addresses that were not given out may be others the next time.
        folder.close({}, finder.images)
