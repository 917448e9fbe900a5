"""What tests of containers ask: the columns of a file as plain values, and what is said of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from spinn_engine.problems.tables.files import read_table
from spinn_engine.spec import ReadingSpec


def columns(path: Path, *names: str) -> dict[str, list[Any]]:
    """Cells by header; what is missing is None."""
    found, _ = read_table(path, reading=ReadingSpec(sheet=names))
    return {header: [plain(cell) for cell in cells.to_pylist()] for header, cells in found.items()}


def notes(path: Path, *names: str) -> str:
    """What is said of how a file was read."""
    return " ".join(read_table(path, reading=ReadingSpec(sheet=names))[1].notes)


def plain(cell: Any) -> Any:
    """A cell, with None for whatever is missing."""
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def written(table: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """The cells that were written, in the same form."""
    return {name: [plain(cell) for cell in cells] for name, cells in table.items()}
