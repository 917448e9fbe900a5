"""A table that can be sorted: its numbers are numbers, and a reader sees the text of each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from pandas.io.formats.style import Styler

from spinn_engine.words import DASH


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

    A column of ``Number`` may have no ``format`` of Streamlit's, which would win over the text.
    """
    frame = pd.DataFrame(rows, dtype=object)  # any other dtype would lose the texts
    return frame.style.format(_text, na_rep=DASH)


def _text(cell: object) -> str:
    return cell.text if isinstance(cell, Number) else str(cell)
