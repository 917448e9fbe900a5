"""New rows from a table whose columns are those that a run has learned from, in any order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from spinn_engine.errors import BadInputError
from spinn_engine.problems.problem import Floats, Indices, Problem
from spinn_engine.problems.tables.columns import typed_columns
from spinn_engine.problems.tables.files import read_table
from spinn_engine.problems.tables.large.opening import open_table
from spinn_engine.problems.tables.proposal import readings_of
from spinn_engine.problems.tables.roles import Roles
from spinn_engine.problems.tables.rows import Input, complete_rows, take_inputs
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.table import table_path
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import DataSpec
from spinn_engine.vocabulary import source_of
from spinn_engine.words import listed

_UNSEEN = -2  # the code of a text that no row of the table has

KIND = {"number": "numbers", "date": "dates", "category": "text", "text": "text"}


class NewRows(NamedTuple):
    """Inputs ``[rows, in]`` and targets ``[rows, out]`` in raw units, and what was done to them."""

    inputs: Floats
    targets: Floats
    notes: tuple[str, ...]
    reading: tuple[Mapping[str, Any], ...]


class _Wanted(NamedTuple):
    """What a run has learned from: its columns, and of a table how each was read."""

    problem: Problem
    data: DataSpec
    columns: Mapping[str, Column]  # of the run's own table; empty where it had none
    decimal: str | None  # the sign before decimals in that table, where it is known


def read_new_rows(problem: Problem, data: DataSpec, path: Path) -> NewRows:
    """Read the columns of a run from a table, in the order of its rows.

    Columns are found by name; further ones are ignored, and rows with a missing or infinite cell
    in a used column are left out, both with a note. Dates count from where the run's began.

    Args:
        problem: what the run has learned.
        data: how its columns were used.
        path: a table file.

    Raises:
        BadInputError: the file is no table, lacks a column of the run or holds something else in
            it than the run's data did, has no complete row, or its time goes back.
    """
    if path.is_dir():
        raise BadInputError(f"{path} is a folder: name one file, with its rows in order of time")
    wanted = _Wanted(problem, data, *_read_own(data))
    cells, layout = read_table(path, reading=data)
    if layout.decimal is None:  # what the run was read with decides what may be read in two ways
        layout = replace(layout, decimal=wanted.decimal)
    columns = typed_columns(cells, layout, data.time, data.words_of_groups)
    del cells
    inputs = _inputs(wanted, columns)
    roles = _roles(wanted, columns, inputs, layout)
    for name in (*roles.targets, *roles.inputs, *_ordering(roles)):
        _check_like_before(wanted, columns[name], layout)
    complete = complete_rows(columns, roles, layout)
    _check_times(columns, roles, layout, np.flatnonzero(complete))
    targets = np.stack([columns[name].numbers()[complete] for name in roles.targets], axis=1)
    notes = [*layout.notes, *roles.notes(), *_unseen(columns, inputs)]
    if left_out := int((~complete).sum()):
        notes.append(
            f"{left_out} of {len(complete)} rows were left out: a cell in a used column was "
            "missing or not finite."
        )
    shifts = _date_shifts(wanted, columns, inputs)
    reading = tuple(readings_of(layout, columns))
    values = take_inputs(columns, inputs, complete)
    values += shifts
    return NewRows(values, targets, tuple(notes), reading)


def _read_own(data: DataSpec) -> tuple[dict[str, Column], str | None]:
    """The columns of the run's own table, and the sign before decimals that it has."""
    source = source_of(data.source)
    if source is None or not source.own_columns:
        return {}, None
    columns, layout = open_table(table_path(data.source), data)
    signs = {column.marks.decimal for column in columns.values() if column.marks} | {layout.decimal}
    signs.discard(None)
    return columns, signs.pop() if len(signs) == 1 else None


def _inputs(wanted: _Wanted, columns: Mapping[str, Column]) -> list[Input]:
    """The run's inputs in its order, each with the column that it comes from."""
    found = []
    for name in wanted.problem.input_names:
        source = _column_of(name, wanted.columns)
        if source == name or source not in columns:
            found.append(Input(name, source))
            continue
        words = columns[source].words
        text = name.removeprefix(f"{source}=")
        found.append(Input(name, source, words.index(text) if text in words else _UNSEEN))
    return found


def _column_of(name: str, own: Mapping[str, Column]) -> str:
    """The column behind an input: itself, or that of a category, ``material=steel``."""
    if not own or name in own:
        return name
    return next(c for c in own if own[c].kind == "category" and name.startswith(f"{c}="))


def _roles(
    wanted: _Wanted, columns: Mapping[str, Column], inputs: list[Input], layout: Layout
) -> Roles:
    """Which columns are used, and for what; all others are left out.

    Raises:
        BadInputError: an input or target is not there.
    """
    targets = wanted.problem.target_names
    sources = tuple(dict.fromkeys(one.column for one in inputs))
    missing = [name for name in (*sources, *targets) if name not in columns]
    if missing:
        raise BadInputError(
            f"{layout.path}: it lacks {listed(missing)}, but new rows must have all inputs and "
            "targets of the run, in any order"
        )
    known = {column.title.header: name for name, column in wanted.columns.items()}
    group, time = (
        None if name is None else known.get(name, name)
        for name in (wanted.data.group, wanted.data.time)
    )
    group = group if group in columns else None
    time = time if time in columns else None
    used = {*sources, *targets, group, time, *wanted.data.drop}
    ignored = dict.fromkeys((n for n in columns if n not in used), "no column that the run uses")
    return Roles(targets, group, time, sources, ignored, frozenset())


def _ordering(roles: Roles) -> tuple[str, ...]:
    return () if roles.time is None else (roles.time,)


def _check_like_before(wanted: _Wanted, column: Column, layout: Layout) -> None:
    """A column holds what it held for the run, in the same unit.

    Raises:
        BadInputError: as said.
    """
    before = wanted.columns.get(column.name)
    kind = "number" if before is None else before.kind
    if column.kind not in (kind, "empty"):
        raise BadInputError(
            f"{layout.path}: column {column.name!r} holds {KIND[column.kind]}, but the run has "
            f"learned from {KIND[kind]} there"
        )
    if before is not None and before.first and column.first:
        now, then = _of_times(column.first), _of_times(before.first)
        if now != then:
            raise BadInputError(
                f"{layout.path}: column {column.name!r} holds {now}, but the run has learned from "
                f"{then} there"
            )
    unit = wanted.problem.units.get(column.name)
    if unit and column.unit and unit != column.unit:
        raise BadInputError(
            f"{layout.path}: column {column.name!r} is in {column.unit}, but the run has learned "
            f"from {unit}: convert it"
        )


def _of_times(first: str) -> str:
    """What times are of which this is the earliest."""
    if first[4:5] != "-":
        return "clocks without dates"
    return "dates with a time zone" if "+" in first else "dates without a time zone"


def _check_times(
    columns: Mapping[str, Column], roles: Roles, layout: Layout, rows: Indices
) -> None:
    """Refuse rows that go back in time, within a group where the run has groups.

    Raises:
        BadInputError: as said, with the row.
    """
    if roles.time is None:
        return
    times = columns[roles.time].numbers()[rows]
    groups = np.zeros(len(rows)) if roles.group is None else columns[roles.group].codes()[rows]
    order = np.argsort(groups, kind="stable")  # within a group, the order of the file
    before, after = order[:-1], order[1:]
    back = after[(times[after] < times[before]) & (groups[after] == groups[before])]
    if len(back):
        inside = "" if roles.group is None else f" within a group of {roles.group!r}"
        raise BadInputError(
            f"{layout.path}: time column {roles.time!r} goes back{inside} at "
            f"{layout.where(int(rows[back.min()]))}: sort the rows by time"
        )


def _unseen(columns: Mapping[str, Column], inputs: list[Input]) -> list[str]:
    """Texts that the run has never seen."""
    notes = []
    for name in dict.fromkeys(one.column for one in inputs if one.code is not None):
        seen = {one.code for one in inputs if one.column == name}
        new = [word for code, word in enumerate(columns[name].words) if code not in seen]
        if new:
            notes.append(f"No input of the run stands for {listed(new)} in column {name!r}.")
    return notes


def _date_shifts(wanted: _Wanted, columns: Mapping[str, Column], inputs: list[Input]) -> Floats:
    """Seconds ``[in]`` from the first date of the run's table to that of the new one."""
    shifts = np.zeros(len(inputs))
    for number, one in enumerate(inputs):
        first = columns[one.column].first
        before = wanted.columns[one.column].first if one.column in wanted.columns else None
        if first is not None and before is not None:
            shifts[number] = _seconds(first) - _seconds(before)
    return shifts


def _seconds(text: str) -> float:
    """A length of time, a time of day or a date, as seconds from where its kind begins."""
    try:
        return float(pd.Timedelta(text).total_seconds())
    except ValueError:
        return float(pd.Timestamp(text).timestamp())
