"""Pictures from outside: what is kept of them, and what is refused."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import pytest
from PIL import Image, ImageCms

from app.domain.picture_files import PictureFiles, UnusablePictureError, picture_files
from app.domain.sleeves.colour import distance
from tests.pictures import giant_png, moving_picture, opened, picture


def _saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _colour_at(made: PictureFiles, x: int, y: int) -> str:
    point = opened(made.files[1200]).convert("RGB").getpixel((x, y))
    assert isinstance(point, tuple)
    return "#{:02x}{:02x}{:02x}".format(*point[:3])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_is_kept_in_four_sizes(kind: str) -> None:
    made = picture_files(picture("#b03020", (1600, 1200), kind))

    assert (made.width, made.height) == (1200, 900)
    assert {size: opened(data).size for size, data in made.files.items()} == {
        1200: (1200, 900),
        600: (600, 450),
        300: (300, 225),
        150: (150, 113),
    }
    assert {opened(data).format for data in made.files.values()} == {"WEBP"}
    assert distance(made.colour, "#b03020") < 20


def test_a_small_picture_is_not_made_larger() -> None:
    made = picture_files(picture(size=(300, 250)))

    assert (made.width, made.height) == (300, 250)
    assert sorted(made.files) == [150, 1200]


def test_the_same_picture_has_the_same_name() -> None:
    assert picture_files(picture()).sha256 == picture_files(picture()).sha256
    assert picture_files(picture()).sha256 != picture_files(picture("#203080")).sha256


def test_a_picture_taken_sideways_is_put_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to show: its top is then at the right
    made = picture_files(picture(size=(600, 400), exif=exif))

    assert (made.width, made.height) == (400, 600)
    assert distance(_colour_at(made, 390, 300), "#101010") < 40
    assert distance(_colour_at(made, 200, 20), "#b03020") < 40


def test_where_and_with_what_it_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    made = picture_files(picture(exif=exif, comment=b"SecretComment"))

    for data in made.files.values():
        assert b"Secret" not in data
        assert not opened(data).getexif()
        assert "icc_profile" not in opened(data).info


def _red_and_blue_swapped() -> bytes:
    """The profile of a screen whose red is blue."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")


def test_colours_of_another_profile_are_turned_into_those_of_screens() -> None:
    turned = picture_files(picture("#b03020", icc_profile=_red_and_blue_swapped()))

    assert distance(_colour_at(turned, 300, 400), "#2030b0") < 20


def test_a_profile_that_is_none_does_no_harm() -> None:
    made = picture_files(picture(icc_profile=b"no profile at all" * 20))

    assert distance(_colour_at(made, 300, 400), "#b03020") < 20


@pytest.mark.parametrize(
    ("image", "shown"),
    [
        (Image.new("RGBA", (100, 100), (0, 0, 0, 0)), "#ffffff"),
        (Image.new("LA", (100, 100), (128, 255)), "#808080"),
        (Image.new("L", (100, 100), 128), "#808080"),
        (Image.new("1", (100, 100), 1), "#ffffff"),
        (Image.new("I;16", (100, 100), 0x8000), "#808080"),
        (Image.new("RGB", (100, 100), "#804020").quantize(8), "#804020"),
    ],
    ids=["transparent", "grey with alpha", "grey", "black and white", "16 bits", "palette"],
)
@pytest.mark.parametrize("side", [100, 2_500])
def test_every_kind_of_png_looks_as_it_should(image: Image.Image, shown: str, side: int) -> None:
    made = picture_files(_saved(image.resize((side, side)), "PNG"))

    assert distance(_colour_at(made, 50, 50), shown) < 12
    assert made.width == min(side, 1200)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_very_large_picture_is_shrunk_without_a_seam(kind: str) -> None:
    slope = Image.linear_gradient("L").resize((2_900, 3_700))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    made = picture_files(_saved(slope, kind, exif=exif))

    assert (made.width, made.height) in ((940, 1_200), (941, 1_200))
    greys = opened(made.files[1200]).convert("L").crop((400, 0, 401, 1_200)).tobytes()
    wanted = [255 * (1 - y / 1_199) for y in range(1_200)]
    assert max(abs(grey - want) for grey, want in zip(greys, wanted, strict=True)) < 6


OF_25_MILLION = """
import io, resource
from PIL import Image
from app.domain.picture_files import picture_files
files = []
for mode in ("LA", "I;16"):
    files.append(io.BytesIO())
    Image.new(mode, (5_000, 5_000)).save(files[-1], "PNG", compress_level=1)
(size,) = (int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize"))
most = size * 1024 + 150_000_000
resource.setrlimit(resource.RLIMIT_AS, (most, most))
print([picture_files(file.getvalue()).width for file in files])
"""


def test_u17_what_is_tiny_in_its_file_takes_no_more_room_than_any_other() -> None:
    """Row P4 as well: three times as much, as it once was, ends a job where memory is short."""
    read = subprocess.run(
        [sys.executable, "-c", OF_25_MILLION], capture_output=True, text=True, check=False
    )

    assert (read.stdout, read.stderr) == ("[1200, 1200]\n", "")


def test_a_picture_in_printers_colours_looks_as_it_should() -> None:
    data = _saved(Image.new("CMYK", (100, 100), (0, 255, 255, 0)), "JPEG")

    assert distance(_colour_at(picture_files(data), 50, 50), "#ff0000") < 40


def test_of_a_moving_picture_the_first_frame_stays() -> None:
    made = picture_files(moving_picture("#20a040", "#2040b0"))

    assert distance(_colour_at(made, 150, 150), "#20a040") < 30
    assert getattr(opened(made.files[1200]), "n_frames", 1) == 1


def test_u17_fifty_thousand_pixels_a_side_are_not_even_decoded() -> None:
    with pytest.raises(UnusablePictureError, match="50 million pixels"):
        picture_files(giant_png(50_000))


def test_u17_a_hundred_million_pixels_are_too_many_as_well() -> None:
    with pytest.raises(UnusablePictureError, match="50 million pixels"):
        picture_files(giant_png(10_000))


def test_u17_pixels_are_counted_before_any_is_decoded() -> None:
    """As many as no library warns of, and of which nothing has come but how many they are."""
    with pytest.raises(UnusablePictureError, match="50 million pixels"):
        picture_files(giant_png(8_000)[:60])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.02, 0.5, 0.98])
def test_u17_half_a_picture_is_refused(kind: str, part: float) -> None:
    # Noise, or there is nothing after the first half that could be missing.
    noise = Image.effect_noise((300, 300), 80)
    whole = _saved(noise, kind)

    with pytest.raises(UnusablePictureError):
        picture_files(whole[: int(len(whole) * part)])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<!doctype html><img src=x onerror=alert(1)>",
        b"GIF89a<script>alert(1)</script>",
        b"\xff\xd8\xff\xe0" + b"\0" * 200,
        b"%PDF-1.7 %\xe2\xe3",
        _saved(Image.new("RGB", (64, 64)), "BMP"),
        _saved(Image.new("RGB", (64, 64)), "TIFF"),
        _saved(Image.new("RGB", (1, 1)), "PNG"),
    ],
    ids=["empty", "svg", "html", "gif?", "jpeg?", "pdf", "bmp", "tiff", "one pixel"],
)
def test_u17_what_is_no_cover_is_refused(data: bytes) -> None:
    with pytest.raises(UnusablePictureError):
        picture_files(data)


def test_more_than_twenty_five_megabytes_are_refused() -> None:
    with pytest.raises(UnusablePictureError, match="25 MB"):
        picture_files(picture() + b"\0" * 26_300_000)
