"""What each column of a table is for: target, group, time, input, or left out and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.columns import check_names
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.problems.tables.typed.column import Column
from spinn_engine.spec import DataSpec
from spinn_engine.words import listed

MOST_MISSING = 0.5
INDEX_NAME = re.compile(r"(index|idx|id|no|nr|number|#|row)[_ .]?(id|no|nr|number)?\.?", re.I)
DROPPED = "dropped"


@dataclass(frozen=True)
class Roles:
    """Names of columns by what they are for.

    Attributes:
        targets: to be predicted.
        group: whose equal values stay in one part of the split.
        time: that orders the rows.
        inputs: columns that become inputs.
        left_out: name to the reason.
        dropped: inputs that one column would become among others: ``material=steel``.
    """

    targets: tuple[str, ...]
    group: str | None
    time: str | None
    inputs: tuple[str, ...]
    left_out: Mapping[str, str]
    dropped: frozenset[str]

    def notes(self) -> list[str]:
        """Which columns were left out although nobody asked, and whether the group is an input."""
        by_reason: dict[str, list[str]] = {}
        for name, reason in self.left_out.items():
            by_reason.setdefault(reason, []).append(name)
        by_reason.pop(DROPPED, None)
        notes = [f"Left out, {reason}: {listed(names)}." for reason, names in by_reason.items()]
        if self.group in self.inputs:
            notes.append(
                f"Column {self.group!r} tells the groups apart and is an input all the same: what "
                "is learned by it says nothing of groups that are new."
            )
        return notes


def assign_roles(data: DataSpec, columns: Mapping[str, Column], layout: Layout) -> Roles:
    """Look up the names that a user gave, with or without their units.

    Raises:
        BadInputError: a name is no column, or has two uses, or no column has the form of times that
            is asked for.
    """
    where, form = str(layout.path), data.time_format
    if form and data.time is None and all(column.kind != "date" for column in columns.values()):
        raise BadInputError(f"{where}: no column holds times like --time-format {form!r}")
    known = {name: name for name in columns} | {c.title.header: n for n, c in columns.items()}

    def found(what: str, names: Sequence[str]) -> tuple[str, ...]:
        one_line = (" ".join(name.split()) for name in names)
        names = [known.get(name, name) for name in one_line]
        check_names(what, names, list(columns), where)
        return tuple(names)

    made = {name for name in data.drop if name not in known and _is_of_category(name, columns)}
    targets = found("target", data.targets)
    group = found("group column", () if data.group is None else (data.group,))
    time = found("time column", () if data.time is None else (data.time,))
    drop = found("dropped column", [name for name in data.drop if name not in made])
    for name in targets:
        _check_one_use(name, "target", {"group": group, "time": time, "dropped": drop}, where)
    for name in group:
        _check_one_use(name, "group column", {"time": time}, where)
    left_out = {}
    for name, column in columns.items():
        if name in drop:
            left_out[name] = DROPPED
        elif name not in (*targets, *group, *time) and (reason := _reason_against(column, layout)):
            left_out[name] = reason
    never = (*targets, *(() if data.keep_group else group))
    inputs = tuple(name for name in columns if name not in never and name not in left_out)
    return Roles(
        targets,
        group[0] if group else None,
        time[0] if time else None,
        inputs,
        left_out,
        frozenset(made),
    )


def _check_one_use(name: str, use: str, others: Mapping[str, tuple[str, ...]], where: str) -> None:
    for other, names in others.items():
        if name in names:
            raise BadInputError(
                f"{where}: {name!r} is named as {use} and as {other} column, keep one"
            )


def _is_of_category(name: str, columns: Mapping[str, Column]) -> bool:
    return any(
        name.startswith(f"{other}=") and column.kind == "category"
        for other, column in columns.items()
    )


def _reason_against(column: Column, layout: Layout) -> str | None:
    """Why a column is no input, although nobody said so."""
    if column.kind == "empty":
        return "all cells are empty"
    if not column.title.has_name:
        return "it numbers the rows" if _counts_rows(column, layout) else "it has no name"
    if INDEX_NAME.fullmatch(column.title.header) and _counts_rows(column, layout):
        return "it numbers the rows"
    if column.missing > MOST_MISSING * layout.rows:
        return "more than half of the cells are empty"
    if column.kind == "category" and len(column.words) == 1:
        return "all cells hold the same text"
    return None


def _counts_rows(column: Column, layout: Layout) -> bool:
    """Whether the cells are 0, 1, 2 ... or 1, 2, 3 ..., through all files or anew in each."""
    if column.kind != "number" or column.missing:
        return False
    numbers = column.numbers()
    anew = np.concatenate([np.arange(rows) for _, rows in layout.files])
    first = numbers[0]
    return first in (0, 1) and any(
        np.array_equal(numbers - first, count) for count in (np.arange(layout.rows), anew)
    )
