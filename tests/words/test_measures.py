"""Sizes and times: read back, and in order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.words import duration, latency, size
from tests.words.support import seconds, size_in_bytes

COUNTS = st.integers(0, 10**15)
SPANS = st.floats(0, 1e7)


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (840_200, "840 kB"), (2_667_528, "2.67 MB")]
    + [(1000, "1 kB"), (99_960, "100 kB"), (999_600, "1 MB"), (16e9, "16 GB")],
)
def test_sizes(number: float, text: str) -> None:
    assert size(number) == text


@given(COUNTS)
def test_a_size_is_within_half_a_percent(number: int) -> None:
    assert float(size_in_bytes(size(number))) == pytest.approx(number, rel=0.0051)


@given(COUNTS, COUNTS)
def test_a_larger_number_of_bytes_reads_no_smaller(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert size_in_bytes(size(small)) <= size_in_bytes(size(large))


@pytest.mark.parametrize(
    ("span", "text"),
    [(0, "0 s"), (0.2, "0.2 s"), (9.96, "10 s"), (59.4, "59 s"), (59.6, "1 min 0 s")]
    + [(200, "3 min 20 s"), (750, "12 min 30 s"), (3599.6, "1 h 0 min"), (7500, "2 h 5 min")]
    + [(86399, "1 d 0 h"), (266_400, "3 d 2 h")],
)
def test_durations(span: float, text: str) -> None:
    assert duration(span) == text


@given(SPANS)
def test_a_duration_reads_back_within_half_its_last_unit(span: float) -> None:
    text = duration(span)
    last = {"s": 1, "min": 60, "h": 3600}[text.split()[-1]]
    precise = 0.05 * max(span, 1e-9) if span < 9.5 else last / 2 + 1e-6
    assert abs(seconds(text) - span) <= precise


@given(SPANS, SPANS)
def test_a_longer_time_reads_no_shorter(one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert seconds(duration(short)) <= seconds(duration(long))


@given(st.floats(0.01, 1e8))
def test_a_latency_is_within_half_a_percent(microseconds: float) -> None:
    assert seconds(latency(microseconds)) == pytest.approx(microseconds / 1e6, rel=0.0051)
