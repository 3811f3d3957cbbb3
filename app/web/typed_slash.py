"""Addresses typed with a slash too many, as in /admin/: they lead to the page without it."""

from __future__ import annotations

from flask import Flask, redirect, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect


def init_app(app: Flask) -> None:
    """Have pages found by an address that ends in a slash."""
    app.before_request(_lead_on)


def _lead_on() -> ResponseReturnValue | None:
    """To the page of the same address without slashes at its end, if there is one to read."""
    is_lost = isinstance(request.routing_exception, NotFound)
    if not is_lost or not request.path.endswith("/") or request.method not in ("GET", "HEAD"):
        return None
    adapter = request_ctx.url_adapter
    assert adapter is not None  # there is one within a request
    try:
        endpoint, values = adapter.match(request.path.rstrip("/") or "/", method="GET")
    except (HTTPException, RequestRedirect):
        return None
    # Built anew from what was recognised: an address that was sent may lead to another host.
    query = request.query_string.decode("latin-1")
    return redirect(adapter.build(endpoint, values) + (f"?{query}" if query else ""), 308)
