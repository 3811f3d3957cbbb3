"""Guards in front of every page: who may call, from where, and what a browser may do with it."""

from __future__ import annotations

import ipaddress
import secrets
import time
from typing import Any

import structlog
from flask import Flask, Request, abort, g, request
from flask.sessions import SecureCookieSessionInterface
from flask.wrappers import Response
from flask_talisman import Talisman

from app.extensions import set_reading
from config import Settings

log = structlog.get_logger(__name__)

READ_METHODS = ("GET", "HEAD", "OPTIONS")


class PlainlyNamedRequest(Request):
    """A request whose host name is in lower case: names of machines do not tell case apart."""

    def __init__(self, environ: dict[str, Any], *arguments: Any, **named: Any) -> None:
        if host := environ.get("HTTP_HOST"):
            environ["HTTP_HOST"] = host.lower()
        super().__init__(environ, *arguments, **named)


class SessionCookie(SecureCookieSessionInterface):
    """Flask's signed cookie, marked Secure whenever the page itself came over https."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def init_app(app: Flask, settings: Settings) -> None:
    """Install the guards. Talisman sets the headers; https is the business of a proxy."""
    app.request_class = PlainlyNamedRequest
    app.config["TRUSTED_HOSTS"] = [name.lower() for name in settings.trusted_hosts]
    app.session_interface = SessionCookie()
    app.after_request(_keep_apart)  # the first one is called last, and so has the last word
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
    # In front of Flask-WTF's check of the token, whose refusals need an id as well.
    guards = [
        _label_request,
        _only_who_names_us,
        _only_this_machine,
        _only_our_own_pages,
        _open_transaction,
    ]
    app.before_request_funcs.setdefault(None, [])[:0] = guards
    app.after_request(_private_by_default)
    app.after_request(_log_request)


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


def set_apart(policy: str) -> None:
    """Give the answer under way a policy of its own, with which it has an origin of its own.

    For pages we show but do not trust (see web.admin.preview). What such a page is made of must be
    readable by an origin that is nobody's, so its address has to be a secret.
    """
    g.policy_apart = policy


def _keep_apart(response: Response) -> Response:
    if policy := g.pop("policy_apart", None):
        response.headers["Content-Security-Policy"] = policy
        response.headers["Access-Control-Allow-Origin"] = "null"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Referrer-Policy"] = "no-referrer"
        # A browser refuses a page that has both this and a sandbox.
        response.headers.pop("Cross-Origin-Opener-Policy", None)
    return response


def _label_request() -> None:
    request_id = secrets.token_hex(6)
    request.environ["gatefold.request_id"] = request_id
    request.environ["gatefold.began"] = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def _only_who_names_us() -> None:
    """HTTP/1.1 asks for the name; a request without one could pass by TRUSTED_HOSTS."""
    told = request.environ
    if "HTTP_HOST" not in told and told.get("SERVER_PROTOCOL") == "HTTP/1.1":
        abort(400, "The request does not say which host it is for.")


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


def _log_request(response: Response) -> Response:
    """One line a request: pages and what went wrong at INFO, pictures and polling at DEBUG.

    Without the part after "?", where Discogs puts the answer to a sign-in.
    """
    is_page = response.mimetype == "text/html" and "HX-Request" not in request.headers
    is_quiet = request.method in READ_METHODS and response.status_code < 400 and not is_page
    began = request.environ.get("gatefold.began", time.perf_counter())
    (log.debug if is_quiet else log.info)(
        "request",
        method=request.method,
        path=request.path,
        status=response.status_code,
        ms=round((time.perf_counter() - began) * 1000, 1),
    )
    return response
