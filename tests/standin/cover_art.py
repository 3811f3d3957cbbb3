"""A Cover Art Archive that keeps its pictures elsewhere, and the archive that has them.

`CoverArtStandIn` answers /release/<mbid>/front-500 and its like with 307 to an `ArchiveStandIn`
on another port; that one serves whatever bytes lie under a path, and redirects once more to its
"storage node" as archive.org does.
"""

from __future__ import annotations

import re

from tests.standin.messages import Reply, Request, json_reply
from tests.standin.server import StandIn

_FRONT = re.compile(r"/(release|release-group)/([0-9a-f-]{36})/front(?:-(250|500|1200))?")


class ArchiveStandIn(StandIn):
    """Serves `files` (path to bytes). /download/… redirects to /node/…, which has them."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.files: dict[str, bytes] = {}
        self.content_type = "image/jpeg"

    def answer(self, request: Request) -> Reply:
        if request.path.startswith("/download/"):
            node = request.path.replace("/download/", "/node/", 1)
            return Reply(302, b"", {"Location": self.url + node})
        data = self.files.get(request.path.replace("/node/", "/", 1))
        if data is None:
            return Reply(404, b"<html>Item not available</html>", {"Content-Type": "text/html"})
        return Reply(200, data, {"Content-Type": self.content_type})


class CoverArtStandIn(StandIn):
    """Knows which front covers there are; `archive` keeps them."""

    def __init__(self, archive: ArchiveStandIn, port: int = 0) -> None:
        super().__init__(port)
        self.archive = archive
        self.known: set[str] = set()

    def add(self, kind: str, mbid: str, picture: bytes) -> None:
        """Have a front cover for a release or release group."""
        self.known.add(f"{kind}/{mbid}")
        self.archive.files[f"/{kind}-{mbid}.jpg"] = picture

    def answer(self, request: Request) -> Reply:
        match = _FRONT.fullmatch(request.path)
        if match is None:
            return json_reply({"error": "Bad Request", "message": "Invalid MBID"}, 400)
        kind, mbid = match[1], match[2]
        if f"{kind}/{mbid}" not in self.known:
            return json_reply({"error": "Not Found", "message": "No cover art found"}, 404)
        location = f"{self.archive.url}/download/{kind}-{mbid}.jpg"
        return Reply(307, b"See: " + location.encode(), {"Location": location})
