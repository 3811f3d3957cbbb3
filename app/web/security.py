"""Guards in front of every page: who may call, from where, and what a browser may do with it."""

from __future__ import annotations

import ipaddress
import secrets
from typing import Any

import structlog
from flask import Flask, abort, request
from flask.sessions import SecureCookieSessionInterface
from flask.wrappers import Response
from flask_talisman import Talisman

from app.extensions import set_reading
from config import Settings

READ_METHODS = ("GET", "HEAD", "OPTIONS")


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure whenever the page itself came over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_app(app: Flask, settings: Settings) -> None:
    """Install the guards. Talisman sets the headers; https is the business of a proxy."""
    app.session_interface = SessionCookie()
    Talisman(
        app,
        force_https=False,
        strict_transport_security=False,
        session_cookie_secure=False,
        frame_options="DENY",
        referrer_policy="same-origin",
        content_security_policy=_content_policy(settings),
        permissions_policy={"camera": "()", "geolocation": "()", "microphone": "()"},
    )
    app.before_request(_label_request)
    app.before_request(_only_this_machine)
    app.before_request(_only_our_own_pages)
    app.before_request(_open_transaction)
    app.after_request(_private_by_default)


def _content_policy(settings: Settings) -> dict[str, Any]:
    return {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        # Chromium applies form-action to redirects too: "Connect with OAuth" ends at Discogs.
        "form-action": f"'self' {settings.discogs_web_url}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }


def _label_request() -> None:
    request_id = secrets.token_hex(6)
    request.environ["gatefold.request_id"] = request_id
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def _only_this_machine() -> None:
    """Until accounts exist nobody but this machine is served."""
    try:
        local = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        local = False
    if not local:
        abort(403, "Gatefold has no accounts yet and answers only on the machine it runs on.")


def _only_our_own_pages() -> None:
    """A second wall beside the CSRF token: a write that another site started is refused."""
    if request.method in READ_METHODS:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        abort(400, "This request came from another site.")


def _open_transaction() -> None:
    set_reading(request.method in READ_METHODS)


def _private_by_default(response: Response) -> Response:
    if request.endpoint != "static" and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Request-Id"] = request.environ.get("gatefold.request_id", "")
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
