"""The OAuth 1.0a side of the Discogs stand-in, from RFC 5849 and not by the client's library.

Three legs: a request token, a page where the person approves or denies, an access token.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import html
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from tests.standin.messages import Reply, Request, html_reply, json_reply

FIFTEEN_MINUTES = 15 * 60


class RefusedSignature(Exception):  # noqa: N818
    """The request is not signed as it should be; holds the status to answer with."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class RequestToken:
    """A sign-in under way."""

    secret: str
    callback: str
    made_at: float
    verifier: str = ""
    username: str = ""


class OAuthDesk:
    """Hands out and checks tokens. `consumers` maps key to secret; `signs_in_as` who approves.

    `access_tokens` maps a token to (secret, user name); remove one to revoke it.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.consumers: dict[str, str] = {}
        self.access_tokens: dict[str, tuple[str, str]] = {}
        self.signs_in_as = ""
        self._clock = clock
        self._pending: dict[str, RequestToken] = {}
        self._nonces: set[tuple[str, str]] = set()

    def answer(self, request: Request) -> Reply | None:
        """The answer to an OAuth address, None if it is another one."""
        legs = {
            "/oauth/request_token": self._request_token,
            "/oauth/access_token": self._access_token,
            "/oauth/authorize": self._authorize,
            "/oauth/authorize/approve": self._approve,
            "/oauth/authorize/deny": self._deny,
        }
        leg = legs.get(request.path)
        try:
            return leg(request) if leg else None
        except RefusedSignature as refusal:
            return json_reply({"message": str(refusal)}, refusal.status)

    def user_of(self, request: Request) -> str:
        """Whose access token signed the request; raises RefusedSignature."""
        params = protocol_params(request)
        secret, username = self.access_tokens.get(params.get("oauth_token", ""), ("", ""))
        if not username:
            raise RefusedSignature(
                401, "Invalid consumer token. Please register an app before making requests."
            )
        self._check(request, params, secret)
        return username

    def _request_token(self, request: Request) -> Reply:
        params = protocol_params(request)
        self._check(request, params, "")
        token = secrets.token_hex(10)
        callback = params.get("oauth_callback", "oob")
        self._pending[token] = RequestToken(secrets.token_hex(10), callback, self._clock())
        return _form(
            oauth_token=token,
            oauth_token_secret=self._pending[token].secret,
            oauth_callback_confirmed="true",
        )

    def _access_token(self, request: Request) -> Reply:
        params = protocol_params(request)
        pending = self._pending.get(params.get("oauth_token", ""))
        if pending is None:
            raise RefusedSignature(401, "Invalid request token.")
        self._check(request, params, pending.secret)
        if self._clock() - pending.made_at > FIFTEEN_MINUTES:
            raise RefusedSignature(400, "Request token expired.")
        if not pending.verifier or params.get("oauth_verifier") != pending.verifier:
            raise RefusedSignature(401, "Invalid verifier.")
        del self._pending[params["oauth_token"]]  # good for once: a replay finds nothing
        token, secret = secrets.token_hex(16), secrets.token_hex(16)
        self.access_tokens[token] = (secret, pending.username)
        return _form(oauth_token=token, oauth_token_secret=secret)

    def _authorize(self, request: Request) -> Reply:
        token = request.query.get("oauth_token", "")
        if self._fresh(token) is None:
            return html_reply("<h1>This request is not valid any more</h1>", 404)
        query = html.escape(urlencode({"oauth_token": token}))
        return html_reply(
            "<!DOCTYPE html><html lang='en'><title>Authorize an application</title>"
            f"<h1>Allow the application to act as {html.escape(self.signs_in_as)}?</h1>"
            f"<p><a href='/oauth/authorize/approve?{query}'>Authorize</a> "
            f"<a href='/oauth/authorize/deny?{query}'>Deny</a></p></html>"
        )

    def _approve(self, request: Request) -> Reply:
        token = request.query.get("oauth_token", "")
        pending = self._fresh(token)
        if pending is None:
            return html_reply("<h1>This request is not valid any more</h1>", 404)
        pending.verifier = secrets.token_hex(5)
        pending.username = self.signs_in_as
        if pending.callback == "oob":
            return html_reply(f"<p>Your code is <code>{pending.verifier}</code></p>")
        return _back(pending.callback, oauth_token=token, oauth_verifier=pending.verifier)

    def _deny(self, request: Request) -> Reply:
        token = request.query.get("oauth_token", "")
        pending = self._pending.pop(token, None)
        if pending is None or pending.callback == "oob":
            return html_reply("<h1>You denied access</h1>")
        return _back(pending.callback, denied=token)

    def _fresh(self, token: str) -> RequestToken | None:
        pending = self._pending.get(token)
        if pending is None or self._clock() - pending.made_at > FIFTEEN_MINUTES:
            return None
        return pending

    def _check(self, request: Request, params: dict[str, str], token_secret: str) -> None:
        consumer_secret = self.consumers.get(params.get("oauth_consumer_key", ""))
        if consumer_secret is None:
            raise RefusedSignature(401, "Invalid consumer.")
        nonce = (params.get("oauth_nonce", ""), params.get("oauth_timestamp", ""))
        if not all(nonce):
            raise RefusedSignature(400, "Nonce or timestamp is missing.")
        if nonce in self._nonces:
            raise RefusedSignature(401, "Nonce was used before.")
        self._nonces.add(nonce)
        key = f"{_escaped(consumer_secret)}&{_escaped(token_secret)}"
        wanted = _signature(request, params.get("oauth_signature_method", ""), key)
        if not hmac.compare_digest(wanted, params.get("oauth_signature", "")):
            raise RefusedSignature(401, "Invalid signature.")


def protocol_params(request: Request) -> dict[str, str]:
    """The oauth_ parameters: from the header, and (the callback) from a form."""
    pairs = _header_pairs(request) + _form_pairs(request)
    return {key: value for key, value in pairs if key.startswith("oauth_")}


def _signature(request: Request, method: str, key: str) -> str:
    if method == "PLAINTEXT":
        return key
    if method != "HMAC-SHA1":
        raise RefusedSignature(400, "Unknown signature method.")
    digest = hmac.new(key.encode(), _base_string(request).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _base_string(request: Request) -> str:
    """RFC 5849 section 3.4.1."""
    parts = urlsplit(request.target)
    query = parse_qsl(parts.query, keep_blank_values=True)
    pairs = query + _header_pairs(request) + _form_pairs(request)
    signed = sorted(
        (_escaped(key), _escaped(value))
        for key, value in pairs
        if key not in ("oauth_signature", "realm")
    )
    address = f"http://{request.headers['Host'].lower()}{parts.path}"
    params = "&".join(f"{key}={value}" for key, value in signed)
    return "&".join(map(_escaped, (request.method, address, params)))


def _header_pairs(request: Request) -> list[tuple[str, str]]:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme != "OAuth":
        return []
    pairs = (part.strip().partition("=") for part in rest.split(","))
    return [(unquote(key), unquote(value.strip('"'))) for key, _, value in pairs]


def _form_pairs(request: Request) -> list[tuple[str, str]]:
    if request.headers.get("Content-Type") != "application/x-www-form-urlencoded":
        return []
    return parse_qsl(request.body.decode(), keep_blank_values=True)


def _escaped(text: str) -> str:
    return quote(text, safe="~")


def _form(**values: str) -> Reply:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Reply(200, urlencode(values).encode(), headers)


def _back(callback: str, **values: str) -> Reply:
    joint = "&" if "?" in callback else "?"
    return Reply(302, b"", {"Location": callback + joint + urlencode(values)})
