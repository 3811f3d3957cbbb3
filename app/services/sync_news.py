"""A look for new copies at Discogs: one call mostly, where reading all of a collection takes many.

The newest copies are listed first and read up to a page of nothing but known ones. If Discogs then
counts as many as the shelf has of it, nothing has come or gone that was missed. What changed about
older copies (folder, grades, notes) is not seen: a full sync sees that.
"""

from __future__ import annotations

from sqlalchemy import func, select

from app.domain.records import CollectionPage
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, Folder, Run, Tombstone
from app.queries import run_status
from app.services import catalogue_lock, runs, schedules
from app.services.copy_writer import store_copies
from app.services.enrich import health
from app.services.listing_ahead import PER_PAGE
from app.services.providers import DISCOGS, DiscogsAccess
from app.services.runs import Lease

# So many new copies are as well read in a full sync.
MOST_PAGES = 5
QUICK = "quick"


def is_wanted(run: Run) -> bool:
    """Whether the run is to look for new copies first, and has not begun to read all."""
    return bool(run.cursor.get(QUICK)) and "page" not in run.cursor


def look(lease: Lease, access: DiscogsAccess, username: str) -> bool:
    """Store what is new; True if that is all, and the run has ended. 1 call, more if much is new.

    False if only a full sync can tell: the first one, another account, a new folder, an entry that
    cannot be read, or copies that are gone. Raises as the client does.
    """
    last = run_status.last_done(lease.owner_id, "sync")
    account = last.cursor if last else {}
    known_as = str(account.get("username", ""))
    if not (known_as and "account" in account) or (
        username and username.casefold() != known_as.casefold()
    ):
        return False
    runs.progress(lease, phase="copies")
    db.session.commit()
    for number in range(1, MOST_PAGES + 1):
        page = _page(access, known_as, number)
        if page is None or page.odd or _has_a_new_folder(lease.owner_id, access, page):
            break
        before, now = _store(lease, access, page)
        if now == page.total:
            _end(lease, {"username": known_as, "account": account["account"], QUICK: True})
            return True
        if now == before or number >= page.pages:
            break
    db.session.commit()
    return False


def _page(access: DiscogsAccess, username: str, number: int) -> CollectionPage | None:
    try:
        return access.client.collection_page(
            username, number, per_page=PER_PAGE, sort="added", sort_order="desc"
        )
    except NotFoundError:  # renamed: the full sync finds out
        return None


def _has_a_new_folder(owner_id: int, access: DiscogsAccess, page: CollectionPage) -> bool:
    """Whether a copy lies in a folder we were not told of; only its owner is told of any."""
    told = {copy.folder_discogs_id for copy in page.copies if copy.folder_discogs_id}
    known = select(Folder.discogs_id).where(
        Folder.owner_id == owner_id, Folder.discogs_id.in_(told)
    )
    return access.is_owner and bool(told.difference(db.session.scalars(known)))


def _store(lease: Lease, access: DiscogsAccess, page: CollectionPage) -> tuple[int, int]:
    """Store a page; how many copies there should be at Discogs before and after that. Commits."""
    catalogue_lock.hold(lease.owner_id)
    before = _listed(lease.owner_id)
    changes = store_copies(lease.owner_id, page.copies)
    changes.keep(lease.run_id)
    run = runs.get(lease.owner_id, lease.run_id)
    counts, done = changes.added_to(run.counts), run.done + len(page.copies)
    runs.progress(lease, counts=counts, done=done)
    health.note_answers(DISCOGS, access.client)
    now = _listed(lease.owner_id)
    db.session.commit()
    return before, now


def _listed(owner_id: int) -> int:
    """How many copies Discogs lists, if all is as it was: those put away here are among them."""
    here = select(func.count()).where(
        Copy.owner_id == owner_id,
        Copy.discogs_instance_id.is_not(None),
        Copy.removed_by.is_distinct_from("sync"),
    )
    emptied = select(func.count()).where(
        Tombstone.owner_id == owner_id, Tombstone.discogs_instance_id.is_not(None)
    )
    return (db.session.scalar(here) or 0) + (db.session.scalar(emptied) or 0)


def _end(lease: Lease, cursor: dict[str, object]) -> None:
    catalogue_lock.hold(lease.owner_id)
    runs.progress(lease, phase="done", cursor=cursor)
    runs.end(lease, "done", None)
    schedules.after_sync(lease.owner_id)
