"""What the Discogs stand-in shows to whom: pictures to authenticated callers, notes to owners."""

from __future__ import annotations

import re
import struct
import zlib
from dataclasses import dataclass

from tests.standin.discogs_world import Collector, Json
from tests.standin.messages import Reply

NO_PICTURE = "https://st.discogs.com/images/spacer.gif"


@dataclass(frozen=True)
class Caller:
    """Who asks: a user, an application (authenticated, no user) or anybody."""

    user: Collector | None = None
    authenticated: bool = False

    def owns(self, collector: Collector) -> bool:
        """Whether it is the collector's own look."""
        return self.user is collector


@dataclass
class Gallery:
    """The picture host. A new `signature` moves all pictures, as Discogs does now and then."""

    base: str
    signature: str = "signed-once"

    def url(self, release_id: int, side: int) -> str:
        """Where the picture of a release is, `side` pixels wide."""
        return f"{self.base}/images/{self.signature}/{side}/R-{release_id}-1.jpeg"

    def answer(self, path: str) -> Reply:
        """A plain square in a colour of the release's own."""
        match = re.fullmatch(r"/images/([^/]+)/(150|600)/R-(\d+)-1\.jpeg", path)
        if match is None or match[1] != self.signature:
            return Reply(404)
        return Reply(200, _picture(int(match[3])), {"Content-Type": "image/png"})


def resource(stored: Json, base: str, kind: str) -> Json:
    """A master, artist or label with its own address."""
    return stored | {"resource_url": f"{base}/{kind}/{stored.get('id')}"}


def release(stored: Json, gallery: Gallery, caller: Caller) -> Json:
    """A release, or what a listing tells about it, with the pictures the caller may see."""
    shown = resource(stored, gallery.base, "releases")
    if shown.pop("picture", False):
        pictures = {
            "thumb": gallery.url(shown["id"], 150),
            "cover_image": gallery.url(shown["id"], 600),
        }
    else:
        pictures = {"thumb": "", "cover_image": NO_PICTURE}
    if not caller.authenticated:
        return shown | {"thumb": "", "cover_image": ""}
    return shown | pictures


def full_release(stored: Json, gallery: Gallery, caller: Caller) -> Json:
    """A release of its own page: pictures are in `images`, a key that is missing without any."""
    full = release(stored, gallery, caller)
    full.pop("cover_image")
    if stored.get("picture"):
        uri = gallery.url(stored["id"], 600) if caller.authenticated else ""
        full["images"] = [{"type": "primary", "uri": uri, "width": 600, "height": 600}]
    return full


def entry(stored: Json, owner: Collector, gallery: Gallery, caller: Caller) -> Json:
    """A copy in a listing."""
    basic = release(stored["basic_information"], gallery, caller)
    shown = stored | {"basic_information": basic}
    master = basic.get("master_id")
    basic["master_url"] = f"{gallery.base}/masters/{master}" if master else None
    if not caller.owns(owner):
        public = {each["id"] for each in owner.fields if each["public"]}
        notes = [note for note in shown.pop("notes", []) if note["field_id"] in public]
        shown |= {"notes": notes} if notes else {}
    return shown


SIDE = 100


def _picture(number: int) -> bytes:
    """A plain square, whose colour tells pictures apart."""
    colour = bytes((number * 53 % 256, number * 97 % 256, number * 193 % 256))
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0)
    pixels = (b"\0" + colour * SIDE) * SIDE
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in chunks
    )
