"""Lists, widths, and what others wrote."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.words import (
    capitalised,
    counted,
    listed,
    shown,
    shown_list,
    tied,
    typeset,
    widths,
)

WORD = st.text("abcxyz_", min_size=1, max_size=5)
LAYERS = st.lists(st.integers(1, 2000), max_size=40)


@given(st.lists(WORD, max_size=12))
def test_a_list_holds_every_word_in_order(words: list[str]) -> None:
    text = listed(words)
    assert [part for part in re.split(", | and ", text) if part] == words
    assert text.count(" and ") == (len(words) > 1)


@given(st.lists(WORD, min_size=4), st.integers(1, 3))
def test_of_a_long_list_the_rest_is_counted(words: list[str], most: int) -> None:
    *some, rest = re.split(", | and ", listed(words, most))
    assert some == words[:most]
    assert rest == f"{len(words) - most} more"


@given(LAYERS.filter(bool))
def test_widths_are_those_of_every_layer(hidden: list[int]) -> None:
    parts = (part.rpartition("×") for part in widths(hidden).split("-"))
    assert [int(w) for n, _, w in parts for _ in range(int(n or 1))] == hidden


def test_a_network_without_hidden_layers_says_so() -> None:
    assert widths(()) == "none"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (1234, "1,234 files")]
)
def test_a_noun_agrees_with_its_number(number: int, text: str) -> None:
    assert counted(number, "file") == text


@given(st.text())
def test_what_others_wrote_is_one_short_line_of_letters(name: str) -> None:
    text = shown(name)
    assert text.isprintable()
    assert len(text) <= 103
    if name.isprintable() and len(name) <= 100:
        assert text == name


@given(st.lists(st.text(), min_size=1))
def test_a_list_of_what_others_wrote_is_short_as_well(names: list[str]) -> None:
    text = shown_list(names)
    assert text.isprintable()
    assert len(text) < 450
    assert text.endswith(" more") == (len(names) > 4) or shown(names[-1]).endswith(" more")


@given(st.text())
def test_only_the_first_letter_changes(text: str) -> None:
    assert capitalised(text) == text[:1].upper() + text[1:]


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        ("cost -0.0001 R2, -0.01 to +0.02", "cost −0.0001 R², −0.01 to +0.02"),
        ("(-3 to -1) of run 20261128-211052", "(−3 to −1) of run 20261128-211052"),
        ("a well-known 1-2 of 512-512-256", "a well-known 1-2 of 512-512-256"),
    ],
)
def test_a_sentence_is_typeset(told: str, seen: str) -> None:
    assert typeset(told) == seen


@given(st.text("0123456789 %kMBsminh×.abc"))
def test_tying_changes_only_the_kind_of_a_space(text: str) -> None:
    assert tied(text).replace("\xa0", " ") == text


def test_a_number_is_tied_to_its_unit_alone() -> None:
    found = tied("95 % of 12 min 30 s, 3 MB and 4 methods in 2.5 ×")
    assert found.replace("\xa0", "~") == "95~% of 12~min 30~s, 3~MB and 4 methods in 2.5~×"
