"""A tiny app behind our way of serving, with less patience than usual, for tests of that way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app.serving.worker import PatientWorker


class HastyWorker(PatientWorker):
    """The same with shorter times."""

    head_seconds = 1.0
    body_seconds = 1.0
    linger_seconds = 1.0


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with the number of bytes that came; more than a page takes is refused."""
    size = len(environ["wsgi.input"].read(100_000_000))
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(size).encode()]
