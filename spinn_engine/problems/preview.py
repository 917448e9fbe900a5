"""What is in a data source, before anything runs: ``preview(DataSpec(source="table:runs.csv"))``.

Of a long file only its start is read.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.files import read_table
from spinn_engine.problems.tables.proposal import reading_notes, readings_of
from spinn_engine.problems.tables.roles import Roles, assign_roles
from spinn_engine.problems.tables.table import table_path
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import source_of

LONGEST_CELL = 200


def preview(data: DataSpec, rows: int = 5) -> dict[str, Any]:
    """The columns of a source, what they hold and what they are for, and its first rows.

    Targets need not be named yet.

    Args:
        data: the source, and how its columns are used as far as that is known.
        rows: how many of the first rows to show.

    Returns:
        Plain data: ``source``; ``files``, each with ``name`` and ``rows`` read; ``whole``, whether
        that are all rows; ``columns``, each with ``name``, ``header``, ``kind`` (number, date,
        category, text or empty), ``unit``, ``missing`` cells, ``distinct`` texts, ``min`` and
        ``max`` (of dates in seconds since the first), ``role`` (target, group, time, input or left
        out) and ``why``, and ``fault`` (why it can be no input); ``rows``, each a list with a cell
        a column, as read; ``reading``, of each file its name, ``facts`` (how it was read: ``field``
        of a spec, ``option``, ``value`` and ``why``) and ``first_lines`` as they stand in it
        (number and text); ``notes``.

    Raises:
        BadInputError: the source cannot be read, or a named column does not exist.
    """
    if rows < 0:
        raise BadInputError(f"rows of a preview must be 0 or more but got {rows}")
    source = source_of(data.source)
    if source is None or not source.own_columns:
        return _of_problem(load_problem(data), rows)
    path = table_path(data.source)
    cells, layout = read_table(path, whole=False, reading=data)
    columns = typed_columns(cells, layout, data.time, data.words_of_groups)
    roles = assign_roles(data, columns, layout)
    return {
        "source": data.source,
        "files": [{"name": name, "rows": count} for name, count in layout.files],
        "whole": layout.whole,
        "columns": [_described(column, roles) for column in columns.values()],
        "rows": [
            [_plain(_cell(shown[row])) for shown in _as_read(columns, cells)]
            for row in range(min(rows, layout.rows))
        ],
        "reading": readings_of(layout, columns),
        "notes": [*layout.notes, *roles.notes(), *reading_notes(columns, list(columns))],
    }


def _as_read(
    columns: Mapping[str, Column], cells: Mapping[str, pa.ChunkedArray]
) -> list[pa.ChunkedArray]:
    """The cells of every column: numbers as they were read, all else as it stands in the file."""
    return [
        column.cells if column.kind == "number" else as_found
        for column, as_found in zip(columns.values(), cells.values(), strict=True)
    ]


def _described(column: Column, roles: Roles) -> dict[str, Any]:
    role, why = _role(column, roles)
    return {
        "name": column.name,
        "header": column.title.header,
        "kind": column.kind,
        "unit": column.unit,
        "missing": column.missing,
        "distinct": len(column.words) or None,
        **_range(column.numbers() if column.kind in ("number", "date") else np.zeros(0)),
        "role": role,
        "why": why,
        "fault": column.fault,
    }


def _role(column: Column, roles: Roles) -> tuple[str, str | None]:
    name = column.name
    if name in roles.targets:
        return "target", None
    if name == roles.group:
        return "group", "also an input" if name in roles.inputs else None
    if name == roles.time:
        return "time", "also an input" if name in roles.inputs else None
    if name in roles.left_out:
        return "left out", roles.left_out[name]
    if column.fault:
        return "input", f"cannot be one: it {column.fault}"
    return "input", f"seconds since {column.first}" if column.kind == "date" else None


def _range(numbers: Floats) -> dict[str, float | None]:
    finite = numbers[np.isfinite(numbers)]
    if len(finite) == 0:
        return {"min": None, "max": None}
    return {"min": float(finite.min()), "max": float(finite.max())}


def _cell(cell: pa.Scalar) -> Any:
    """A cell as Python has it; a date that no calendar has as the number that stands there."""
    try:
        return cell.as_py()
    except (LookupError, OverflowError, ValueError):
        return cell.value


def _plain(cell: Any) -> Any:
    """A cell as JSON can hold it."""
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if cell is None or isinstance(cell, bool | int):
        return cell
    text = str(cell)
    return text if len(text) <= LONGEST_CELL else f"{text[:LONGEST_CELL]}..."


def _of_problem(problem: Problem, rows: int) -> dict[str, Any]:
    """The same for rows that are made or read otherwise: all are numbers."""
    named = [
        *(
            (name, "target", v)
            for name, v in zip(problem.target_names, problem.targets.T, strict=True)
        ),
        *(
            (name, "input", v)
            for name, v in zip(problem.input_names, problem.inputs.T, strict=True)
        ),
    ]
    return {
        "source": problem.source,
        "files": [],
        "reading": [],
        "whole": True,
        "columns": [
            {
                "name": name,
                "header": name,
                "kind": "number",
                "unit": problem.units.get(name),
                "missing": 0,
                "distinct": None,
                **_range(values),
                "role": role,
                "why": "computed from a model" if name in problem.modelled else None,
                "fault": None,
            }
            for name, role, values in named
        ],
        "rows": [[float(values[row]) for _, _, values in named] for row in range(rows)],
        "notes": list(problem.notes),
    }
