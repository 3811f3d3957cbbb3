"""Which service an address belongs to, and the address without what trackers hang on it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Address:
    """A page of a service: `thing` is album, artist, master, item, article, video, page."""

    provider: str
    thing: str
    remote_id: str
    url: str


def recognise(url: str) -> Address | None:
    """The service's page behind `url`, always https; None for a service we do not know.

    Only http and https addresses of a plain host are taken; a query is dropped.
    """
    parts = _split(url)
    if parts is None:
        return None
    host = (parts.hostname or "").lower().removeprefix("www.")
    for pattern, reader in _READERS:
        if pattern.fullmatch(host):
            return reader(host, parts)
    return None


def homepage(url: str) -> Address | None:
    """`url` as somebody's own page, whoever's host it is. Plain http stays: many have no https."""
    parts = _split(url)
    if parts is None:
        return None
    host = (parts.hostname or "").lower()
    path = parts.path.rstrip("/") if parts.path == "/" else parts.path
    return Address("homepage", "page", host, f"{parts.scheme}://{host}{_port(parts)}{path}")


def _split(url: str) -> SplitResult | None:
    url = url.strip()
    if len(url) > LONGEST or any(char.isspace() or not char.isprintable() for char in url):
        return None
    try:
        parts = urlsplit(url)
        _port(parts)
    except ValueError:
        return None
    is_web = parts.scheme in ("http", "https") and "." in (parts.hostname or "")
    return parts if is_web and not (parts.username or parts.password) else None


def _port(parts: SplitResult) -> str:
    return f":{parts.port}" if parts.port not in (None, 80, 443) else ""


_SPOTIFY = re.compile(r"/(?:intl-[a-z-]+/)?(?:embed/)?(album|artist)/([A-Za-z0-9]{22})/?")
_APPLE = re.compile(
    r"(?:/([a-z]{2}))?/(album|artist)(?:/[^/]+)?/(?:id)?(\d{3,20})/?", re.IGNORECASE
)
_DISCOGS = re.compile(
    r"(?:/[a-z]{2})?/(?:[^/]+/)?(master|artist)/(?:view/)?(\d{1,15})(?:-[^/]*)?/?"
)
_ALLMUSIC = re.compile(r"/(album|artist)/(?:[^/]*?-?)(m[wn]\d{10})/?.*", re.IGNORECASE)
_WIKIDATA = re.compile(r"/(?:wiki|entity)/(Q\d{1,12})")
_BANDCAMP = re.compile(r"/album/([^/]+)/?")


def _spotify(host: str, parts: SplitResult) -> Address | None:
    found = _SPOTIFY.fullmatch(parts.path)
    if not found:
        return None
    thing, remote_id = found.groups()
    return Address("spotify", thing, remote_id, f"https://open.spotify.com/{thing}/{remote_id}")


def _apple(host: str, parts: SplitResult) -> Address | None:
    """iTunes and Apple Music are one catalogue with the same numbers."""
    found = _APPLE.fullmatch(parts.path)
    if not found:
        return None
    country = (found[1] or "us").lower()
    thing = found[2].lower()
    url = f"https://music.apple.com/{country}/{thing}/{found[3]}"
    return Address("apple_music", thing, found[3], url)


def _wikidata(host: str, parts: SplitResult) -> Address | None:
    found = _WIKIDATA.fullmatch(parts.path)
    if not found:
        return None
    return Address("wikidata", "item", found[1], f"https://www.wikidata.org/wiki/{found[1]}")


def _wikipedia(host: str, parts: SplitResult) -> Address | None:
    language = host.removesuffix(".wikipedia.org").removesuffix(".m")
    title = unquote(parts.path.removeprefix("/wiki/")).replace("_", " ").strip()
    if not parts.path.startswith("/wiki/") or not title:
        return None
    return Address("wikipedia", "article", f"{language}:{title}", article_url(language, title))


def article_url(language: str, title: str) -> str:
    """The page of an article that people can read."""
    return f"https://{language}.wikipedia.org/wiki/{quote(title.replace(' ', '_'), safe='/:,()')}"


def _discogs(host: str, parts: SplitResult) -> Address | None:
    found = _DISCOGS.fullmatch(parts.path)
    if not found:
        return None
    thing, number = found.groups()
    return Address("discogs", thing, number, f"https://www.discogs.com/{thing}/{number}")


def _youtube(host: str, parts: SplitResult) -> Address | None:
    asked = parse_qs(parts.query, max_num_fields=20)
    playlist = asked.get("list", [""])[0]
    if parts.path.rstrip("/") == "/playlist" and _is_token(playlist):
        return Address(
            "youtube", "album", playlist, f"https://www.youtube.com/playlist?list={playlist}"
        )
    video = parts.path.strip("/") if host == "youtu.be" else asked.get("v", [""])[0]
    if _is_token(video) and (host == "youtu.be" or parts.path == "/watch"):
        return Address("youtube", "video", video, f"https://www.youtube.com/watch?v={video}")
    channel = re.fullmatch(r"/(channel/UC[\w-]{22}|@[\w.-]{3,60})/?", parts.path)
    if channel:
        return Address("youtube", "artist", channel[1], f"https://www.youtube.com/{channel[1]}")
    return None


def _is_token(text: str) -> bool:
    return bool(re.fullmatch(r"[\w-]{6,80}", text, re.ASCII))


def _bandcamp(host: str, parts: SplitResult) -> Address | None:
    found = _BANDCAMP.fullmatch(parts.path)
    name = host.removesuffix(".bandcamp.com")
    if found:
        url = f"https://{host}/album/{found[1]}"
        return Address("bandcamp", "album", f"{name}/{found[1]}", url)
    if parts.path in ("", "/", "/music"):
        return Address("bandcamp", "artist", name, f"https://{host}")
    return None


def _allmusic(host: str, parts: SplitResult) -> Address | None:
    found = _ALLMUSIC.fullmatch(parts.path)
    if not found:
        return None
    thing, number = found[1].lower(), found[2].lower()
    return Address("allmusic", thing, number, f"https://www.allmusic.com/{thing}/{number}")


_Reader = Callable[[str, SplitResult], Address | None]
_READERS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"(?:open|play)\.spotify\.com", _spotify),
        (r"(?:geo\.)?(?:music|itunes)\.apple\.com", _apple),
        (r"(?:m\.)?wikidata\.org", _wikidata),
        (r"[a-z][a-z-]{1,15}(?:\.m)?\.wikipedia\.org", _wikipedia),
        (r"(?:m\.)?discogs\.com", _discogs),
        (r"(?:m\.|music\.)?youtube\.com|youtu\.be", _youtube),
        (r"[a-z0-9][a-z0-9-]{1,62}\.bandcamp\.com", _bandcamp),
        (r"allmusic\.com", _allmusic),
    )
)
