"""Files kept between looking and importing: they never outlive their use (B5, B15)."""

from __future__ import annotations

import io
import os
import time
from pathlib import Path

import pytest

from app.errors import NotFoundError, TooLargeError
from app.services import uploads


class CutOff(io.RawIOBase):
    """A body whose connection is lost after the first bytes."""

    def __init__(self) -> None:
        self._sent = False

    def read(self, size: int = -1) -> bytes:
        if self._sent:
            raise ConnectionResetError
        self._sent = True
        return b"Artist,Title\r\n"


class Endless(io.RawIOBase):
    """A body that never ends."""

    def read(self, size: int = -1) -> bytes:
        return b"x" * max(size, 1)


def files(instance: Path) -> list[Path]:
    return list((instance / uploads.FOLDER).iterdir())


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    token = uploads.keep(tmp_path, io.BytesIO(b"a,b\r\n"))

    with uploads.opened(tmp_path, token) as file:
        assert file.read() == b"a,b\r\n"


def test_nobody_else_on_the_machine_may_read_it(tmp_path: Path) -> None:
    uploads.keep(tmp_path, io.BytesIO(b"a"))

    assert files(tmp_path)[0].stat().st_mode & 0o077 == 0


def test_a_lost_connection_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        uploads.keep(tmp_path, CutOff())  # type: ignore[arg-type]

    assert files(tmp_path) == []


def test_an_endless_body_is_cut_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TooLargeError, match="64 MB"):
        uploads.keep(tmp_path, Endless())  # type: ignore[arg-type]

    assert files(tmp_path) == []


def test_a_discarded_file_is_gone(tmp_path: Path) -> None:
    token = uploads.keep(tmp_path, io.BytesIO(b"a"))

    uploads.discard(tmp_path, token)
    uploads.discard(tmp_path, token)

    with pytest.raises(NotFoundError), uploads.opened(tmp_path, token):
        pass


def test_a_file_is_kept_for_an_hour(tmp_path: Path) -> None:
    old, fresh = (uploads.keep(tmp_path, io.BytesIO(b"a")) for _ in range(2))
    then = time.time() - uploads.KEPT_SECONDS - 1
    os.utime(tmp_path / uploads.FOLDER / f"{old}.csv", (then, then))

    uploads.sweep(tmp_path)

    assert [path.stem for path in files(tmp_path)] == [fresh]


@pytest.mark.parametrize("token", ["../gatefold", "/etc/passwd", "", "A" * 32, "a" * 31, "a" * 33])
def test_only_our_own_names_lead_to_files(tmp_path: Path, token: str) -> None:
    """B6."""
    with pytest.raises(NotFoundError), uploads.opened(tmp_path, token):
        pass
