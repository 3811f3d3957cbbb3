"""Who calls: open services send those away who do not say who they are."""

from __future__ import annotations

import re

from tests.standin.messages import Reply, Request, html_reply

_NAMED = re.compile(r"(?!python|curl|mozilla)\w[\w.-]*/[\w.]+ \( \S.*\S \)", re.IGNORECASE)
_PAGE = "<html><head><title>403 Forbidden</title></head><body>Who are you?</body></html>"


def sent_away(request: Request) -> Reply | None:
    """403 for a missing or default User-Agent, or one without contact: "App/1.0 ( contact )"."""
    told = str(request.headers.get("User-Agent") or "")
    return None if _NAMED.fullmatch(told) else html_reply(_PAGE, 403)
