"""Fetching a picture once, though several releases that share it are looked at side by side."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future

from app.services.image_store import KeptImage


class Once:
    """The pictures fetched by one run, by name."""

    def __init__(self, is_kept: Callable[[KeptImage], bool]) -> None:
        """`is_kept` tells whether a picture fetched before is still in the store."""
        self._is_kept = is_kept
        self._lock = threading.Lock()
        self._fetched: dict[str, KeptImage] = {}
        self._under_way: dict[str, Future[KeptImage | None]] = {}

    def get(self, key: str, fetch: Callable[[], KeptImage | None]) -> KeptImage | None:
        """What `fetch` returns, or returned or raised for whoever asks for `key` just now."""
        with self._lock:
            fetched = self._fetched.get(key)
            if fetched is not None and self._is_kept(fetched):
                return fetched
            theirs = self._under_way.get(key)
            if theirs is None:
                mine = self._under_way[key] = Future[KeptImage | None]()
        if theirs is not None:
            return theirs.result()
        try:
            image = fetch()
        except BaseException as error:
            self._end(key)
            mine.set_exception(error)
            raise
        self._end(key, image)
        mine.set_result(image)
        return image

    def _end(self, key: str, image: KeptImage | None = None) -> None:
        with self._lock:
            del self._under_way[key]
            if image is not None:
                self._fetched[key] = image
