"""Files of programs that say of themselves where their names stand."""

from __future__ import annotations

from collections.abc import Sequence

from spinn_engine.problems.tables.forms.names import Row

CAMPBELL = "TOA5"  # a logger's file: station, names, units, how values were taken
LABVIEW, LABVIEW_END = "LabVIEW Measurement", "***End_of_Header***"


def is_campbell(rows: Sequence[Row]) -> bool:
    """Whether the rows are those of a data logger of Campbell Scientific."""
    return str(rows[0].cells[0]) == CAMPBELL


def without_labview_header(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows below the header of a file of LabVIEW, and that of its first segment."""
    if not str(rows[0].cells[0]).startswith(LABVIEW):
        return rows
    ends = [n for n, row in enumerate(rows) if str(row.cells[0]).startswith(LABVIEW_END)][:2]
    return rows[ends[-1] + 1 :] if ends and ends[-1] + 1 < len(rows) else rows
