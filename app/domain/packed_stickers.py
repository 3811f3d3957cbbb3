"""What stands on the stickers of one file, kept in little room."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import NamedTuple


class Sticker(NamedTuple):
    """The text under a code and the address in it, as written for one copy."""

    copy_id: int
    text: str
    url: str


class StickerPacker:
    """Takes stickers one by one; only their packed form is held."""

    def __init__(self) -> None:
        self.count = 0
        self._squeezer = zlib.compressobj()
        self._packed = bytearray()

    def add(self, sticker: Sticker) -> None:
        """Put in one more."""
        self.count += 1
        self._packed += self._squeezer.compress(json.dumps(sticker).encode() + b"\n")

    def packed(self) -> bytes:
        """All of them; nothing can be added afterwards."""
        self._packed += self._squeezer.flush()
        return bytes(self._packed)


def unpacked(packed: bytes) -> Iterator[Sticker]:
    """The stickers in the order they were put in."""
    for line in zlib.decompress(packed).splitlines():
        yield Sticker(*json.loads(line))
