"""The pages of a Discogs listing, several asked for at a time and given out in their order.

A call takes some tenths of a second whatever it asks, so a listing read page after page takes many
times as long as its calls may. What is stored, and in which order, is not changed by this. A page
is kept the moment it comes: if the process dies, only those on their way are asked for again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextvars import copy_context
from functools import partial
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from app.clients.discogs import DiscogsClient
from app.clients.http import once_more_if_odd
from app.domain.records import CollectionPage
from app.errors import RateLimitedError
from app.extensions import db, set_reading, set_repeatable
from app.services import kept_pages
from app.services.kept_pages import Key
from app.services.runs import Lease, StoppedError

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")
PER_PAGE = 100
# So many calls at a time, and so many pages beyond the one that is being stored.
AT_ONCE = 20
AHEAD = 30
# So many that have come are stored in one go, which takes less time than one by one.
TOGETHER = 5


class ListingAhead:
    """Asks for up to AHEAD pages, AT_ONCE at a time, for the run with this lease.

    Pages are known by the cursor of the run: `username`, `reading` (how often the listing was
    begun) and `page`. `is_over` is set once nobody needs the pages any more: calls that wait for
    their turn then are to be given up. Reads the database, and commits.
    """

    def __init__(self, client: DiscogsClient, lease: Lease, is_over: threading.Event) -> None:
        self._client, self._lease, self._is_over = client, lease, is_over
        self._kept = kept_pages.kept(lease.owner_id, lease.run_id)
        self._asked: dict[Key, Future[CollectionPage]] = {}
        self._begun: set[Future[Any]] = set()
        self._under_way = threading.Semaphore(AT_ONCE)
        self._next: Key | None = None
        self._asks_no_more = False
        self._pages = 1
        db.session.commit()

    def begin(self, call: Callable[[], Answer]) -> Future[Answer]:
        """Make some other call beside the others, once more if the answer makes no sense.

        Its errors come with the result.
        """
        answer: Future[Answer] = Future()
        self._forget_answered()
        self._begun.add(answer)
        # It sees what we see: the app, how patient we are with the database, whose log it is.
        context = copy_context()
        work = threading.Thread(
            target=context.run, args=(_make, call, answer), name="listing", daemon=True
        )
        work.start()
        return answer

    def result_of(self, answer: Future[Answer]) -> Answer:
        """What a call that was begun has brought, once it is there. Raises what the call raised.

        Or, while it is not there, the RateLimitedError of any other: those that wait for their turn
        are not to be made then.
        """
        while not answer.done():
            wait(self._begun, return_when=FIRST_COMPLETED)
            self._forget_answered()
            for each in self._begun:
                if _puts_off(each):
                    each.result()
        return answer.result()

    def _forget_answered(self) -> None:
        """Let go of the pages of those that are over, but not of who has put us off."""
        self._begun = {each for each in self._begun if not each.done() or _puts_off(each)}

    def expect(self, cursor: Mapping[str, Any]) -> None:
        """Ask for the page the cursor names, and for the next ones as far as there are any."""
        if self._asks_no_more:
            return
        folded, reading, first = _key(cursor)
        # The first page comes alone: it tells how many there are now.
        last = min(first + AHEAD - 1, max(self._pages, first)) if first > 1 else first
        for page in range(first, last + 1):
            key = folded, reading, page
            if key not in self._asked:
                self._asked[key] = self.begin(partial(self._read, cursor["username"], key))

    def page(self, cursor: Mapping[str, Any]) -> CollectionPage:
        """The page the cursor names. Raises what DiscogsClient.collection_page does.

        StoppedError where it was not asked for before `ask_no_more`.
        """
        self.expect(cursor)
        folded, reading, number = key = _key(cursor)
        if key not in self._asked:
            raise StoppedError("Told to ask for no more pages.")
        page = self.result_of(self._asked.pop(key))
        self._next, self._pages = (folded, reading, number + 1), page.pages
        if number < page.pages:  # they come while this one is stored
            self.expect({**cursor, "page": number + 1})
        return page

    def pages(self, cursor: Mapping[str, Any]) -> list[CollectionPage]:
        """The page the cursor names, and with it those after it that have come by now.

        TOGETHER at the most, and the first page alone: it is what a person waits for.
        """
        found = [self.page(cursor)]
        while cursor["page"] > 1 and len(found) < TOGETHER and self._goes_on_after(found[-1]):
            found.append(self.page({**cursor, "page": cursor["page"] + len(found)}))
        return found

    def _goes_on_after(self, page: CollectionPage) -> bool:
        """Whether there is a page after this one, the last given out, and it has come."""
        answer = self._asked.get(self._next) if self._next else None
        is_there = answer is not None and answer.done() and answer.exception() is None
        return is_there and page.page < page.pages and bool(page.copies)

    def next_comes(self, by: float) -> bool:
        """Whether the page after the last one comes before that moment of time.monotonic()."""
        answer, left = self._asked.get(self._next) if self._next else None, by - time.monotonic()
        try:
            return answer is not None and left > 0 and answer.exception(left) is None
        except TimeoutError:
            return False

    def ask_no_more(self) -> None:
        """What is under way may still come; nothing else is asked for."""
        self._asks_no_more = True

    def close(self) -> None:
        """Nobody needs what is under way."""
        self.ask_no_more()
        self._is_over.set()

    def _read(self, username: str, key: Key) -> CollectionPage:
        raw = self._kept.pop(key, None)
        if raw is not None:
            return self._client.read_collection_page(username, raw)
        _folded, _reading, number = key
        with self._under_way:
            if self._asks_no_more:
                raise StoppedError("Nobody needs this page any more.")
            page, raw = self._client.collection_page_with_raw(username, number, per_page=PER_PAGE)
        if raw:
            self._keep(key, raw)
        return page

    def _keep(self, key: Key, raw: bytes) -> None:
        set_reading(False)
        set_repeatable(True)
        try:
            kept_pages.keep(self._lease.owner_id, self._lease.run_id, key, raw)
        # It is kept already where a call of an earlier attempt came late; it goes on all the same.
        except (IntegrityError, OperationalError) as error:
            log.warning("page_not_kept", page=key[-1], reason=type(error.orig).__name__)


def _key(cursor: Mapping[str, Any]) -> Key:
    return cursor["username"].casefold(), cursor["reading"], cursor["page"]


def _puts_off(answer: Future[Any]) -> bool:
    """Whether Discogs asked for a pause instead of answering."""
    return answer.done() and isinstance(answer.exception(), RateLimitedError)


def _make(call: Callable[[], Answer], answer: Future[Answer]) -> None:
    try:
        answer.set_result(once_more_if_odd(call))
    except BaseException as error:
        answer.set_exception(error)
