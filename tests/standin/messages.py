"""Requests and replies of the stand-ins."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from email.message import Message
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request as it came: decoded `path`, last value of each `query` key, the raw `target`,
    `address` and `port` of who asks."""

    method: str
    path: str
    query: dict[str, str]
    headers: Message
    body: bytes
    target: str
    address: str
    port: int


@dataclass
class Reply:
    """An answer to send."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    """A JSON answer."""
    told = {"Content-Type": "application/json", **(headers or {})}
    return Reply(status, json.dumps(body, ensure_ascii=False).encode(), told)


def html_reply(body: str, status: int = 200) -> Reply:
    """A web page."""
    return Reply(status, body.encode(), {"Content-Type": "text/html; charset=utf-8"})
