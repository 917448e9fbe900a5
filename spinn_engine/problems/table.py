"""``table:PATH``: a CSV or Parquet file, or a folder that holds ``train.*``, ``val.*``, ``test.*``.

One file is split by group where a group column is named, else by shuffled rows. Every column that
is not a target, the group, or dropped is an input, in the order of the file. Rows with a missing
or infinite cell in a used column are left out, and counted in the problem's notes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pandas.api.types import is_numeric_dtype

from spinn_engine.errors import BadInputError
from spinn_engine.problems.columns import check_names, choose_inputs, listed
from spinn_engine.problems.problem import Floats, Indices, Problem
from spinn_engine.problems.split import Split, split_groups, split_items
from spinn_engine.problems.table_files import read_tables
from spinn_engine.spec import DataSpec

Mask = NDArray[np.bool_]

LEAST_ROWS = 10  # so that validation and test have two rows each, as an R2 needs
PARTS = ("train", "val", "test")


def load_table(data: DataSpec) -> Problem:
    """Read the table that ``data`` names, and split it where it is one file.

    Raises:
        BadInputError: there is no such file or it is no table; a named column does not exist or has
            two uses; a used column holds text; too few rows or groups are left; a target is
            constant in a part.
    """
    path = _path(data.source)
    tables = read_tables(path)
    columns = [str(name) for name in tables[0].columns]
    _check_uses(data, columns, str(path))
    group = () if data.group is None else (data.group,)
    input_names = choose_inputs(columns, (*data.targets, *group, *data.drop), str(path))
    used = (*input_names, *data.targets)
    values = np.concatenate([_numbers(table, used, path) for table in tables])  # [rows, in + out]
    groups = None if data.group is None else _group_numbers(tables, data.group)
    parts = np.repeat(np.arange(len(tables)), [len(table) for table in tables])

    complete = _complete(values, groups)
    if not complete.any():
        raise BadInputError(f"{path}: no row is complete, {_emptiest(values, used)}")
    values, parts = values[complete], parts[complete]
    groups = None if groups is None else groups[complete]
    train, val, test = (
        _split(groups, len(values), data, path)
        if len(tables) == 1
        else (np.flatnonzero(parts == part) for part in range(len(tables)))
    )
    inputs, targets = values[:, : len(input_names)], values[:, len(input_names) :]
    _check_parts(targets, (train, val, test), data.targets, path)
    return Problem(
        source=data.source,
        input_names=input_names,
        target_names=data.targets,
        inputs=np.ascontiguousarray(inputs),
        targets=np.ascontiguousarray(targets),
        groups=groups,
        train=train,
        val=val,
        test=test,
        notes=_notes(complete),
    )


def _path(source: str) -> Path:
    text = source.removeprefix("table:")
    if text in ("", "table"):
        raise BadInputError(
            f"data source {source!r}: a file or folder must be named, as in table:runs.csv"
        )
    return Path(text)


def _check_uses(data: DataSpec, columns: Sequence[str], where: str) -> None:
    """Every named column exists, and has one use."""
    if not data.targets:
        raise BadInputError(
            f"{where}: no target is named, choose one or more (--targets) of its columns, "
            f"which are {listed(columns)}"
        )
    group = () if data.group is None else (data.group,)
    check_names("target", data.targets, columns, where)
    check_names("group column", group, columns, where)
    check_names("dropped column", data.drop, columns, where)
    for name in data.targets:
        for use, names in (("group column", group), ("dropped column", data.drop)):
            if name in names:
                raise BadInputError(f"{where}: {name!r} is named as target and as {use}, keep one")


def _numbers(table: pd.DataFrame, names: Sequence[str], path: Path) -> Floats:
    """Columns as ``[rows, columns]`` numbers, NaN where a cell is missing."""
    return np.stack([_number_column(table[name], path) for name in names], axis=1)


def _number_column(column: pd.Series, path: Path) -> Floats:
    if is_numeric_dtype(column):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    text = column.astype("string")
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    given = text.fillna("").str.strip().ne("").to_numpy(dtype=bool)
    wrong = np.flatnonzero(np.isnan(numbers) & given)
    if len(wrong):
        value = str(text.iloc[wrong[0]])
        raise BadInputError(
            f"{path}: column {str(column.name)!r} holds {value[:40]!r} in row {wrong[0] + 1}: "
            "write a number there, or drop the column"
        )
    return numbers


def _group_numbers(tables: Sequence[pd.DataFrame], group: str) -> Indices:
    """Group of each row, numbered as they appear; -1 where the cell is missing."""
    names = pd.concat([table[group] for table in tables]).astype("string")
    numbers, _ = pd.factorize(names)
    return np.asarray(numbers, dtype=np.int64)


def _complete(values: Floats, groups: Indices | None) -> Mask:
    complete = np.asarray(np.isfinite(values).all(axis=1))
    return complete if groups is None else np.logical_and(complete, groups >= 0)


def _split(groups: Indices | None, rows: int, data: DataSpec, path: Path) -> Split:
    if rows < LEAST_ROWS:
        raise BadInputError(f"{path}: {rows} complete row(s), at least {LEAST_ROWS} are needed")
    if groups is None:
        return split_items(rows)
    different = len(np.unique(groups))
    if different < len(PARTS):
        raise BadInputError(
            f"{path}: group column {data.group!r} has {different} group(s) in its complete rows, "
            f"at least {len(PARTS)} are needed: one each to train, validate and test"
        )
    return split_groups(groups)


def _check_parts(targets: Floats, split: Split, names: Sequence[str], path: Path) -> None:
    """No R2 is defined on fewer than two rows, or on rows where the target is constant."""
    for part, rows in zip(PARTS, split, strict=True):
        if len(rows) < 2:
            raise BadInputError(
                f"{path}: {len(rows)} complete row(s) in the {part} part, at least 2 are needed"
            )
        for name, values in zip(names, targets[rows].T, strict=True):
            if values.min() == values.max():
                raise BadInputError(
                    f"{path}: target {name!r} is constant ({values[0]:g}) in all {len(rows)} rows "
                    f"of the {part} part, choose a target or groups that vary"
                )


def _emptiest(values: Floats, names: Sequence[str]) -> str:
    missing = (~np.isfinite(values)).sum(axis=0)
    worst = int(missing.argmax())
    return (
        f"column {names[worst]!r} has no finite number in {missing[worst]} of {len(values)} rows: "
        "fill it or drop it"
    )


def _notes(complete: Mask) -> tuple[str, ...]:
    missing = int((~complete).sum())
    if missing == 0:
        return ()
    return (
        f"{missing} of {len(complete)} rows were left out: a cell in a used column was missing "
        "or not finite.",
    )
