"""Foreign text and the engine's sentences as Markdown shows them."""

from __future__ import annotations

import re

import pytest

from dashboard.parts.markdown import plain, sentence


def test_plain_leaves_no_markup() -> None:
    assert plain("<b>_x_</b>") == r"\<b\>\_x\_\</b\>"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("cost -0.0001 R2, -0.01 to +0.02", "cost −0.0001 R², −0.01 to +0.02"),
        ("(-3 to -1) of run 20261128-211052", "(−3 to −1) of run 20261128-211052"),
        ("a well-known <b>*name*</b>", "a well-known <b>*name*</b>"),
    ],
)
def test_a_sentence_has_true_minus_signs(told: str, shown: str) -> None:
    assert re.sub(r"\\(.)", r"\1", sentence(told)) == shown
