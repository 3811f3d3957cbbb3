"""Fetching a picture once, though several releases that share it are looked at side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from app.services.image_store import KeptImage


class Once:
    """The pictures fetched by one run, by name; None where there was none."""

    def __init__(self, is_kept: Callable[[KeptImage], bool]) -> None:
        """`is_kept` tells whether a picture fetched before is still in the store."""
        self._is_kept = is_kept
        self._lock = threading.Lock()
        self._fetched: dict[str, Future[KeptImage | None]] = {}

    def get(self, key: str, fetch: Callable[[], KeptImage | None]) -> KeptImage | None:
        """What `fetch` returns, or returned or raised for whoever asks for `key` just now."""
        with self._lock:
            theirs = self._fetched.get(key)
            if theirs is None or self._is_out_of_date(theirs):
                theirs, mine = None, Future[KeptImage | None]()
                self._fetched[key] = mine
        if theirs is not None:
            return theirs.result()
        try:
            mine.set_result(fetch())
        except BaseException as error:
            with self._lock:
                self._fetched.pop(key, None)
            mine.set_exception(error)
            raise
        return mine.result()

    def _is_out_of_date(self, fetched: Future[KeptImage | None]) -> bool:
        if not fetched.done():
            return False
        image = fetched.result()
        return image is None or not self._is_kept(image)
