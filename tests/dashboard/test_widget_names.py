"""What the engine says of data names widgets on a page, and no option of a command."""

from __future__ import annotations

import ast
import doctest
import re
from pathlib import Path

import pytest

from dashboard.parts import widget_names
from dashboard.parts.widget_names import with_widgets
from spinn_engine.vocabulary import SPLITS

PROBLEMS = Path(__file__).parents[2] / "spinn_engine" / "problems"
SENTENCES = [
    node.value
    for path in sorted(PROBLEMS.rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Constant)
    and isinstance(node.value, str)
    and re.search(r"--[a-z]", node.value)
    and "``" not in node.value  # a docstring
]


def test_the_example_holds() -> None:
    assert doctest.testmod(widget_names).failed == 0


@pytest.mark.parametrize("text", SENTENCES)
def test_no_option_is_left_in_a_sentence_about_data(text: str) -> None:
    assert not re.search(r"--[a-z]", with_widgets(text))


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_is_called_as_in_its_list(split: str) -> None:
    told = with_widgets(f"hold out another part (--split {split})")
    assert told == f"hold out another part (“Split”: {SPLITS[split].label})"


def test_text_without_options_stays_as_it_is() -> None:
    text = "run 2026-11-28 -- and (a-b) --groups"
    assert with_widgets(text) == text


def test_sentences_with_options_are_found() -> None:
    assert len(SENTENCES) > 10
