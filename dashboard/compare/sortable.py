"""A table that can be sorted: its numbers are numbers, and a reader sees the text of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from spinn_engine.words import DASH, harmless_cell


class Number(float):
    """A number by which a column is sorted, with the text that is read."""

    text: str

    def __new__(cls, value: float, text: str) -> Number:
        """A number and its text."""
        number = super().__new__(cls, value)
        number.text = text
        return number


def number(value: float | None, text: Callable[[float], str]) -> Number | None:
    """A number with its text, None where there is none."""
    return None if value is None else Number(value, text(value))


def sortable(rows: Sequence[Mapping[str, Any]]) -> Styler:
    """The rows as ``st.dataframe`` takes them.

    A column of ``Number`` may have no ``format`` of Streamlit's, which would win over the text. The
    table can be taken away as CSV, so no text of a cell is what a spreadsheet takes for a formula.
    """
    harmless = [{name: _harmless(cell) for name, cell in row.items()} for row in rows]
    frame = pd.DataFrame(harmless, dtype=object)  # any other dtype would lose the texts
    return frame.style.format(_text, na_rep=DASH)


def _harmless(cell: Any) -> Any:
    if isinstance(cell, list):
        return [_harmless(one) for one in cell]
    return harmless_cell(cell) if isinstance(cell, str) else cell


def _text(cell: object) -> str:
    return cell.text if isinstance(cell, Number) else str(cell)
