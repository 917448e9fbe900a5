"""The rows of a table that can be used, as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.problems.tables.roles import Roles
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.typed.column import Column, as_floats
from spinn_engine.problems.tables.typed.shapes import first_of_numbers
from spinn_engine.words import shortest

Mask = NDArray[np.bool_]

HUGE = 1e100  # squares of more can overflow
BATCH_ROWS = 2**16
BATCHES_A_RELEASE = 8


class Input(NamedTuple):
    """One input: a column, or of a category the rows that hold one of its texts."""

    name: str
    column: str
    code: int | None = None


def complete_rows(columns: Mapping[str, Column], roles: Roles, layout: Layout) -> Mask:
    """Which rows ``[rows]`` have a finite number, or a text, in every used column.

    Raises:
        BadInputError: there is none, or a number is too large to calculate with.
    """
    complete = np.ones(layout.rows, dtype=bool)
    time = () if roles.time is None else (roles.time,)
    for name in {**dict.fromkeys((*roles.targets, *roles.inputs, *time))}:
        numbers = columns[name].numbers()
        finite = np.isfinite(numbers)
        huge = np.flatnonzero(finite & (np.abs(numbers) > HUGE))
        if len(huge):
            raise BadInputError(
                f"{layout.path}: column {name!r} holds {shortest(numbers[huge[0]])} in "
                f"{layout.where(huge[0])}, too large to calculate with (at most {shortest(HUGE)}): "
                "mend or empty such cells, or drop the column"
            )
        complete &= finite
    if roles.group is not None:
        complete &= columns[roles.group].codes() >= 0
    if not complete.any():
        used = [columns[name] for name in (*roles.targets, *roles.inputs)]
        worst = max(used, key=lambda column: column.missing)
        raise BadInputError(
            f"{layout.path}: no row is complete, column {worst.name!r} has no finite number or "
            f"text in {worst.missing} of {layout.rows} rows: fill it or drop it"
        )
    return complete


def named_once(columns: Mapping[str, Column], roles: Roles) -> str | None:
    """The group column, if it stands in the first of several rows and is empty in the others."""
    if roles.group is None:
        return None
    codes = columns[roles.group].codes()
    stands = np.flatnonzero(codes >= 0)
    ends = np.append(stands, len(codes))
    return roles.group if len(stands) and stands[0] == 0 and np.diff(ends).min() > 1 else None


def inputs_of(columns: Mapping[str, Column], roles: Roles, complete: Mask) -> list[Input]:
    """The inputs that the columns become; a category one for every text of a complete row."""
    found = []
    for name in roles.inputs:
        column = columns[name]
        if column.kind != "category":
            found.append(Input(name, name))
            continue
        present = np.unique(column.codes()[complete])
        made = [Input(f"{name}={column.words[code]}", name, int(code)) for code in present]
        found += [one for one in made if one.name not in roles.dropped]
    return found


def take_inputs(columns: dict[str, Column], inputs: list[Input], complete: Mask) -> Floats:
    """The inputs ``[complete rows, in]``; takes their columns out of ``columns``.

    Batch by batch, and what is read is given back at once: a table as numbers is not held twice.
    """
    names = list(dict.fromkeys(one.column for one in inputs))
    number = {name: place for place, name in enumerate(names)}
    sources = [(number[one.column], one.code) for one in inputs]
    cells = [columns.pop(name).cells for name in names]
    batches = pa.Table.from_arrays(cells, [str(n) for n in range(len(cells))]).to_batches(
        BATCH_ROWS
    )
    del cells
    batches.reverse()
    values = np.empty((int(complete.sum()), len(inputs)))
    start = end = 0
    while batches:
        batch = batches.pop()
        keep = complete[start : start + batch.num_rows]
        start, filled = start + batch.num_rows, end
        end += int(keep.sum())
        for place, (source, code) in enumerate(sources):
            values[filled:end, place] = _read(batch.column(source), code)[keep]
        del batch
        if len(batches) % BATCHES_A_RELEASE == 0:
            pa.default_memory_pool().release_unused()
    return values


def _read(cells: pa.Array, code: int | None) -> Floats:
    if code is None:
        return as_floats(cells)
    found = cells.indices.fill_null(-1).to_numpy(zero_copy_only=False) == code
    return np.asarray(found, dtype=np.float64)


def group_numbers(
    columns: Mapping[str, Column], roles: Roles, layout: Layout, complete: Mask
) -> Indices | None:
    """Group of each complete row, from 0 as they appear in the file; None without a group column.

    Raises:
        BadInputError: all rows are one group.
    """
    if roles.group is None:
        return None
    codes = columns[roles.group].codes()
    codes = codes if complete.all() else codes[complete]
    order = codes[first_of_numbers(codes)]
    if len(order) == 1:
        raise BadInputError(
            f"{layout.path}: group column {roles.group!r} has 1 group in its complete rows: name a "
            "column that tells runs apart, or leave --group out"
        )
    rank = np.zeros(codes.max() + 1, dtype=np.int64)
    rank[order] = np.arange(len(order))
    return np.asarray(rank[codes])


def check_order(
    columns: Mapping[str, Column], roles: Roles, layout: Layout, complete: Mask
) -> None:
    """Refuse rows of one group, in one file, that go back in time.

    Raises:
        BadInputError: as said, with the group and the row.
    """
    if roles.time is None:
        return
    rows = np.flatnonzero(complete)
    group = None if roles.group is None else columns[roles.group]
    run = layout.parts()[rows]
    if group is not None:
        run += len(layout.files) * group.codes()[rows]
    order = np.argsort(run, kind="stable")  # within a run, the order of the file
    run, times = run[order], columns[roles.time].numbers()[rows[order]]
    back = np.flatnonzero((times[1:] < times[:-1]) & (run[1:] == run[:-1]))
    if len(back) == 0:
        return
    worst = back[order[back + 1].argmin()]
    later = rows[order[worst + 1]]
    inside, mend = "", "sort the rows by time, or name the column that tells runs apart (--group)"
    if group is not None:
        inside = f" in group {group.shown(later)!r}"
        mend = "sort the rows of every group by time, or name a group column that tells runs apart"
    spread = np.ptp(times)
    if columns[roles.time].clock and 2 * (times[worst] - times[worst + 1]) > spread:
        mend = (
            "it is a clock without dates that starts again, so write dates before its times or let "
            "its hours count on past 24"
        )
    raise BadInputError(
        f"{layout.path}: time column {roles.time!r} goes back{inside} at {layout.where(later)}, "
        f"from {shortest(times[worst])} to {shortest(times[worst + 1])}: {mend}"
    )
