"""Discogs on loopback: its resources behind credentials, limits and OAuth, with faults on demand.

By hand: python -m tests.standin.discogs --port 5081 --items 250 [--delay 0.5] [--limit]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from urllib.parse import parse_qsl

from tests.standin.discogs_api import DiscogsApi
from tests.standin.discogs_limits import MovingWindow
from tests.standin.discogs_listing import Problem
from tests.standin.discogs_oauth import OAuthDesk, RefusedSignature
from tests.standin.discogs_shown import Caller
from tests.standin.discogs_world import (
    Collector,
    credit,
    generated_items,
    item,
    label,
    release,
    vinyl,
)
from tests.standin.messages import Reply, Request, json_reply

__all__ = [
    "Collector",
    "DiscogsStandIn",
    "credit",
    "generated_items",
    "item",
    "label",
    "release",
    "vinyl",
]

BAD_TOKEN = "Invalid consumer token. Please register an app before making requests."


class DiscogsStandIn(DiscogsApi):
    """A Discogs whose world tests change as they like (see DiscogsApi for the world).

    `window` limits the calls once it is `on`; `oauth` has the consumers and tokens. The consumer
    test-key / test-secret is registered, and the first user is who approves sign-ins.
    """

    def __init__(
        self, *users: Collector, port: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(*users, port=port)
        self.window = MovingWindow(clock)
        self.oauth = OAuthDesk(clock)
        self.oauth.consumers["test-key"] = "test-secret"
        self.oauth.signs_in_as = users[0].username if users else ""

    @property
    def web_url(self) -> str:
        """Base of the pages people see (here the same server)."""
        return self.url

    @property
    def settings(self) -> dict[str, str]:
        """Settings under which an app talks to this Discogs, as fast as it answers."""
        return {
            "discogs_api_url": self.url,
            "discogs_web_url": self.web_url,
            "discogs_limit": "6000/60",  # of 60/60 a job that met a person makes one a second
        }

    def answer(self, request: Request) -> Reply:
        """What Discogs would say; people's pages and pictures need no User-Agent and no limit."""
        if request.path.startswith("/images/"):
            return self.gallery.answer(request.path)
        if request.path.startswith("/oauth/authorize"):
            return self.oauth.answer(request) or Reply(404)
        agent = request.headers.get("User-Agent", "")
        if not agent or agent.startswith("python-requests"):
            return Reply(403)
        try:
            caller = self._caller(request)
        except (Problem, RefusedSignature) as refusal:
            return json_reply({"message": str(refusal)}, refusal.status)
        return self._counted(request, caller)

    def _counted(self, request: Request, caller: Caller) -> Reply:
        known = caller.authenticated
        reply = (
            self.window.count(request.address, authenticated=known)
            or self.oauth.answer(request)
            or self.resource(request, caller)
        )
        reply.headers |= self.window.headers(request.address, authenticated=known)
        return reply

    def _caller(self, request: Request) -> Caller:
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        if request.path in ("/oauth/request_token", "/oauth/access_token"):
            return Caller(authenticated=True)  # these check the signature themselves
        if scheme == "OAuth":
            return Caller(self.user(self.oauth.user_of(request)), authenticated=True)
        given = request.query
        if scheme == "Discogs":
            given = dict(parse_qsl(credential.replace(", ", "&")))
        if "token" in given:
            return Caller(self._owner_of(given["token"]), authenticated=True)
        if "key" in given:
            if self.oauth.consumers.get(given["key"]) != given.get("secret"):
                raise Problem(401, BAD_TOKEN)
            return Caller(authenticated=True)
        return Caller()

    def _owner_of(self, token: str) -> Collector:
        for user in self.users:
            if user.token and user.token == token:
                return user
        raise Problem(401, BAD_TOKEN)


def main() -> None:
    """Serve a made-up collection until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m tests.standin.discogs")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--items", type=int, default=250, help="copies in the collection")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--limit", action="store_true", help="answer 429 as Discogs would")
    chosen = parser.parse_args()
    collector = Collector("collector", token="test-token", items=generated_items(chosen.items))
    with DiscogsStandIn(collector, port=chosen.port) as stand_in:
        stand_in.delay = chosen.delay
        stand_in.window.on = chosen.limit
        print(f"Discogs stand-in on {stand_in.url}", flush=True)
        print("user collector, token test-token, consumer test-key / test-secret", flush=True)
        stand_in.stopping.wait()


if __name__ == "__main__":
    main()
