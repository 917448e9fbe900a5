"""Arrays that lie beside one another in a container, as tables.

Arrays with as many rows are columns of one table: vectors by their names, a matrix ``X`` as
``X_1``, ``X_2``, ..., or by the names that a list of texts beside it gives its columns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spinn_engine.problems.tables.containers.choosing import Part
from spinn_engine.problems.tables.sheet import Sheet
from spinn_engine.words import counted, listed, shown

Array = NDArray[Any]
MOST_COLUMNS = 100_000


@dataclass(frozen=True)
class Variable:
    """An array of a container.

    Attributes:
        name: what it is called.
        shape: as it is in the file; sides of one entry count for nothing.
        is_text: whether it holds texts.
        read: gives the first rows, or all.
    """

    name: str
    shape: tuple[int, ...]
    is_text: bool
    read: Callable[[int | None], Array]

    @property
    def sides(self) -> tuple[int, ...]:
        """Rows and columns; rows alone of a vector, nothing of a single value."""
        return tuple(side for side in self.shape if side != 1)

    @property
    def rows(self) -> int:
        """Number of rows."""
        return self.sides[0] if self.sides else 1

    @property
    def columns(self) -> int:
        """Number of columns."""
        return self.sides[1] if len(self.sides) > 1 else 1


@dataclass(frozen=True)
class Level:
    """Arrays that lie beside one another: those of a file, a group or a struct.

    Attributes:
        path: of the group or struct; empty for the file itself.
        variables: in the order of the file.
        mark: between the path and a name.
    """

    path: str
    variables: Sequence[Variable]
    mark: str = "."


def in_memory(name: str, array: Array) -> Variable:
    """An array that is there already."""
    return Variable(name, array.shape, array.dtype.kind in "USO", lambda most: array[:most])


def parts_of(level: Level) -> list[Part]:
    """The tables of a level: one for each number of rows that its arrays have.

    Raises:
        ValueError: it cannot be told whether texts name the columns of a matrix or are one.
    """
    names = {v.name: _names_beside(v, level.variables) for v in level.variables}
    used = {id(one) for one in names.values() if one is not None}
    by_rows: dict[int, list[Variable]] = {}
    for variable in level.variables:
        if 0 < len(variable.sides) < 3 and 0 not in variable.sides and id(variable) not in used:
            by_rows.setdefault(variable.rows, []).append(variable)
    others = _others(level)
    return [
        Part(
            _called(level, found, len(by_rows) == 1),
            rows,
            sum(variable.columns for variable in found),
            partial(_read, [(one, names[one.name]) for one in found], others),
        )
        for rows, found in by_rows.items()
    ]


def _called(level: Level, found: Sequence[Variable], is_only: bool) -> tuple[str, ...]:
    """What a table may be called by: its level where it has no other, and each of its arrays."""
    above = (level.path,) if level.path and is_only else ()
    start = f"{level.path}{level.mark}" if level.path else ""
    return (*above, *(f"{start}{variable.name}" for variable in found))


def _names_beside(matrix: Variable, variables: Sequence[Variable]) -> Variable | None:
    """The one list of texts that has as many entries as a matrix has columns."""
    if len(matrix.sides) != 2 or matrix.is_text:
        return None
    fitting = [v for v in variables if v.is_text and v.sides == matrix.sides[1:]]
    if len(fitting) != 1:
        return None
    if matrix.rows == matrix.columns:
        raise ValueError(
            f"{fitting[0].name!r} may hold the names of the columns of {matrix.name!r}, or a "
            "column beside them, for that has as many rows as columns: save it as a table in CSV"
        )
    return fitting[0]


def _others(level: Level) -> list[str]:
    """What holds no rows, in a sentence."""
    single = [v.name for v in level.variables if not v.sides]
    odd = [v.name for v in level.variables if len(v.sides) > 2 or 0 in v.sides]
    where = f" of {shown(level.path)}" if level.path else ""
    notes = []
    if single:
        notes.append(f"Left out{where}, for they hold one value: {_shown(single)}.")
    if odd:
        notes.append(f"Left out{where}, for they are no vectors or matrices: {_shown(odd)}.")
    return notes


def _shown(names: Sequence[str]) -> str:
    return listed(map(shown, names), 6)


def _read(
    found: Sequence[tuple[Variable, Variable | None]], others: Sequence[str], most_rows: int | None
) -> Sheet:
    if sum(variable.columns for variable, _ in found) > MOST_COLUMNS:
        raise ValueError(f"it would have more than {MOST_COLUMNS:,} columns: leave some out")
    headers: list[str] = []
    columns: list[pa.ChunkedArray] = []
    for variable, names in found:
        own, cells = _columns(variable, names, most_rows)
        headers += own
        columns += cells
    notes = list(others)
    if any(len(variable.sides) == 2 for variable, _ in found) and len(found) > 1:
        arrays = _shown([variable.name for variable, _ in found])
        rows = counted(found[0][0].rows, "row")
        notes.append(f"The arrays {arrays} have {rows} each: they are columns of one table.")
    whole = most_rows is None or most_rows >= found[0][0].rows
    return Sheet(headers, columns, notes, whole)


def _columns(
    variable: Variable, names: Variable | None, most_rows: int | None
) -> tuple[list[str], list[pa.ChunkedArray]]:
    """Headers and cells of an array, read once."""
    headers = [variable.name]
    if names is not None:
        headers = [str(text) for text in texts_of(names.read(None).reshape(-1))]
    elif len(variable.sides) == 2:
        headers = [f"{variable.name}_{number}" for number in range(1, variable.columns + 1)]
    rows = variable.rows if most_rows is None else min(most_rows, variable.rows)
    # Rows are the first side with more than one entry, so fewer can be read only where it is first.
    first = variable.shape[:1] == variable.sides[:1]
    array = variable.read(rows if first else None).reshape(-1, variable.columns)[:rows]
    pairs = [
        pair for name, cells in zip(headers, array.T, strict=True) for pair in _plain(name, cells)
    ]
    return [name for name, _ in pairs], [pa.chunked_array([cells]) for _, cells in pairs]


def _plain(name: str, cells: Array) -> list[tuple[str, pa.Array]]:
    """Cells ``[rows]`` as Arrow has them; complex numbers as two columns."""
    if cells.dtype.kind == "c":
        return [(f"{name}.real", pa.array(cells.real)), (f"{name}.imag", pa.array(cells.imag))]
    return [(name, cells_of(name, cells))]


def cells_of(name: str, cells: Array) -> pa.Array:
    """Cells ``[rows]`` of numbers, truth values, times or text as Arrow has them.

    Raises:
        ValueError: they are of another kind.
    """
    kind = cells.dtype.kind
    if kind in "biuf":
        if cells.dtype.itemsize > 8:  # more than Arrow has
            cells = cells.astype(np.float64)
        return pa.array(np.ascontiguousarray(cells, dtype=cells.dtype.newbyteorder("=")))
    if kind in "mM":
        unit, step = np.datetime_data(cells.dtype)
        exact = unit if unit in ("s", "ms", "us", "ns") and step == 1 else "us"
        exact = "s" if unit in ("Y", "M", "W", "D", "h", "m") else exact
        return pa.array(cells.astype(f"{kind}8[{exact}]"))
    if kind in "USO":
        return pa.array(texts_of(cells), pa.string()).dictionary_encode()
    raise ValueError(
        f"{name!r} holds neither numbers, times nor text ({cells.dtype}): leave it out"
    )


def texts_of(cells: Array) -> list[str | None]:
    """Texts, from bytes too."""
    if cells.dtype.kind == "U":
        found: list[str | None] = cells.tolist()
        return found
    return [_text(cell) for cell in cells.tolist()]


def _text(cell: object) -> str | None:
    if isinstance(cell, bytes):
        return _decoded(cell)
    return None if cell is None else str(cell)


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("cp1252", errors="replace")
