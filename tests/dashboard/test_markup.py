"""Tables and pictures as HTML: what comes from outside is text, and numbers are numbers."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.architecture import architecture
from dashboard.parts.markup import ARM, BoldCell, figures, note, pictures, table
from spinn_engine.vocabulary import ARMS
from spinn_engine.words import factor, latency, percent, signed, significant, size

# what XML, which reads it here, can hold; a heading of blanks alone is no heading
TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Cc")), min_size=1)


def read(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(html)


def texts(root: ElementTree.Element, tag: str) -> list[str]:
    return ["".join(cell.itertext()) for cell in root.iter(tag)]


@given(TEXT.filter(str.strip), TEXT, TEXT, TEXT)
def test_whatever_a_cell_says_is_text(name: str, cell: str, below: str, alt: str) -> None:
    root = read(table([{name: cell}, {name: BoldCell(cell, below)}], alt))
    assert texts(root, "th") == [name]
    assert texts(root, "td") == [cell, cell + below]
    assert root.get("aria-label") == alt
    allowed = {"div", "table", "thead", "tbody", "tr", "th", "td", "strong", "br"}
    assert {element.tag for element in root.iter()} == allowed


def test_numbers_stand_to_the_right_where_the_whole_column_has_them() -> None:
    root = read(table([{"a": 1234567, "b": 1}, {"a": 5, "b": "one"}], "numbers"))
    assert texts(root, "td") == ["1,234,567", "1", "5", "one"]
    assert [cell.get("class") for cell in root.iter("td")] == ["count", None] * 2
    assert [cell.get("class") for cell in root.iter("th")] == ["count", None]


@pytest.mark.parametrize(
    "cell",
    [
        percent(0.249),
        latency(1_029_000),
        size(860_013),
        factor(18_475),
    ]
    + [signed(-0.0001), significant(-1.6e-6), "210,364", "0"],
)
def test_so_do_those_with_a_unit_or_a_sign_also_where_some_lack(cell: str) -> None:
    root = read(table([{"a": cell}, {"a": ""}, {"a": "–"}], "numbers"))
    assert [part.get("class") for part in root.iter("td")] == ["count"] * 3


@pytest.mark.parametrize(
    "cell",
    ["2026-11-28", "20261128-211052-acced7", "454 of 512", "0.98 [0.97, 0.99]", "512-2"]
    + ["3 min 20 s", "0, 1", "l1", BoldCell("5")],
)
def test_words_dates_and_intervals_stand_to_the_left(cell: str | BoldCell) -> None:
    root = read(table([{"a": cell}, {"a": "7"}], "words"))
    assert {part.get("class") for part in root.iter("td")} == {None}


def test_only_long_cells_may_take_several_lines() -> None:
    cells: list[str | BoldCell] = ["last layer, closed form", "x" * 40]
    cells += [BoldCell("bold"), BoldCell("bold", "and what is below")]
    root = read(table([{"a": cell} for cell in cells], "cells"))
    assert [part.get("class") for part in root.iter("td")] == [None, "long", None, "long"]


@pytest.mark.parametrize("arm", ARMS)
def test_an_arm_has_its_shape_and_colour(arm: str) -> None:
    root = read(table([{ARM: arm, "Arm": "its name"}], "arms"))
    sign = next(root.iter("tbody")).find("tr/td")
    assert sign is not None
    assert sign.text == ARMS[arm].glyph
    assert sign.get("style") == f"color: {ARMS[arm].colour}"
    assert texts(root, "th") == ["Arm"]  # a heading that says nothing is none


def test_a_column_that_only_some_lines_have_is_shown_and_dashed_in_the_others() -> None:
    root = read(table([{"a": "x", "n": 3}, {"a": "y", "later": "z"}], "ragged"))
    assert texts(root, "th") == ["a", "n", "later"]
    assert texts(root, "td") == ["x", "3", "–", "y", "–", "z"]


def test_no_line_is_no_line() -> None:
    assert texts(read(table([], "nothing")), "td") == []


def test_pictures_are_whole_and_described() -> None:
    svg = architecture((285, 143), (512, 256))
    html = pictures([(svg, 'a "b" & c', "<Stage 1>", "5 parameters")], 120)
    root = read(html)
    image = next(root.iter("img"))
    assert image.get("alt") == 'a "b" & c'
    kind, _, drawn = str(image.get("src")).partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert b64decode(drawn).decode() == svg
    assert texts(root, "figcaption") == ["<Stage 1>5 parameters"]


@given(TEXT, TEXT, TEXT)
def test_figures_and_notes_are_text(name: str, value: str, below: str) -> None:
    root = read(figures([(name, value, below)]))
    assert texts(root, "dt") == [name]
    assert texts(root, "dd") == [value, below]
    assert read(note(below)).text == below


@pytest.mark.parametrize("name", ["look", "dark"])
def test_no_style_is_taken_for_markup_and_dropped(name: str) -> None:
    shell = Path(__file__).parents[2] / "dashboard" / "shell"
    assert "<" not in (shell / f"{name}.css").read_text(encoding="utf-8")
