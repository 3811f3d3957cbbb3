"""Pictures for tests: small, of one kind or another, and some nobody should have to open."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image, ImageDraw


def picture(
    colour: str = "#b03020", size: tuple[int, int] = (600, 600), kind: str = "JPEG", **options: Any
) -> bytes:
    """A picture of one colour with a dark band at its top, so that up and down differ."""
    image = Image.new("RGB", size, colour)
    ImageDraw.Draw(image).rectangle((0, 0, size[0], size[1] // 6), fill="#101010")
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def moving_picture(first: str = "#20a040", second: str = "#2040b0") -> bytes:
    """A GIF of two frames."""
    frames = [Image.new("RGB", (300, 300), colour) for colour in (first, second)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def giant_png(side: int = 50_000) -> bytes:
    """A valid PNG of `side` × `side` black points, a few hundred kilobytes long."""
    row = b"\0" + b"\0" * ((side + 7) // 8)
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def opened(data: bytes) -> Image.Image:
    """The picture in `data`, in memory."""
    image = Image.open(io.BytesIO(data))
    image.load()
    return image
