"""Records opened when what is known of them is old, looked up again behind the page."""

from __future__ import annotations

import threading
import time
from collections import deque

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.errors import GatefoldError, OddAnswerError, ProviderError
from app.extensions import db, set_reading
from app.services import refresh

log = structlog.get_logger(__name__)

# Who leafs through a shelf passes a record several times.
AGAIN_AFTER_SECONDS = 600.0
# Discogs cannot be reached, refuses us or has no call free: leave it alone for a while.
REST_SECONDS = 300.0
MOST_WAITING = 20
# Fewer than Discogs keeps free for people: one of them may ask for something meanwhile.
MOST_A_MINUTE = 8
A_WINDOW_SECONDS = 60.0

Wish = tuple[int, int]


class Freshener:
    """One thread, alive while something waits. What was opened last comes first.

    It makes no more calls a minute than are kept free for people.
    """

    def __init__(self, app: Flask, stopping: threading.Event) -> None:
        self._app, self._stopping = app, stopping
        self._lock = threading.Lock()
        self._known: dict[Wish, float] = {}
        self._waiting: list[Wish] = []
        self._made: deque[float] = deque(maxlen=MOST_A_MINUTE)
        self._rest_until = 0.0
        self._is_at_work = False
        self._worker: threading.Thread | None = None

    def is_new(self, owner_id: int, release_id: int) -> bool:
        """Whether nobody asked for this record lately; from now on somebody has."""
        now = time.monotonic()
        with self._lock:
            self._known = {
                wish: at for wish, at in self._known.items() if now - at < AGAIN_AFTER_SECONDS
            }
            if (owner_id, release_id) in self._known or now < self._rest_until:
                return False
            self._known[owner_id, release_id] = now
            return True

    def add(self, owner_id: int, release_id: int) -> None:
        """Look a record up soon; of too many, those opened first are left out."""
        with self._lock:
            self._waiting.append((owner_id, release_id))
            for wish in self._waiting[:-MOST_WAITING]:
                self._known.pop(wish, None)
            del self._waiting[:-MOST_WAITING]
            if not self._is_at_work:
                self._is_at_work = True
                self._worker = threading.Thread(target=self._work, name="freshener", daemon=True)
                self._worker.start()

    def _work(self) -> None:
        with self._app.app_context():
            set_reading(False)
            try:
                while (wish := self._next()) is not None:
                    self._look_up(*wish)
            finally:
                # Whatever ended it: the next record that is opened may start it again.
                with self._lock:
                    if self._worker is threading.current_thread():
                        self._is_at_work = False

    def _next(self) -> Wish | None:
        """The wish to fulfil now, once there is room for a call; None to go home."""
        self._stopping.wait(self._seconds_to_room())
        with self._lock:
            if self._waiting and not self._stopping.is_set():
                return self._waiting.pop()
            self._is_at_work = False
            return None

    def _seconds_to_room(self) -> float:
        if len(self._made) < MOST_A_MINUTE:
            return 0.0
        return max(self._made[0] + A_WINDOW_SECONDS - time.monotonic(), 0.0)

    def _look_up(self, owner_id: int, release_id: int) -> None:
        try:
            if refresh.freshen(self._app.extensions["workplace"], owner_id, release_id):
                self._made.append(time.monotonic())
        except ProviderError as error:
            log.info("record_not_refreshed", release_id=release_id, reason=str(error))
            self._made.append(time.monotonic())
            if not isinstance(error, OddAnswerError):
                self._rest()
        except (GatefoldError, SQLAlchemyError) as error:
            db.session.rollback()
            log.info("record_not_refreshed", release_id=release_id, reason=type(error).__name__)
        finally:
            db.session.remove()

    def _rest(self) -> None:
        """Forget all wishes: a record opened again after the rest is a new one."""
        with self._lock:
            self._rest_until = time.monotonic() + REST_SECONDS
            self._waiting.clear()
            self._known.clear()
