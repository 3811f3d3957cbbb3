"""A picture from outside made into one of ours: checked, shrunk, stripped, encoded anew.

Nothing of the bytes that came in is kept: no metadata, no second frame, no trailing data.
"""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from app.domain.sleeves.colour import chroma
from app.errors import InvalidInputError

LARGEST = 1200
THUMBNAILS = (150, 300, 600)
SIZES = (*THUMBNAILS, LARGEST)
MOST_BYTES = 25 * 2**20
MOST_PIXELS = 50_000_000
FEWEST_PIXELS_A_SIDE = 16

_KINDS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 82
_JPEG_QUALITY = 85
_SWATCHES = 6
_STRIP_ROWS = 64
# What Pillow raises for bytes that are not what they begin as.
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)
_BROKEN_TOO = (OverflowError, MemoryError, struct.error, zlib.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class UnusablePictureError(InvalidInputError):
    """These bytes cannot be shown as a picture; the message says why, for a person."""


@dataclass(frozen=True, slots=True)
class PictureFiles:
    """A picture ready to be kept, as WebP.

    `files` has it by the longest side asked for: `LARGEST` always, a thumbnail only where it is
    smaller than that. `sha256` is that of the largest; `width` and `height` are its pixels;
    `colour` is the dominant one as "#rrggbb".
    """

    sha256: str
    width: int
    height: int
    colour: str
    files: Mapping[int, bytes]


def picture_files(data: bytes) -> PictureFiles:
    """The picture in `data` (JPEG, PNG, WebP, GIF), upright, in sRGB, at most 1200 pixels a side.

    Takes a few tenths of a second, and up to 220 MB for the largest pictures allowed. Raises
    UnusablePictureError.
    """
    if len(data) > MOST_BYTES:
        raise UnusablePictureError(f"This file is larger than {MOST_BYTES // 2**20} MB.")
    try:
        with Image.open(io.BytesIO(data), formats=_KINDS) as image:
            _check_size(image)
            largest = _plain(image)
    except _BOMBS:
        raise _too_many_pixels() from None
    except UnidentifiedImageError:
        raise UnusablePictureError(
            "This is no picture we can read. Choose a JPEG, PNG, WebP or GIF file."
        ) from None
    except (*_BROKEN, *_BROKEN_TOO) as error:
        raise UnusablePictureError("This picture is damaged: it cannot be read to its end.") from (
            error
        )
    encoded = {LARGEST: _encoded(largest)}
    for size in THUMBNAILS:
        if size < max(largest.size):
            encoded[size] = _encoded(_shrunk(largest, size))
    digest = hashlib.sha256(encoded[LARGEST]).hexdigest()
    return PictureFiles(digest, *largest.size, _dominant(largest), encoded)


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise _too_many_pixels()
    if min(image.size) < FEWEST_PIXELS_A_SIDE:
        raise UnusablePictureError(
            f"This picture is only {image.width} × {image.height} pixels small."
        )


def _too_many_pixels() -> UnusablePictureError:
    return UnusablePictureError(
        f"This picture has more than {MOST_PIXELS // 10**6} million pixels. Make it smaller first."
    )


def _plain(image: Image.Image) -> Image.Image:
    """The first frame: decoded, shrunk, upright, in sRGB, on white where it is transparent."""
    if image.format in ("JPEG", "MPO"):
        image.draft(None, (LARGEST, LARGEST))  # decodes at a half, a quarter, an eighth
    image.load()
    profile = image.info.get("icc_profile")
    image = _nearly_small(image)
    if max(image.size) > LARGEST:
        image.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS, reducing_gap=2.0)
    image = _in_srgb(ImageOps.exif_transpose(image), profile)
    plain = Image.new("RGB", image.size, "white")
    if image.mode == "RGBA":
        plain.paste(image, mask=image.getchannel("A"))
    else:
        plain.paste(image.convert("RGB"))
    return plain


def _nearly_small(image: Image.Image) -> Image.Image:
    """In a simple mode and at most twice `LARGEST`, by whole steps.

    Strip by strip: a file of a few kilobytes may be hundreds of megabytes in another mode.
    """
    step = max(image.size) // LARGEST
    if step < 2:
        return _in_simple_mode(image)
    rows = step * _STRIP_ROWS
    small: Image.Image | None = None
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        strip = _in_simple_mode(strip).reduce(step)
        if small is None:
            small = Image.new(strip.mode, (strip.width, -(-image.height // step)))
        small.paste(strip, (0, top // step))
    assert small is not None
    small.info = dict(image.info)  # which way up it is
    return small


def _in_simple_mode(image: Image.Image) -> Image.Image:
    """A mode that can be shrunk and have a profile: grey, colour, print or transparent."""
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.convert("I").point(lambda grey: grey / 256).convert("L")
    if image.mode in ("L", "RGB", "CMYK", "RGBA"):
        return image if image.mode != "L" or not image.has_transparency_data else _rgba(image)
    return _rgba(image) if image.has_transparency_data else image.convert("RGB")


def _rgba(image: Image.Image) -> Image.Image:
    return image.convert("RGBA")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image
    wanted: Literal["RGB", "RGBA"] = "RGBA" if image.mode == "RGBA" else "RGB"
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(
            image, given, ImageCms.createProfile("sRGB"), outputMode=wanted
        )
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a profile that does not fit: the colours as they are
    return turned or image


def _shrunk(image: Image.Image, size: int) -> Image.Image:
    small = image.copy()
    small.thumbnail((size, size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return small


def _encoded(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=_QUALITY, method=4)
    return out.getvalue()


def as_jpeg(data: bytes) -> bytes:
    """One of our pictures as JPEG, for those who take nothing else; the same each time.

    Raises UnusablePictureError.
    """
    out = io.BytesIO()
    try:
        with Image.open(io.BytesIO(data), formats=("WEBP",)) as image:
            _check_size(image)
            image.convert("RGB").save(out, "JPEG", quality=_JPEG_QUALITY, progressive=True)
    except (*_BROKEN, *_BROKEN_TOO, *_BOMBS) as error:
        raise UnusablePictureError("The picture in the images folder is damaged.") from error
    return out.getvalue()


def _dominant(image: Image.Image) -> str:
    """The colour of the largest part (median cut); of parts alike in size, the more colourful."""
    swatches = image.resize((64, 64), Image.Resampling.BOX).quantize(
        _SWATCHES, Image.Quantize.MEDIANCUT
    )
    palette = swatches.getpalette() or []
    found: list[tuple[float, str]] = []
    for index, count in enumerate(swatches.histogram()[: len(palette) // 3]):
        red, green, blue = palette[3 * index : 3 * index + 3]
        colour = f"#{red:02x}{green:02x}{blue:02x}"
        found.append((count * (0.5 + chroma(colour) / 255), colour))
    return max(found)[1]
