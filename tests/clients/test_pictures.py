"""Fetching pictures: from the named hosts only, and never more than a picture can be."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.clients.cover_art_archive import CoverArtArchive
from app.clients.errors import NothingThereError
from app.clients.exchange import Limits
from app.clients.pictures import PictureFetcher
from app.errors import (
    OddAnswerError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from tests.clients.conftest import RecordingLimiter
from tests.pictures import moving_picture, picture
from tests.standin.cover_art import ArchiveStandIn, CoverArtStandIn
from tests.standin.messages import Reply, Request
from tests.standin.server import StandIn

MBID = "0a1b2c3d-0000-4000-8000-0123456789ab"
IMPATIENT = Limits(connect_seconds=0.8, total_seconds=0.8, body_bytes=1_000_000)
AGENT = "Gatefold/1.0 +https://gatefold.example"
Fetching = Callable[..., PictureFetcher]


class PictureServer(StandIn):
    """Answers with `body`, or leads to `location`."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.headers = picture(), {"Content-Type": "image/jpeg"}
        self.status, self.location = 200, ""

    def answer(self, request: Request) -> Reply:
        if self.location and request.path == "/moved.jpg":
            return Reply(302, b"", {"Location": self.location})
        return Reply(self.status, self.body, dict(self.headers))


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with PictureServer() as stand_in:
        yield stand_in


@pytest.fixture
def fetching(
    server: PictureServer, limiter: RecordingLimiter, pauses: list[float]
) -> Iterator[Fetching]:
    """Make a fetcher that may fetch from the server, or from `hosts`."""
    made: list[PictureFetcher] = []

    def make(*hosts: str, **options: Any) -> PictureFetcher:
        settings: dict[str, Any] = {"sleep": pauses.append, "limits": IMPATIENT}
        allowed = hosts or (server.url.removeprefix("http://"),)
        made.append(PictureFetcher(allowed, AGENT, lambda host: limiter, **(settings | options)))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


def test_a_picture_arrives_byte_for_byte_for_one_call(
    fetching: Fetching, server: PictureServer, limiter: RecordingLimiter
) -> None:
    assert fetching().fetch(f"{server.url}/a.jpg") == server.body

    assert (server.calls(), limiter.acquired) == (1, 1)
    assert server.requests[0].headers["User-Agent"] == AGENT


@pytest.mark.parametrize(
    "body",
    [picture(kind="PNG"), picture(kind="WEBP"), moving_picture()],
    ids=["png", "webp", "gif"],
)
def test_the_bytes_tell_the_kind_not_the_name(
    fetching: Fetching, server: PictureServer, body: bytes
) -> None:
    server.body, server.headers = body, {"Content-Type": "text/plain"}

    assert fetching().fetch(f"{server.url}/a.jpg") == body


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://169.254.169.254/latest/meta-data",
        "https://elsewhere.example/a.jpg",
        "https://i.discogs.com.elsewhere.example/a.jpg",
        "https://noti.discogs.com/a.jpg",
        "https://i.discogs.com@elsewhere.example/a.jpg",
        "https://elsewhere.example\\@i.discogs.com/a.jpg",
        "https://someone@i.discogs.com/a.jpg",
        "https://i.discogs.com:8443/a.jpg",
        "http://127.0.0.1:1/a.jpg",
        "http://localhost/a.jpg",
        "file:///etc/passwd",
        "ftp://i.discogs.com/a.jpg",
        "//i.discogs.com/a.jpg",
        "http://[half/an/address",
        "https://i.discogs.com:port/a.jpg",
        "",
    ],
)
def test_u15_nothing_is_asked_of_any_other_host(
    fetching: Fetching, limiter: RecordingLimiter, url: str
) -> None:
    with pytest.raises(OddAnswerError) as refused:
        fetching("i.discogs.com", "archive.org").fetch(url)

    assert refused.value.field == "Location"
    assert limiter.acquired == 0


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data",
        "http://127.0.0.2:9/elsewhere",
        "https://elsewhere.example/a.jpg",
        "file:///etc/passwd",
        "http://[::half/",
        "https://archive.org.elsewhere.example/",
    ],
)
def test_u15_a_redirect_is_checked_like_any_address(
    fetching: Fetching, server: PictureServer, location: str
) -> None:
    server.location = location

    with pytest.raises(OddAnswerError, match="IMAGE_HOSTS"):
        fetching().fetch(f"{server.url}/moved.jpg")

    assert server.calls() == 1


def test_a_redirect_within_the_named_hosts_is_followed(
    fetching: Fetching, server: PictureServer, limiter: RecordingLimiter
) -> None:
    server.location = "/found.jpg"

    assert fetching().fetch(f"{server.url}/moved.jpg") == server.body
    assert limiter.acquired == 1


def test_redirects_in_circles_end(fetching: Fetching, server: PictureServer) -> None:
    server.location = "/moved.jpg"

    with pytest.raises(OddAnswerError, match="circles"):
        fetching().fetch(f"{server.url}/moved.jpg")

    assert server.calls() == 6


def test_plain_http_is_made_https_except_on_this_machine(fetching: Fetching) -> None:
    fetcher = fetching("archive.org", "127.0.0.1")

    assert fetcher.address("http://ia800.us.archive.org/a.jpg?b=1#c") == (
        "https://ia800.us.archive.org/a.jpg?b=1"
    )
    assert fetcher.address("http://archive.org:80/a.jpg") == "https://archive.org/a.jpg"
    assert fetcher.address("http://127.0.0.1:5081/a.jpg") == "http://127.0.0.1:5081/a.jpg"


def test_a_host_with_a_port_means_that_port(fetching: Fetching) -> None:
    fetcher = fetching("pictures.example:8443")

    assert fetcher.address("https://pictures.example:8443/a.jpg")
    with pytest.raises(OddAnswerError):
        fetcher.address("https://pictures.example/a.jpg")


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_u17_a_dead_or_stale_address_is_asked_once(
    fetching: Fetching, server: PictureServer, status: int
) -> None:
    server.status, server.body = status, b"Forbidden"

    with pytest.raises(NothingThereError) as gone:
        fetching().fetch(f"{server.url}/a.jpg")

    assert gone.value.told == f"status {status}"
    assert server.calls() == 1


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>Sign in</title>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"",
    ],
    ids=["html", "svg", "xml", "pdf", "wave", "empty"],
)
def test_u17_what_is_no_picture_is_refused_whatever_it_calls_itself(
    fetching: Fetching, server: PictureServer, body: bytes
) -> None:
    server.body = body

    with pytest.raises(OddAnswerError, match="no picture"):
        fetching().fetch(f"{server.url}/a.jpg")


@pytest.mark.parametrize("kind", ["firewall", "web_page"])
def test_a_firewall_is_told_from_a_missing_picture(
    fetching: Fetching, server: PictureServer, kind: str
) -> None:
    server.fail_next("/", kind)

    with pytest.raises(RefusedError) as refused:
        fetching().fetch(f"{server.url}/a.jpg")

    assert refused.value.reason == "blocked"


def test_u14_a_gigabyte_is_cut_off(fetching: Fetching, server: PictureServer) -> None:
    server.fail_next("/", "huge")

    with pytest.raises(OddAnswerError, match="far more"):
        fetching(limits=Limits(0.8, 10.0, 1_000_000)).fetch(f"{server.url}/a.jpg")


def test_u14_a_gzip_bomb_is_cut_off(fetching: Fetching, server: PictureServer) -> None:
    server.body = gzip.compress(b"\xff\xd8\xff" + b" " * 20_000_000)
    server.headers["Content-Encoding"] = "gzip"

    with pytest.raises(OddAnswerError, match="far more"):
        fetching(limits=Limits(0.8, 10.0, 1_000_000)).fetch(f"{server.url}/a.jpg")


@pytest.mark.parametrize("kind", ["hang", "trickle", "reset", "truncated"])
def test_a_picture_that_breaks_off_is_tried_again(
    fetching: Fetching, server: PictureServer, kind: str
) -> None:
    server.fail_next("/", kind)

    assert fetching().fetch(f"{server.url}/a.jpg") == server.body
    assert server.calls() == 2


def test_all_redirects_together_have_one_deadline(
    fetching: Fetching, server: PictureServer
) -> None:
    server.location, server.delay = "/moved.jpg", 0.3

    with pytest.raises(UnavailableError, match="too long"):
        fetching(tries=1).fetch(f"{server.url}/moved.jpg")


def test_a_busy_server_is_left_alone_for_as_long_as_it_asks(
    fetching: Fetching, server: PictureServer, limiter: RecordingLimiter
) -> None:
    server.fail_next("/", "rate_limited", retry_after=17)

    with pytest.raises(RateLimitedError):
        fetching(tries=1).fetch(f"{server.url}/a.jpg")

    assert limiter.penalties == [17.0]


@pytest.fixture
def archive() -> Iterator[ArchiveStandIn]:
    with ArchiveStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def cover_art(archive: ArchiveStandIn) -> Iterator[CoverArtStandIn]:
    with CoverArtStandIn(archive) as stand_in:
        yield stand_in


@pytest.fixture
def client(
    cover_art: CoverArtStandIn, archive: ArchiveStandIn, limiter: RecordingLimiter
) -> Iterator[CoverArtArchive]:
    client = CoverArtArchive(
        cover_art.url,
        AGENT,
        limiter,
        image_hosts=[archive.url.removeprefix("http://")],
        sleep=lambda seconds: None,
        limits=IMPATIENT,
    )
    yield client
    client.close()


@pytest.mark.parametrize("kind", ["release", "release-group"])
def test_a_front_cover_comes_over_two_redirects_for_one_call(
    client: CoverArtArchive,
    cover_art: CoverArtStandIn,
    archive: ArchiveStandIn,
    limiter: RecordingLimiter,
    kind: Any,
) -> None:
    cover_art.add(kind, MBID, picture())

    assert client.front(kind, MBID, 500) == picture()

    assert cover_art.counts == {f"/{kind}/{MBID}/front-500": 1}
    assert archive.calls() == 2
    assert limiter.acquired == 1


def test_no_front_cover_is_none(client: CoverArtArchive, cover_art: CoverArtStandIn) -> None:
    assert client.front("release", MBID) is None
    assert cover_art.calls() == 1


def test_a_picture_the_archive_lost_is_none(
    client: CoverArtArchive, cover_art: CoverArtStandIn, archive: ArchiveStandIn
) -> None:
    cover_art.add("release", MBID, picture())
    archive.files.clear()

    assert client.front("release", MBID) is None


def test_an_archive_out_of_order_says_who_it_is(
    client: CoverArtArchive, cover_art: CoverArtStandIn
) -> None:
    cover_art.fail_next("/", "server_error", times=3)

    with pytest.raises(UnavailableError, match="Cover Art Archive") as broken:
        client.front("release", MBID)

    assert broken.value.provider == "coverart"
