"""What the stand-ins for Wikidata and Wikipedia have in common: the Action API's manners."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tests.standin.callers import sent_away
from tests.standin.discogs_limits import MovingWindow
from tests.standin.messages import Reply, Request, json_reply
from tests.standin.server import StandIn

NO_ACTION = {"code": "badvalue", "info": "Unrecognized value for parameter action."}


class MediaWikiStandIn(StandIn):
    """A wiki at /w/api.php. `errors` are codes it answers next with, with status 200.

    Once `window` is `on` it allows 200 calls a minute, and refuses more with 429.
    """

    def __init__(self, port: int = 0, clock: Callable[[], float] = time.time) -> None:
        super().__init__(port)
        self.errors: list[str] = []
        self.window = MovingWindow(clock)
        self.window.limit = 200
        self.window.tells_retry_after = True

    def reply_to(self, request: Request) -> Reply:
        """The answer to one who is welcome and has asked properly."""
        raise NotImplementedError

    def answer(self, request: Request) -> Reply:
        refusal = sent_away(request) or self.window.count(request.address, authenticated=True)
        if refusal:
            return refusal
        if not request.path.endswith("/w/api.php"):
            return Reply(404, b"<html>No such page</html>", {"Content-Type": "text/html"})
        if request.query.get("format") != "json" or request.query.get("formatversion") != "2":
            return Reply(200, b"<html>The API</html>", {"Content-Type": "text/html"})
        if self.errors:
            return self._problem(self.errors.pop(0))
        return self.reply_to(request)

    def _problem(self, code: str) -> Reply:
        headers = {"MediaWiki-API-Error": code}
        if code == "maxlag":
            headers |= {"Retry-After": "5", "X-Database-Lag": "7"}
        return problem({"code": code, "info": "Waiting for a host: 7 seconds lagged."}, headers)


def problem(error: dict[str, Any], headers: dict[str, str] | None = None) -> Reply:
    """An error, which has status 200."""
    return json_reply({"error": error, "servedby": "mw1"}, headers=headers)
