from __future__ import annotations

import pytest

from app.domain.matching.barcodes import normal_barcode, written_barcode


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("5 099902 987613", "5099902987613"),
        ("5099902987613", "5099902987613"),
        ("0 7464-40579-2 8", "0074644057928"),
        ("074644057928", "0074644057928"),
        ("0074644057928", "0074644057928"),
        ("05099902987613", "5099902987613"),
        ("96385074", "96385074"),
    ],
)
def test_one_barcode_is_written_in_many_ways(written: str, normal: str) -> None:
    assert normal_barcode(written) == normal


@pytest.mark.parametrize(
    "text",
    ["", "none", "5099902987614", "509990298761", "12345", "0" * 13, "50999O2987613", "٥" * 13],
)
def test_what_fails_its_check_digit_is_no_barcode(text: str) -> None:
    assert normal_barcode(text) == ""


def test_a_barcode_is_shown_as_under_its_bars() -> None:
    assert written_barcode("5099902987613") == "5 099902 987613"
