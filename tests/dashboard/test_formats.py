"""Numbers as a person reads them."""

from __future__ import annotations

import re

import pytest

from dashboard.parts import formats


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (840_200, "840 kB"), (2_667_528, "2.67 MB")],
)
def test_size(count: int, text: str) -> None:
    assert formats.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.2, "0 s"), (59.6, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_duration(seconds: float, text: str) -> None:
    assert formats.duration(seconds) == text


def test_estimate_with_and_without_an_interval() -> None:
    estimate = formats.estimate({"mean": 0.98, "low": 0.97, "high": 0.99})
    assert estimate.split() == ["0.9800", "[0.9700,", "0.9900]"]
    assert formats.estimate({"mean": -0.5, "low": None, "high": None}) == "−0.5000"


def test_signed_uses_a_true_minus() -> None:
    assert formats.signed(-0.0012) == "−0.0012"
    assert formats.signed(0.0012) == "+0.0012"


def test_plain_leaves_no_markup() -> None:
    assert formats.plain("<b>_x_</b>") == r"\<b\>\_x\_\</b\>"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("cost -0.0001 R2, -0.01 to +0.02", "cost −0.0001 R², −0.01 to +0.02"),
        ("(-3 to -1) of run 20261128-211052", "(−3 to −1) of run 20261128-211052"),
        ("a well-known <b>*name*</b>", "a well-known <b>*name*</b>"),
    ],
)
def test_a_sentence_has_true_minus_signs(told: str, shown: str) -> None:
    assert re.sub(r"\\(.)", r"\1", formats.sentence(told)) == shown
