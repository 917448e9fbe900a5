"""How the rows of a table are told apart: by file, group, block, time, or at random."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.problems.matrix import Matrix
from spinn_engine.problems.order import Succession, blocks_keep_apart, succession
from spinn_engine.problems.problem import Floats, Indices, order_of
from spinn_engine.problems.split import Split, split_blocks, split_groups, split_items, split_time
from spinn_engine.problems.tables.files import PARTS
from spinn_engine.problems.tables.roles import Roles
from spinn_engine.problems.tables.rows import Mask
from spinn_engine.problems.tables.sheet import Layout
from spinn_engine.words import capitalised, count, counted

LEAST_ROWS = 10  # so that validation and test have two rows each, as an R2 needs


@dataclass(frozen=True)
class Rows:
    """The complete rows of a table.

    Attributes:
        inputs: ``[rows, in]``.
        targets: ``[rows, out]``.
        groups: ``[rows]`` or None.
        times: ``[rows]`` or None.
    """

    inputs: Matrix
    targets: Floats
    groups: Indices | None
    times: Floats | None

    def order(self) -> Indices:
        """The rows in the order of time, or of the file."""
        return order_of(self.times, len(self.inputs))


@dataclass(frozen=True)
class Whole:
    """A table that is one file, before it is split.

    Attributes:
        rows: its complete rows.
        layout: where they come from.
        roles: what its columns are for.
        asked: whether somebody said how it is to be split.
    """

    rows: Rows
    layout: Layout
    roles: Roles
    asked: bool

    @cached_property
    def succession(self) -> Succession | None:
        """How rows follow one another, if they do."""
        return succession(self.rows.inputs, self.rows.targets, self.rows.order())

    @property
    def autocorrelation(self) -> float:
        """From one row to the next."""
        return 0.0 if self.succession is None else self.succession.autocorrelation


@dataclass(frozen=True)
class Parted:
    """A split, what it is by, what stays together, and what is to be said of it."""

    split: Split
    by: str
    groups: Indices | None
    notes: tuple[str, ...] = ()


def split_table(by: str | None, rows: Rows, layout: Layout, complete: Mask, roles: Roles) -> Parted:
    """Split the rows: as the files are, as was asked for, or as the rows themselves advise.

    Raises:
        BadInputError: too few rows or groups, or a split was asked for of several files.
    """
    if len(layout.files) > 1:
        return _files(by, rows, layout, complete)
    total = len(rows.inputs)
    if total < LEAST_ROWS:
        raise BadInputError(
            f"{layout.path}: {counted(total, 'complete row')}, at least {LEAST_ROWS} are needed"
        )
    whole = Whole(rows, layout, roles, by is not None)
    return SPLITTERS[_advised(whole) if by is None else by](whole)


def _advised(whole: Whole) -> str:
    """What the rows themselves advise to split them by."""
    if whole.rows.groups is not None:
        return "group"
    if whole.succession is None:
        return "row"
    return "block" if blocks_keep_apart(len(whole.rows.inputs), whole.autocorrelation) else "time"


def _files(by: str | None, rows: Rows, layout: Layout, complete: Mask) -> Parted:
    if by is not None:
        raise BadInputError(
            f"{layout.path}: its files are the split already, so leave out split ({by})"
        )
    parts = layout.parts()[complete]
    train, val, test = (np.flatnonzero(parts == part) for part in range(len(PARTS)))
    return Parted((train, val, test), "file", rows.groups)


def _groups(whole: Whole) -> Parted:
    groups, path = whole.rows.groups, whole.layout.path
    assert groups is not None, "a spec that splits by group names their column"
    different = int(groups.max()) + 1
    if different < len(PARTS):
        raise BadInputError(
            f"{path}: group column {whole.roles.group!r} has {counted(different, 'group')} in its "
            f"complete rows, at least {len(PARTS)} are needed: one each to train, validate and test"
        )
    return Parted(split_groups(groups), "group", groups)


def _time(whole: Whole) -> Parted:
    rows, split = whole.rows, split_time(whole.rows.order(), whole.autocorrelation)
    why = "" if whole.asked else "Rows follow one another too closely for blocks, so "
    words = f"{why}the last {count(len(split[2]))} rows are the test{_left_out(split, rows)}."
    return Parted(split, "time", rows.groups, (capitalised(words),))


def _blocks(whole: Whole) -> Parted:
    split, blocks = split_blocks(whole.rows.order(), whole.autocorrelation)
    why = "" if whole.asked else "Rows follow one another and no group is named, so "
    what = f"whole blocks of rows, {count(int(blocks.max()) + 1)} in all, go to one part"
    words = f"{why}{what}, and rows beside another part are in none."
    return Parted(split, "block", blocks, (capitalised(words),))


def _single_rows(whole: Whole) -> Parted:
    return Parted(split_items(len(whole.rows.inputs)), "row", whole.rows.groups)


def _left_out(split: Split, rows: Rows) -> str:
    left = len(rows.inputs) - sum(map(len, split))
    return f"; {count(left)} rows beside another part are in none" if left else ""


SPLITTERS: dict[str, Callable[[Whole], Parted]] = {
    "group": _groups,
    "block": _blocks,
    "time": _time,
    "row": _single_rows,
}
