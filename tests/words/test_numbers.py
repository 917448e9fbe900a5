"""One number as text, held against ``decimal`` and read back."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from spinn_engine.words import (
    MINUS,
    count,
    factor,
    fixed,
    percent,
    quantity,
    scientific,
    short_count,
    shortest,
    signed,
    significant,
)
from tests.words.support import NUMBERS, read

DIGITS = st.integers(1, 9)
MADE = (fixed, signed, significant, shortest, scientific, percent, factor, short_count)


@given(NUMBERS, st.integers(0, 9))
def test_decimals_are_those_of_exact_arithmetic(value: float, decimals: int) -> None:
    wanted = Decimal(value).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    assert read(fixed(value, decimals)) == wanted
    assert read(signed(value, decimals)) == wanted
    assert len(fixed(value, decimals).partition(".")[2]) == decimals


@given(NUMBERS | st.floats(-1e-3, 1e-3))
def test_a_sign_stands_before_what_is_not_zero_as_written(value: float) -> None:
    text, difference = fixed(value), signed(value)
    assert text.startswith(MINUS) == (read(text) < 0)
    assert difference[0] == (MINUS if read(text) < 0 else "+" if read(text) > 0 else "0")


@given(NUMBERS | st.floats(-1e-6, 1e-6))
def test_no_text_has_a_hyphen_for_a_minus_or_a_zero_with_a_sign(value: float) -> None:
    for make in MADE:
        text = make(value)
        assert not text.startswith("-")
        if not any(digit in text for digit in "123456789"):
            assert text[0] == "0"


@given(NUMBERS.filter(lambda value: abs(value) > 1e-30), DIGITS)
def test_significant_digits_are_those_of_exact_arithmetic(value: float, digits: int) -> None:
    exact = Decimal(value)
    last = exact.adjusted() - digits + 1  # power of ten of the last digit
    wanted = exact.quantize(Decimal(1).scaleb(min(last, 0)), ROUND_HALF_EVEN)
    text = significant(value, digits)
    if "e" not in text:
        assert abs(read(text) - exact) <= Decimal(1).scaleb(min(last, 0)) / 2
        assert read(text) == wanted or len(str(abs(wanted)).replace(".", "").strip("0")) > digits
    else:
        assert abs(read(text) - exact) <= Decimal(1).scaleb(last) / 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (81.32, "81.3"), (82306.6, "82,307"), (0.0657, "0.0657"), (9.996, "10.0")]
    + [(0.0001, "0.000100"), (0.00009996, "0.000100"), (0.0000999, "9.99e-5"), (1e9, "1.00e9")],
)
def test_three_digits(value: float, text: str) -> None:
    assert significant(value) == text


@given(NUMBERS, DIGITS)
def test_the_shortest_text_is_the_same_number_without_idle_zeros(value: float, digits: int) -> None:
    text = shortest(value, digits)
    assert read(text) == read(significant(value, digits))
    number = text.partition("e")[0]
    assert "." not in number or number[-1] not in "0."


@given(st.integers(-(10**15), 10**15))
def test_a_count_is_whole_and_grouped_by_three(value: int) -> None:
    first, *groups = count(value).lstrip(MINUS).split(",")
    assert int("".join((first, *groups))) == abs(value)
    assert 1 <= len(first) <= 3
    assert all(len(group) == 3 for group in groups)


@example(0.005, 0)  # halves round to even numbers: to zero
@given(st.floats(-2, 2), st.integers(0, 4))
def test_a_percentage_is_a_hundred_times_the_share(share: float, decimals: int) -> None:
    number, sign = percent(share, decimals).split(" ")
    assert sign == "%"
    allowed = Decimal(10) ** -decimals / 2 + Decimal("1e-12")
    assert abs(read(number) - 100 * Decimal(share)) <= allowed
    assert (read(number) == 0) == (share == 0)


@given(st.floats(1, 1e14))
def test_a_short_count_is_within_half_a_percent(value: float) -> None:
    number, _, letter = short_count(value).partition(" ")
    scale = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}[letter]
    assert float(read(number)) * scale == pytest.approx(value, rel=0.0051)
    assert len(number.replace(".", "")) <= 3 or scale == 1e12


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(3, "", "3"), (666_882, "", "666,882"), (-0.25, "points", "−0.25 points"), (0.0, "s", "0 s")],
)
def test_a_quantity_has_its_unit(value: float, unit: str, text: str) -> None:
    assert quantity(value, unit) == text
