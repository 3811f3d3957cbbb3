from __future__ import annotations

import pytest

from app.domain.ids import LARGEST_ID, id_in


@pytest.mark.parametrize(("text", "number"), [("1", 1), ("42", 42), (str(LARGEST_ID), LARGEST_ID)])
def test_an_id_is_a_plain_number(text: str, number: int) -> None:
    assert id_in(text) == number


@pytest.mark.parametrize(
    "text",
    ["", "0", "-1", "+1", "01", " 1", "1\n", "1.0", "١", str(LARGEST_ID + 1), "9" * 5000],
)
def test_anything_else_is_none(text: str) -> None:
    assert id_in(text) is None
