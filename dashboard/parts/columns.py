"""The columns and first rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.parts import elements
from dashboard.parts.markdown import plain
from dashboard.parts.widget_names import with_widgets
from dashboard.reads import data_source
from spinn_engine.spec import DataSpec
from spinn_engine.words import counted, shortest


def show_columns(data: DataSpec) -> None:
    """Every column with its kind, unit, range and use; the targets need not be named yet.

    Raises:
        BadInputError: the table cannot be read, or a named column does not exist.
    """
    found = data_source.preview(data)
    label = counted(len(found["columns"]), "column")
    with st.expander(label, icon=":material/table:", key="columns"):
        columns_table(found)


def columns_table(found: dict[str, Any]) -> None:
    """A row a column of a preview, and how much was read."""
    elements.table(
        [column_row(column) for column in found["columns"]],
        alt="Columns of the data: kind, unit, smallest and largest value, missing cells, use",
    )
    rows = sum(file["rows"] for file in found["files"])
    part = "" if found["whole"] else "the first "
    read = f"Of {part}{rows:,} rows. " if found["files"] else ""
    st.caption(f"{read}{plain(with_widgets(' '.join(found['notes'])))}")


def first_rows(found: Mapping[str, Any]) -> None:
    """The first rows of a preview as they were read."""
    names = [column["name"] for column in found["columns"]]
    elements.table(
        [
            dict(zip(names, ("" if cell is None else shown(cell) for cell in row), strict=True))
            for row in found["rows"]
        ],
        alt="The first rows of the data",
    )


def shown(cell: float | str) -> str:
    """A cell as text."""
    return shortest(cell) if isinstance(cell, float) else str(cell)


def column_row(column: dict[str, Any]) -> dict[str, Any]:
    """One column of the table in a line."""
    low, high = column["min"], column["max"]
    return {
        "Column": column["name"],
        "Kind": column["kind"],
        "Unit": column["unit"] or "",
        "From": "" if low is None else shortest(low),
        "To": "" if high is None else shortest(high),
        "Missing": column["missing"],
        "Use": column["role"] + (f": {with_widgets(column['why'])}" if column["why"] else ""),
    }
