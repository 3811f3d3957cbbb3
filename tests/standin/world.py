"""All services on loopback at once, knowing the same made-up records: for the enrichment job."""

from __future__ import annotations

import io
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from PIL import Image

from tests.standin.apple_music import KEY_ID, TEAM_ID, AppleMusicStandIn
from tests.standin.cover_art import ArchiveStandIn, CoverArtStandIn
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items
from tests.standin.itunes import ITunesStandIn
from tests.standin.musicbrainz import Group, MusicBrainzStandIn
from tests.standin.shop_albums import ShopAlbum
from tests.standin.spotify import CLIENT_ID, CLIENT_SECRET, SpotifyStandIn
from tests.standin.wikidata import Item, WikidataStandIn
from tests.standin.wikipedia import Page, WikipediaStandIn

Json = dict[str, Any]


def mbid(kind: int, number: int) -> str:
    """An MBID that tells what it stands for."""
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


RELEASE, GROUP, ARTIST = 1, 2, 3
# Between the number of a record and that of the picture the shop has of it.
AT_THE_SHOP = 1_000


class World:
    """Every service, filled from one Discogs collection. `with` starts and stops them all.

    Every second release with a master is known to MusicBrainz; every third artist has an item at
    Wikidata and an article. Shops sell every album, and a karaoke version of each fifth.
    """

    def __init__(self, copies: int = 0, items: list[Json] | None = None) -> None:
        items = generated_items(copies) if items is None else items
        self.collector = Collector("collector", token="test-token", items=items)
        self.discogs = DiscogsStandIn(self.collector)
        self.musicbrainz = MusicBrainzStandIn()
        self.wikidata = WikidataStandIn()
        self.wikipedia = WikipediaStandIn()
        self.spotify = SpotifyStandIn()
        self.apple_music = AppleMusicStandIn()
        self.itunes = ITunesStandIn()
        self.archive = self.itunes.archive = ArchiveStandIn()
        self.covers = CoverArtStandIn(self.archive)
        self._running = ExitStack()
        for item in items:
            self.know(item["basic_information"])

    @property
    def services(self) -> dict[str, Any]:
        """The stand-ins by the name of their provider."""
        return {
            "discogs": self.discogs,
            "musicbrainz": self.musicbrainz,
            "wikidata": self.wikidata,
            "wikipedia": self.wikipedia,
            "spotify": self.spotify,
            "apple_music": self.apple_music,
            "itunes": self.itunes,
            "coverart": self.covers,
        }

    def __enter__(self) -> Self:
        for stand_in in (*self.services.values(), self.archive):
            self._running.enter_context(stand_in)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._running.close()

    def settings(self, folder: Path, *, apple: bool = True, spotify: bool = True) -> dict[str, Any]:
        """Settings under which an app talks to this world; an Apple key is put into `folder`."""
        told: dict[str, Any] = {
            "discogs_username": self.collector.username,
            "discogs_token": self.collector.token,
            "discogs_api_url": self.discogs.url,
            "discogs_web_url": self.discogs.web_url,
            "discogs_limit": "6000/1",
            "musicbrainz_api_url": self.musicbrainz.api_url,
            "coverart_api_url": self.covers.url,
            "wikidata_api_url": self.wikidata.url,
            "wikipedia_api_url": self.wikipedia.api_url,
            "itunes_api_url": self.itunes.url,
            "apple_music_api_url": self.apple_music.url,
            "spotify_api_url": self.spotify.api_url,
            "spotify_accounts_url": self.spotify.url,
            "image_hosts": tuple(
                stand_in.url.removeprefix("http://") for stand_in in (self.discogs, self.archive)
            ),
        }
        for provider in (*self.services, "images"):
            told[f"{provider}_limit"] = "6000/1"
        if apple:
            key = folder / "apple.p8"
            key.write_text(self.apple_music.private_key_pem)
            told |= {
                "apple_team_id": TEAM_ID,
                "apple_key_id": KEY_ID,
                "apple_private_key_file": key,
            }
        if spotify:
            told |= {"spotify_client_id": CLIENT_ID, "spotify_client_secret": CLIENT_SECRET}
        return told

    def know(self, basic: Json) -> None:
        """Let the other services know a release, as far as they would."""
        number, master = basic["id"], basic["master_id"]
        self._in_shops(number, basic)
        for artist in basic["artists"]:
            if artist["id"] % 3 == 0:
                self._in_encyclopaedias(artist)
        if master and number % 2 == 0:
            self._at_musicbrainz(number, master, basic)

    def _in_shops(self, number: int, basic: Json) -> None:
        artists = tuple(artist["name"].partition(" (")[0] for artist in basic["artists"])
        year = str(basic["year"] or 1999)
        album = ShopAlbum(number, basic["title"], artists, year, 2)
        sold = [album]
        if number % 5 == 0:
            title = f"{basic['title']} (Karaoke Version)"
            sold.append(ShopAlbum(9_000_000 + number, title, ("Party Stars Karaoke",), year, 2))
        for shop in (self.spotify, self.apple_music, self.itunes):
            shop.albums.extend(sold)
        sleeve = f"/music/{number}/source/600x600bb.jpg"
        self.archive.files[sleeve] = picture(number + AT_THE_SHOP)

    def _in_encyclopaedias(self, artist: Json) -> None:
        qid, name = f"Q{artist['id']}", artist["name"].partition(" (")[0]
        self.wikidata.add(
            Item(
                qid,
                name,
                "musician",
                claims={"P1953": [str(artist["id"])]},
                sitelinks={"enwiki": f"{name} (musician)"},
            )
        )
        text = f"{name} is a musician. They are made up for a test."
        self.wikipedia.add(Page(f"{name} (musician)", text, "musician", qid))

    def _at_musicbrainz(self, number: int, master: int, basic: Json) -> None:
        title, names = (
            basic["title"],
            tuple(
                (mbid(ARTIST, artist["id"]), artist["name"].partition(" (")[0])
                for artist in basic["artists"]
            ),
        )
        self.musicbrainz.page("release", number, mbid(RELEASE, number), title)
        self.musicbrainz.page("master", master, mbid(GROUP, master), title, "1971-03-01")
        self.musicbrainz.add_group(
            Group(
                mbid(GROUP, master),
                title,
                "1971-03-01",
                artists=names,
                links=[
                    ("free streaming", f"https://open.spotify.com/album/{number:022d}"),
                    ("wikidata", f"https://www.wikidata.org/wiki/Q{8_000_000 + master}"),
                ],
            )
        )
        self.covers.add("release", mbid(RELEASE, number), picture(number))


def picture(number: int) -> bytes:
    """A small JPEG, another one for each number."""
    colour = (number * 37 % 256, number * 91 % 256, number * 53 % 256)
    made = io.BytesIO()
    Image.new("RGB", (120, 120), colour).save(made, "JPEG")
    return made.getvalue()
