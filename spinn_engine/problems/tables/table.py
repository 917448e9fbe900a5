"""``table:PATH``: one file of the ``TABLES``, or a folder of ``train.*``, ``val.*``, ``test.*``.

How one file is split: see ``parting``. Every column that
is not a target, the group, or dropped is an input, in the order of the file: dates as seconds since
the first, text of few different values as one input a value. What is left out of it, and rows with
a missing or infinite cell in a used column, are named in the problem's notes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.matrix import Matrix
from spinn_engine.problems.problem import LEAST_SPREAD, Floats, Indices, Problem
from spinn_engine.problems.split import Split
from spinn_engine.problems.steps import next_rows, within
from spinn_engine.problems.tables.files import PARTS
from spinn_engine.problems.tables.large.opening import open_table
from spinn_engine.problems.tables.large.rows import rows_in_file
from spinn_engine.problems.tables.parting import Rows, split_table
from spinn_engine.problems.tables.proposal import asked_note, reading_notes, readings_of
from spinn_engine.problems.tables.roles import Roles, assign_roles
from spinn_engine.problems.tables.rows import (
    Input,
    Mask,
    check_order,
    complete_rows,
    group_numbers,
    inputs_of,
    named_once,
    take_inputs,
)
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import DataSpec
from spinn_engine.words import counted, listed, shortest


def load_table(data: DataSpec) -> Problem:
    """Read the table that ``data`` names, and split it where it is one file.

    Raises:
        BadInputError: there is no such file or it is no table; a named column does not exist or has
            two uses, or does not hold what its use needs; too few rows or groups are left; a
            target is constant in a part; the time goes back within a group.
    """
    columns, layout = open_table(table_path(data.source), data)
    roles = assign_roles(data, columns, layout)
    _check_usable(columns, roles, layout.path)
    complete = complete_rows(columns, roles, layout)
    check_order(columns, roles, layout, complete)
    targets = np.stack([columns[name].numbers()[complete] for name in roles.targets], axis=1)
    units = {name: columns[name].unit for name in (*roles.targets, *roles.inputs)}
    missing = _lacking(columns, roles)
    times = None if roles.time is None else columns[roles.time].numbers()[complete]
    made = inputs_of(columns, roles, complete)
    notes = [
        *asked_note(data),
        *layout.notes,
        *roles.notes(),
        *_read_so(columns, roles),
        *_changed(columns, made),
    ]
    reading = tuple(readings_of(layout, columns))
    groups = group_numbers(columns, roles, layout, complete)
    once = named_once(columns, roles)
    inputs = rows_in_file(columns, made, complete) or take_inputs(columns, made, complete)
    told = [] if once is None else [_of_once(once, complete)]
    rows = Rows(inputs, targets, groups, times)
    try:
        parted = split_table(data.split, rows, layout, complete, roles)
    except BadInputError as error:
        raise BadInputError(" ".join([f"{error}.", *told]) if told else str(error)) from None
    train, val, test = parted.split
    _check_parts(targets, parted.split, roles.targets, layout.path)
    problem = Problem(
        source=data.source,
        input_names=tuple(one.name for one in made),
        target_names=roles.targets,
        inputs=inputs,
        targets=targets,
        groups=parted.groups,
        train=train,
        val=val,
        test=test,
        units={name: unit for name, unit in units.items() if unit},
        notes=(*notes, *parted.notes, *_unseen(made, inputs, train), *_incomplete(complete), *told),
        times=times,
        left_out=int((~complete).sum()),
        missing=missing,
        named_once=once,
        split=parted.by,
        split_chosen=data.split is not None,
        reading=reading,
    )
    return _with_signs(problem)


def table_path(source: str) -> Path:
    """The file or folder that a source names.

    Raises:
        BadInputError: it names none.
    """
    text = source.removeprefix("table:")
    if text in ("", "table"):
        raise BadInputError(
            f"data source {source!r}: a file or folder must be named, as in table:runs.csv"
        )
    return Path(text)


def _check_usable(columns: Mapping[str, Column], roles: Roles, path: Path) -> None:
    """Every column holds what its use needs, and there are targets and inputs."""
    if not roles.targets:
        raise BadInputError(
            f"{path}: no target is named, choose one or more (--targets) of its columns, "
            f"which are {listed(list(columns))}"
        )
    for name in roles.targets:
        _check_kind("target", columns[name], ("number",), path)
    if roles.time is not None:
        _check_time(columns[roles.time], path)
    if roles.group is not None:
        _check_kind("group column", columns[roles.group], _ANY_KIND, path)
    for name in roles.inputs:
        if fault := columns[name].fault:
            raise BadInputError(f"{path}: column {name!r} {fault}")
    if not roles.inputs:
        because = "; ".join(roles.notes()) or "all others are targets, groups or dropped"
        raise BadInputError(f"{path}: no input column is left, drop fewer columns ({because})")


_ANY_KIND = ("number", "date", "category", "text")


def _check_time(column: Column, path: Path) -> None:
    """It orders rows: of text, the column itself knows why it is no time."""
    if column.fault:
        raise BadInputError(f"{path}: time column {column.name!r} {column.fault}")
    _check_kind("time column", column, ("number", "date"), path)


def _check_kind(use: str, column: Column, kinds: Sequence[str], path: Path) -> None:
    if column.kind in kinds and (column.kind != "date" or not column.fault or "text" in kinds):
        return
    if column.kind == "empty":
        raise BadInputError(
            f"{path}: {use} {column.name!r} has no finite number or text in any row"
        )
    what = "dates" if column.kind == "date" else f"text like {column.words[0][:40]!r}"
    fault = f" (it {column.fault})" if column.fault else ""
    raise BadInputError(
        f"{path}: {use} {column.name!r} holds {what}, name a column of numbers{fault}"
    )


def _check_parts(targets: Floats, split: Split, names: Sequence[str], path: Path) -> None:
    """No R2 is defined on fewer than two rows, or on rows where the target is constant."""
    for part, rows in zip(PARTS, split, strict=True):
        if len(rows) < 2:
            raise BadInputError(
                f"{path}: {counted(len(rows), 'complete row')} in the {part} part, at least 2 "
                "are needed"
            )
        for name, values in zip(names, targets[rows].T, strict=True):
            least = LEAST_SPREAD * float(np.abs(values).max())
            if values.std() <= least or values.var() == 0:  # of 1e-300, squares are zero
                raise BadInputError(
                    f"{path}: target {name!r} is constant ({shortest(values[0])}) in all "
                    f"{len(rows)} rows of the {part} part, choose a target or groups that vary"
                )


def _with_signs(problem: Problem) -> Problem:
    """Say which targets are never below zero in training, or fall as time goes on in a group."""
    targets = dict(zip(problem.target_names, problem.targets.T, strict=True))
    positive = tuple(n for n, values in targets.items() if values[problem.train].min() >= 0)
    problem = replace(problem, never_negative=positive)
    if problem.groups is None or problem.times is None:
        return problem
    first, second = within(problem.train, next_rows(problem))
    if len(first) == 0:
        return problem
    rising = (name for name, values in targets.items() if (values[second] >= values[first]).all())
    return replace(problem, never_falling=tuple(rising))


def _read_so(columns: Mapping[str, Column], roles: Roles) -> list[str]:
    """Which used columns had marks in their numbers."""
    return reading_notes(columns, [*roles.targets, *roles.inputs])


def _changed(columns: Mapping[str, Column], inputs: Sequence[Input]) -> list[str]:
    """How columns of dates and text were read, in sentences."""
    notes = []
    for name in dict.fromkeys(one.column for one in inputs):
        column = columns[name]
        if column.remark:
            notes.append(f"Column {name!r} {column.remark}")
        if column.kind == "date":
            notes.append(
                f"Column {name!r} is used as seconds since the first, {column.first}"
                f"{_as_read(column)}."
            )
        elif column.kind == "category":
            made = [one.name for one in inputs if one.column == name]
            notes.append(f"Column {name!r} holds text: its inputs are {listed(made)}, each 0 or 1.")
    return notes


def _as_read(column: Column) -> str:
    """How times were read that may have been meant otherwise."""
    words = f", read by {column.form!r}" if column.form else ""
    back = int((np.diff(column.numbers()) < 0).sum()) if column.clock else 0
    return (
        f"{words}; it is a clock without dates, which goes back in {counted(back, 'row')}"
        if back
        else words
    )


def _unseen(inputs: Sequence[Input], values: Matrix, train: Indices) -> list[str]:
    """Texts that training never sees."""
    names = [
        one.name
        for number, one in enumerate(inputs)
        if one.code is not None and not values[:, number][train].any()
    ]
    return [f"No training row has {listed(names)}."] if names else []


def _lacking(columns: Mapping[str, Column], roles: Roles) -> dict[str, int]:
    """How many cells the used columns lack, where they do."""
    uses = [name for name in (roles.group, roles.time) if name is not None]
    names = dict.fromkeys((*roles.targets, *roles.inputs, *uses))
    return {name: columns[name].missing for name in names if columns[name].missing}


def _incomplete(complete: Mask) -> list[str]:
    missing = int((~complete).sum())
    if missing == 0:
        return []
    return [
        f"{missing} of {len(complete)} rows were left out: a cell in a used column was missing "
        "or not finite."
    ]


def _of_once(name: str, complete: Mask) -> str:
    return (
        f"Column {name!r} stands only in the first row of each group: if it holds for the rows "
        f"below, fill it down in the file, for else {counted(int((~complete).sum()), 'row')} of "
        f"{len(complete):,} are lost."
    )
