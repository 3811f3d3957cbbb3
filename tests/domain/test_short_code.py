from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.short_code import number_of, short_code


@given(st.integers(0, 2**63 - 1))
def test_a_code_leads_back_to_its_number(number: int) -> None:
    assert number_of(short_code(number)) == number
    assert number_of(short_code(number).upper()) == number


def test_codes_are_short() -> None:
    assert [short_code(n) for n in (0, 35, 36, 12_345, 100_000)] == ["0", "z", "10", "9ix", "255s"]


@pytest.mark.parametrize("code", ["", "-1", "1 ", "a_b", "ä", "١", "z" * 13, "1" * 40])
def test_what_is_no_code_has_no_number(code: str) -> None:
    assert number_of(code) is None
