"""Cover Art Archive: the front covers people gave to MusicBrainz' releases.

https://musicbrainz.org/doc/Cover_Art_Archive/API
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Literal
from urllib.parse import urlsplit

from app.clients.errors import NothingThereError, Provider
from app.clients.http import Limiter, Limits
from app.clients.pictures import PICTURE_LIMITS, PictureFetcher

COVER_ART_ARCHIVE = Provider("coverart", "The Cover Art Archive")
Kind = Literal["release", "release-group"]
Size = Literal[500, 1200]


class CoverArtArchive:
    """Fetches front covers. The archive answers with a redirect to archive.org, which keeps the
    pictures: `image_hosts` says where it may lead.
    """

    def __init__(
        self,
        api_url: str,
        user_agent: str,
        limiter: Limiter,
        *,
        image_hosts: Iterable[str],
        tries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        limits: Limits = PICTURE_LIMITS,
    ) -> None:
        self.api_url = api_url.rstrip("/")
        self._fetcher = PictureFetcher(
            (urlsplit(self.api_url).netloc, *image_hosts),
            user_agent,
            lambda _host: limiter,
            provider=COVER_ART_ARCHIVE,
            tries=tries,
            sleep=sleep,
            limits=limits,
        )

    def front_url(self, kind: Kind, mbid: str, size: Size = 1200) -> str:
        """The address of a front cover, `size` pixels at most."""
        return f"{self.api_url}/{kind}/{mbid}/front-{size}"

    def front(self, kind: Kind, mbid: str, size: Size = 1200) -> bytes | None:
        """The front cover, None if there is none. One call; its redirects count for nobody.

        Raises RateLimitedError, RefusedError, UnavailableError, OddAnswerError.
        """
        try:
            return self._fetcher.fetch(self.front_url(kind, mbid, size))
        except NothingThereError:
            return None

    def close(self) -> None:
        """Close the kept connections."""
        self._fetcher.close()
