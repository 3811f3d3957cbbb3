"""Ways in which an answer can go wrong, by name. `how` are the options of `fail_next`."""

from __future__ import annotations

import gzip
import json
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from tests.standin.messages import Reply, html_reply, json_reply

if TYPE_CHECKING:
    from tests.standin.server import Handler

Honest = Callable[[], Reply]


@dataclass
class Fault:
    """The next `times` requests below `path_prefix` meet this `kind` of fault."""

    path_prefix: str
    kind: str
    times: int
    how: dict[str, Any]


Fail = Callable[["Handler", dict[str, Any], Honest], None]


def _json_error(status: int, message: str) -> Fail:
    def fail(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
        handler.reply(json_reply({"message": how.get("message", message)}, status))

    return fail


def _page(status: int, title: str) -> Fail:
    def fail(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
        page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body></body></html>"
        handler.reply(html_reply(page, status))

    return fail


def rate_limited(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """429; `retry_after` is sent if given, `body` is empty unless given."""
    headers = {"Retry-After": str(how["retry_after"])} if "retry_after" in how else {}
    handler.reply(Reply(429, how.get("body", b""), headers))


def hang(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """No answer for `seconds` (an hour), then none at all."""
    handler.wait(how.get("seconds", 3600.0))
    handler.close_connection = True


def slow(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """The honest answer, after `seconds`."""
    handler.wait(how.get("seconds", 0.2))
    handler.reply(honest())


def trickle(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """The honest answer, one byte every `seconds`; `part` "headers" starts with the headers."""
    body = honest().body
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    if how.get("part") != "headers":
        handler.wfile.write(f"{head}\r\n\r\n".encode())
    else:
        body = f"{head}\r\n\r\n".encode() + body
    for byte in body:
        handler.wfile.write(bytes([byte]))
        if handler.wait(how.get("seconds", 0.05)):
            break
    handler.close_connection = True


def reset(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """The connection is reset instead of an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def truncated(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """The connection ends in the middle of the answer."""
    reply = honest()
    whole = len(reply.body)
    reply.body = reply.body[: whole // 2]
    handler.reply(reply, promised_bytes=whole)


def half_json(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """A proper answer that holds half a JSON."""
    reply = honest()
    reply.body = reply.body[: len(reply.body) // 2]
    handler.reply(reply)


def half_form(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """A form with only its first value, as a page would name its type."""
    first = honest().body.partition(b"&")[0]
    handler.reply(Reply(200, first, {"Content-Type": "text/html"}))


def wrong_types(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """The honest JSON with another type at every key (or only at `keys`)."""
    reply = honest()
    body = json.loads(reply.body)
    for key in how.get("keys", list(body)):
        body[key] = {"odd": True} if isinstance(body.get(key), list) else [1]
    reply.body = json.dumps(body).encode()
    handler.reply(reply)


def edited(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """The honest JSON after `edit` changed it in place."""
    reply = honest()
    body = json.loads(reply.body)
    how["edit"](body)
    reply.body = json.dumps(body).encode()
    handler.reply(reply)


def blank(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """`status` (200) without a body."""
    handler.reply(Reply(how.get("status", 200)))


def redirect(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """302 to `location` (another host of this machine)."""
    location = how.get("location", "http://127.0.0.2:9/elsewhere")
    handler.reply(Reply(302, b"", {"Location": location}))


@cache
def _bomb(size: int) -> bytes:
    """So many blanks, packed; made once, or a busy machine takes longer than clients wait."""
    return gzip.compress(b" " * size, compresslevel=1)


_bomb(20_000_000)


def huge(handler: Handler, how: dict[str, Any], honest: Honest) -> None:
    """A body that does not end before `bytes` (a billion); `gzipped` sends a small bomb.

    With `location` it is the body of a redirect.
    """
    size = how.get("bytes", 1_000_000_000)
    handler.send_response(302 if "location" in how else 200)
    if "location" in how:
        handler.send_header("Location", how["location"])
    handler.send_header("Content-Type", "application/json")
    if how.get("gzipped"):
        bomb = _bomb(min(size, 20_000_000))
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Content-Length", str(len(bomb)))
        handler.end_headers()
        handler.wfile.write(bomb)
        return
    handler.end_headers()
    for _ in range(size // 65_536):
        handler.wfile.write(b" " * 65_536)
        if handler.wait(0):
            break
    handler.close_connection = True


FAULTS: dict[str, Fail] = {
    "rate_limited": rate_limited,
    "unauthorised": _json_error(
        401, "Invalid consumer token. Please register an app before making requests."
    ),
    "private": _json_error(
        403,
        "You are not allowed to view this resource. Please authenticate "
        "as the owner to view this content.",
    ),
    "not_found": _json_error(404, "The requested resource was not found."),
    "bad_request": _json_error(400, "Bad request."),
    "server_error": _json_error(500, "An internal server error occurred."),
    "bad_gateway": _page(502, "502 Bad Gateway"),
    "firewall": _page(403, "Attention Required! | Cloudflare"),
    "web_page": _page(200, "Just a moment..."),
    "hang": hang,
    "slow": slow,
    "trickle": trickle,
    "reset": reset,
    "truncated": truncated,
    "half_json": half_json,
    "half_form": half_form,
    "wrong_types": wrong_types,
    "edited": edited,
    "blank": blank,
    "redirect": redirect,
    "huge": huge,
}
