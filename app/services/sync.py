"""Bringing a Discogs collection in, and again: one listing, page after page.

The copies of a page, the note that they were met and the page number are stored in one commit, with
those of the next pages if they have come. So a crash repeats at most the calls in flight. Copies
that were not met are put away only after a listing whose count is right.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import delete, func, select

from app.clients.discogs import DiscogsClient
from app.domain.pace import Bound
from app.domain.records import (
    CollectionPage,
    CopyRecord,
    FieldRecord,
    FolderRecord,
    IdentityRecord,
)
from app.errors import NotFoundError, ProviderError
from app.extensions import db, repeatable
from app.models import Run, RunEvent, RunSeen
from app.services import catalogue_lock, folders, kept_pages, runs, schedules, sync_news
from app.services.bulk import IdSource, insert_rows
from app.services.copy_writer import store_copies
from app.services.enrich import health
from app.services.limits import sleeping_until_told
from app.services.listing_ahead import PER_PAGE, ListingAhead
from app.services.providers import DISCOGS, DiscogsAccess, discogs_for, note_name
from app.services.runs import Lease, StoppedError
from app.services.sweep import sweep
from app.services.workplace import Workplace

MOST_READINGS = 3
# So long what was asked for is still taken when told to stop.
LAST_SECONDS = 2.0


def run_sync(workplace: Workplace, lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Work on a sync until it is done; goes on where a former worker stopped.

    Where the run's cursor is `quick` it only looks for what is new, if that will do. Raises
    StoppedError soon after `should_stop()`, or the provider errors of app.errors; everything stored
    so far stays.
    """
    run = runs.get(lease.owner_id, lease.run_id)
    is_over = threading.Event()
    sleep = sleeping_until_told(lambda: is_over.is_set() or should_stop())
    access = discogs_for(workplace, lease.owner_id, run.cursor.get("username", ""), sleep=sleep)
    username = run.cursor.get("username") or access.username
    db.session.commit()
    ahead = ListingAhead(access.client, lease, is_over)
    with repeatable(), _faults_noted(access), closing(access.client), closing(ahead) as listing:
        if sync_news.is_wanted(run) and sync_news.look(lease, access, username):
            return
        if "page" not in run.cursor:
            _begin(lease, access, username, listing)
        while not should_stop():
            if _read_next_pages(lease, access, listing):
                return
        listing.ask_no_more()
        enough = time.monotonic() + LAST_SECONDS
        while listing.next_comes(by=enough):
            if _read_next_pages(lease, access, listing):
                return
    raise StoppedError("Told to stop between two pages.")


@contextmanager
def _faults_noted(access: DiscogsAccess) -> Iterator[None]:
    """Where Discogs does not answer as it should, this ends, and Health tells of it."""
    try:
        yield
    except ProviderError as error:
        db.session.rollback()
        health.note_answers(DISCOGS, access.client)
        health.failed_elsewhere(error)
        db.session.commit()
        raise


def _begin(lease: Lease, access: DiscogsAccess, username: str, listing: ListingAhead) -> None:
    """Who, which folders, which fields: at most three calls before the listing.

    None waits for another, nor does the first page for them. What was asked under a name that is
    another's by now is asked again.
    """
    runs.progress(lease, phase="folders")
    kept_pages.drop_all(lease.owner_id)
    db.session.commit()
    who = listing.begin(lambda: _account(access, username))
    asked = _ask(access.client, username, listing) if username else None
    account, client = listing.result_of(who), access.client
    if asked is None or account.username.casefold() != username.casefold():
        asked = _ask(client, account.username, listing)
    username, (folders_asked, fields_asked) = account.username, asked
    cursor = {"username": username, "account": account.user_id, "page": 1, "reading": 1, "odd": 0}
    cursor["bound"] = Bound(access.limit.calls * PER_PAGE, access.limit.seconds)
    try:
        told_folders = listing.result_of(folders_asked)
        told_fields = listing.result_of(fields_asked)
    except NotFoundError:  # renamed this moment
        username = cursor["username"] = _new_name(access, cursor)
        told_folders, told_fields = client.folders(username), client.fields(username)
    catalogue_lock.hold(lease.owner_id)
    if note_name(lease.owner_id, account):
        runs.tell(lease.run_id, "note", f"Your account at Discogs is called {username} now.")
    folders.store_folders(lease.owner_id, told_folders)
    folders.store_fields(lease.owner_id, told_fields)
    total = next((f.count for f in told_folders if f.discogs_id == 0), None)
    runs.progress(lease, phase="copies", done=0, total=total, cursor=cursor)
    health.note_answers(DISCOGS, client)
    db.session.commit()


def _ask(
    client: DiscogsClient, username: str, listing: ListingAhead
) -> tuple[Future[tuple[FolderRecord, ...]], Future[tuple[FieldRecord, ...]]]:
    """Begin to ask for folders, fields and the first page of copies."""
    listing.expect({"username": username, "reading": 1, "page": 1})
    folders_asked = listing.begin(lambda: client.folders(username))
    return folders_asked, listing.begin(lambda: client.fields(username))


def _account(access: DiscogsAccess, username: str) -> IdentityRecord:
    """The account as Discogs has it now: people rename, their number stays."""
    if access.is_owner and username.casefold() in ("", access.username.casefold()):
        return access.client.identity()
    profile = access.client.profile(username)
    if profile is None:
        raise NotFoundError(nobody_called(username))
    return profile


def nobody_called(username: str) -> str:
    """What to do when an account is not there, as a sentence."""
    return (
        f"Discogs knows nobody called {username} (any more). If the account has another name now, "
        "connect Discogs again on the import page, or change DISCOGS_USERNAME where that is set. "
        "Everything that was read before stays."
    )


def _pages(
    access: DiscogsAccess, cursor: dict[str, Any], listing: ListingAhead
) -> list[CollectionPage]:
    """The next pages; of an account that was renamed meanwhile, under its new name."""
    try:
        return listing.pages(cursor)
    except NotFoundError:
        cursor["username"] = _new_name(access, cursor)
        return listing.pages(cursor)


def _new_name(access: DiscogsAccess, cursor: dict[str, Any]) -> str:
    """What the account is called now. Raises NotFoundError when it is not to be found."""
    if access.is_owner:
        account = access.client.identity()
        if account.user_id == cursor["account"] and account.username != cursor["username"]:
            return account.username
    raise NotFoundError(nobody_called(cursor["username"]))


def _read_next_pages(lease: Lease, access: DiscogsAccess, listing: ListingAhead) -> bool:
    """Fetch and store what comes next; True when the listing is complete and the run has ended."""
    cursor = dict(runs.get(lease.owner_id, lease.run_id).cursor)
    db.session.commit()
    pages = _pages(access, cursor, listing)
    first, last = cursor["page"], pages[-1]
    copies = [copy for page in pages for copy in page.copies]
    catalogue_lock.hold(lease.owner_id)
    changes = store_copies(lease.owner_id, copies)
    numbers = range(first, first + len(pages))
    kept_pages.drop(lease.owner_id, lease.run_id, cursor["reading"], numbers)
    _note_met(lease.run_id, copies)
    changes.keep(lease.run_id)
    for page in pages:
        _tell(lease, page.odd)
        _note_changes(cursor, page)
        cursor["odd"] += len(page.odd)
    cursor["page"] = numbers.stop
    run = runs.get(lease.owner_id, lease.run_id)
    counts = changes.added_to(run.counts)
    met = _met(lease.run_id)
    runs.progress(lease, cursor=cursor, counts=counts, done=min(met, last.total), total=last.total)
    health.note_answers(DISCOGS, access.client)
    db.session.commit()
    if last.page < last.pages and last.copies:
        return False
    return _close(lease, cursor, last.total, met)


def _note_changes(cursor: dict[str, Any], page: CollectionPage) -> None:
    """Note whether the collection has changed since its first page was read.

    What is taken out moves the others up, so that one of them slips onto a page read before; and
    yet as many were met in the end as there are.
    """
    if page.page == 1:
        cursor |= {"first_total": page.total, "has_changed": False}
    elif page.total != cursor.get("first_total", page.total):
        cursor["has_changed"] = True


def _close(lease: Lease, cursor: dict[str, Any], total: int, met: int) -> bool:
    """After the last page: read again unless all was met, else put away what has gone."""
    is_whole = met + cursor["odd"] == total and not cursor.get("has_changed")
    if not is_whole and cursor["reading"] < MOST_READINGS:
        db.session.execute(delete(RunSeen).where(RunSeen.run_id == lease.run_id))
        runs.tell(lease.run_id, "note", "The collection changed while it was read; reading again.")
        again = {**cursor, "page": 1, "odd": 0, "reading": cursor["reading"] + 1}
        runs.progress(lease, cursor=again, done=0)
        db.session.commit()
        return False
    catalogue_lock.hold(lease.owner_id)
    counts = dict(runs.get(lease.owner_id, lease.run_id).counts)
    message = _why_not_sweep(lease, cursor, total, met)
    if message is None:
        gone = sweep(lease.owner_id, lease.run_id)
        counts = gone.added_to(counts)
        gone.keep(lease.run_id)
    db.session.execute(delete(RunSeen).where(RunSeen.run_id == lease.run_id))
    kept_pages.drop_all(lease.owner_id)
    runs.progress(lease, phase="done", counts=counts, done=met)
    runs.end(lease, "done", message)
    schedules.after_sync(lease.owner_id)
    return True


def _why_not_sweep(lease: Lease, cursor: dict[str, Any], total: int, met: int) -> str | None:
    """Why copies that were not met may not be put away; None when they may."""
    if other := _other_account(lease, cursor["account"]):
        return f"The shelf holds copies of {other} too, so nothing was put away."
    if cursor.get("has_changed"):
        return (
            f"The collection changed each of the {MOST_READINGS} times it was read. "
            "Everything listed is here; nothing was put away."
        )
    if met == total:
        return None
    if met + cursor["odd"] == total:
        return f"{cursor['odd']} entries could not be read, so nothing was put away."
    return (
        f"Discogs counts {total} copies but listed {met}, three times over. "
        "Everything listed is here; nothing was put away."
    )


def _other_account(lease: Lease, account: int) -> str | None:
    """The user name of another account that was synced to this shelf before."""
    earlier = select(Run.cursor).where(
        Run.owner_id == lease.owner_id, Run.kind == "sync", Run.state == "done"
    )
    for cursor in db.session.scalars(earlier):
        if cursor.get("account", account) != account:
            return str(cursor.get("username"))
    return None


def _note_met(run_id: int, copies: Sequence[CopyRecord]) -> None:
    ids = {copy.instance_id for copy in copies if copy.instance_id}
    known = select(RunSeen.discogs_instance_id).where(
        RunSeen.run_id == run_id, RunSeen.discogs_instance_id.in_(ids)
    )
    fresh = ids.difference(db.session.scalars(known))
    if fresh:
        ours = IdSource(RunSeen)
        rows = [(ours.next(), run_id, instance) for instance in sorted(fresh)]
        insert_rows(RunSeen, ("id", "run_id", "discogs_instance_id"), rows)


def _tell(lease: Lease, odd: tuple[str, ...]) -> None:
    """Add what could not be read to the run's story, up to a length a page can show."""
    told = select(func.count()).select_from(RunEvent).where(RunEvent.run_id == lease.run_id)
    room = runs.EVENTS_KEPT - (db.session.scalar(told) or 0) if odd else 0
    for text in odd[: max(room, 0)]:
        runs.tell(lease.run_id, "odd", text)


def _met(run_id: int) -> int:
    counted = select(func.count()).select_from(RunSeen).where(RunSeen.run_id == run_id)
    return db.session.scalar(counted) or 0
