from __future__ import annotations

import re

import segno

from app.domain.qr_code import QUIET, draw_code

URL = "https://www.discogs.com/release/1267060"


def test_the_drawing_has_the_dark_modules_of_the_code() -> None:
    drawing = draw_code(URL)
    assert drawing is not None
    matrix = segno.make_qr(URL, error="h", boost_error=False).matrix
    wanted = {
        (x + QUIET, y + QUIET)
        for y, line in enumerate(matrix)
        for x, dark in enumerate(line)
        if dark
    }

    drawn = {
        (int(x) + step, int(y))
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)", drawing.path)
        for step in range(int(width))
    }

    assert drawn == wanted
    assert drawing.size == len(matrix) + 2 * QUIET


def test_an_address_that_fits_no_code_has_no_drawing() -> None:
    assert draw_code("https://example.org/" + "x" * 2_000) is None


def test_nothing_to_say_is_still_a_code() -> None:
    assert draw_code("") is not None
