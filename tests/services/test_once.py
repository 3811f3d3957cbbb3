"""Pictures several releases share, asked for at the same moment."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.errors import UnavailableError
from app.services.enrich.once import Once
from app.services.image_store import KeptImage

IMAGE = KeptImage("ab" * 32, 500, 500, 1_000, "#112233")


def test_threads_that_want_one_picture_at_once_fetch_it_once() -> None:
    calls: list[int] = []
    together = threading.Barrier(4)
    once = Once(lambda _image: True)

    def fetch() -> KeptImage:
        calls.append(1)
        time.sleep(0.05)
        return IMAGE

    def want(_number: int) -> KeptImage | None:
        together.wait()
        return once.get("release-group/1", fetch)

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(want, range(4))) == [IMAGE] * 4
    assert once.get("release-group/1", fetch) == IMAGE
    assert len(calls) == 1


def test_a_picture_that_went_meanwhile_is_fetched_again() -> None:
    calls: list[int] = []
    once = Once(lambda _image: False)

    def fetch() -> KeptImage:
        calls.append(1)
        return IMAGE

    once.get("release/1", fetch)
    once.get("release/1", fetch)

    assert len(calls) == 2


def test_a_fault_is_not_kept() -> None:
    once = Once(lambda _image: True)

    def fail() -> KeptImage:
        raise UnavailableError("coverart", "It is out of order.")

    with pytest.raises(UnavailableError):
        once.get("release/1", fail)
    assert once.get("release/1", lambda: IMAGE) == IMAGE
