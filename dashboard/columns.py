"""What a table holds, before anything runs."""

from __future__ import annotations

from typing import Any

import streamlit as st

from dashboard import cache, elements
from dashboard.formats import counted, plain
from spinn_engine.spec import DataSpec


def show_columns(data: DataSpec) -> None:
    """Every column with its kind, unit, range and use; the targets need not be named yet.

    Raises:
        BadInputError: the table cannot be read, or a named column does not exist.
    """
    found = cache.preview(data)
    columns = found["columns"]
    with st.expander(counted(len(columns), "column"), icon=":material/table:", key="columns"):
        elements.table(
            [column_row(column) for column in columns],
            alt="Columns of the table: kind, unit, smallest and largest value, missing cells, use",
        )
        rows = sum(file["rows"] for file in found["files"])
        part = "" if found["whole"] else "the first "
        st.caption(f"Of {part}{rows:,} rows. {plain(' '.join(found['notes']))}")


def column_row(column: dict[str, Any]) -> dict[str, Any]:
    """One column of the table in a line."""
    low, high = column["min"], column["max"]
    return {
        "Column": plain(column["name"]),
        "Kind": column["kind"],
        "Unit": plain(column["unit"] or ""),
        "From": "" if low is None else f"{low:.4g}",
        "To": "" if high is None else f"{high:.4g}",
        "Missing": column["missing"],
        "Use": column["role"] + (f": {plain(column['why'])}" if column["why"] else ""),
    }
