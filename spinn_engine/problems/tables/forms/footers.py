"""Rows below a table that sum it up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spinn_engine.problems.tables.forms.kinds import is_summary
from spinn_engine.problems.tables.forms.structure import Structure

MOST_FOOTERS = 10


def sums_up(cells: Sequence[Any], structure: Structure) -> bool:
    """Whether a row below others sums them up: it says so where they hold a value, or first."""
    if len(cells) > len(structure.names):
        return False
    return any(
        is_summary(cell) and (column in structure.values or column == structure.first_words)
        for column, cell in enumerate(cells)
    )
