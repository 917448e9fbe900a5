"""What the checks look at: a problem, rows of it for statistics, and the groups it may have.

Statistics are taken on at most ``SAMPLE_ROWS`` rows, fewer where there are many columns, and
the same ones every time.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from spinn_engine.problems.checks.numbering import is_in_blocks, is_numbering
from spinn_engine.problems.problem import Floats, Indices, Problem
from spinn_engine.vocabulary import SPLITS

SAMPLE_ROWS = 20_000
SAMPLE_CELLS = 20_000_000
LEAST_GROUPS = 3
ROWS_A_GROUP = 3  # on average, for rows to be more than numbered
SEED = 0
DENSE = 2  # whole numbers that are at most so many times as far apart as there are rows


@dataclass(frozen=True)
class Grouping:
    """One way to sort rows into groups, runs or experiments.

    Attributes:
        words: what the groups are called, as in "values of experiment_id".
        codes: ``[rows]`` number of the group of each row, from 0.
        column: the input column that tells the groups apart, or None.
        declared: whether the problem itself splits by these groups.
    """

    words: str
    codes: Indices
    column: str | None = None
    declared: bool = False

    @cached_property
    def count(self) -> int:
        """Number of groups."""
        return int(self.codes.max()) + 1

    def among(self, rows: Indices) -> Indices:
        """Numbers of the groups that some of ``rows`` belong to."""
        return np.flatnonzero(np.bincount(self.codes[rows], minlength=self.count))

    def lies_in(self, coarser: Grouping) -> bool:
        """Whether each of these groups is in one group of ``coarser``."""
        return is_constant_within(self.codes, coarser.codes)


class Evidence:
    """A problem and what several checks need to know of it; everything is computed once.

    Args:
        problem: rows, groups, split and times.
        group: name of the column that the groups come from, where they do.
        cross_validated: whether every group is tested in one of several folds.
    """

    def __init__(
        self, problem: Problem, group: str | None = None, *, cross_validated: bool = False
    ) -> None:
        self.problem = problem
        self.group = group
        self.cross_validated = cross_validated
        self.label_runs: list[Grouping | None] | None = None  # set by ``runs.label_runs``

    @cached_property
    def sample(self) -> Indices:
        """Rows for statistics, in the order of the file."""
        return thinned(np.arange(len(self.problem.inputs)), sample_rows(self.problem))

    @cached_property
    def inputs(self) -> Floats:
        """``[sample, in]`` inputs of the sampled rows."""
        return self.problem.inputs[self.sample]

    @cached_property
    def targets(self) -> Floats:
        """``[sample, out]`` targets of the sampled rows."""
        return self.problem.targets[self.sample]

    @cached_property
    def held_out(self) -> Indices:
        """Rows of validation and test."""
        return np.concatenate([self.problem.val, self.problem.test])

    @cached_property
    def is_constant(self) -> NDArray[np.bool_]:
        """``[in]`` whether an input has the same value in every row."""
        inputs = self.problem.inputs
        return np.array([column.min() == column.max() for column in inputs.T])

    @cached_property
    def numbering(self) -> list[Grouping]:
        """Inputs that number something: their values count, or are codes and named an id."""
        columns = zip(self.problem.input_names, self.problem.inputs.T, strict=True)
        return [
            Grouping(f"values of {name}", coded(values), name)
            for name, values in columns
            if is_numbering(values, name)
        ]

    @cached_property
    def declared(self) -> Grouping | None:
        """The groups by which the problem is split."""
        if self.problem.groups is None:
            return None
        words = f"groups of {self.group}" if self.group else "groups"
        by = SPLITS.get(self.problem.split)
        if by is not None and by.pieces:
            words = by.pieces
        return Grouping(words, coded(self.problem.groups), declared=True)

    @cached_property
    def group_like(self) -> list[Grouping]:
        """Inputs that number blocks of consecutive rows, as experiments and runs are numbered."""
        rows = len(self.problem.inputs)
        return [
            grouping
            for grouping in self.numbering
            if LEAST_GROUPS <= grouping.count <= rows / ROWS_A_GROUP
            and is_in_blocks(grouping.codes, self.sections)
        ]

    @cached_property
    def units(self) -> Grouping | None:
        """The largest groups whose rows may not be independent of each other."""
        declared = self.declared
        wider = [g for g in self.group_like if declared is None or declared.lies_in(g)]
        candidates = wider if declared is None else [declared, *wider]
        return min(candidates, key=lambda g: g.count, default=None)

    @cached_property
    def sections(self) -> Indices:
        """``[rows]`` the file that each row is from, where the parts lie one after the other."""
        parts = (self.problem.train, self.problem.val, self.problem.test)
        sections = np.zeros(len(self.problem.inputs), dtype=np.int8)
        for number, part in enumerate(parts):
            sections[part] = number
        if (sections[1:] >= sections[:-1]).all():
            return sections.astype(np.int64)
        return np.broadcast_to(np.int64(0), sections.shape)  # which takes no memory

    def orders_rows(self, name: str) -> bool:
        """Whether an input holds the times of the rows."""
        times, at = self.problem.times, self.problem.input_names.index(name)
        return times is not None and np.array_equal(times, self.problem.inputs[:, at])


def sample_rows(problem: Problem) -> int:
    """How many rows statistics are taken on, at most."""
    return min(SAMPLE_ROWS, SAMPLE_CELLS // len(problem.input_names))


def thinned(rows: Indices, most: int = SAMPLE_ROWS) -> Indices:
    """At most ``most`` of ``rows``, drawn the same way every time and in their order."""
    if len(rows) <= most:
        return rows
    chosen = np.random.default_rng(SEED).choice(len(rows), most, replace=False)
    return rows[np.sort(chosen)]


def coded(values: NDArray[np.float64] | NDArray[np.int64]) -> Indices:
    """Numbers ``[rows]`` from 0, equal where the values are equal."""
    low, high = (values.min(), values.max()) if len(values) else (0, 0)
    if 0 < high - low < DENSE * len(values) and (values % 1 == 0).all():  # in less memory
        places = (values - low).astype(np.int64)
        is_there = np.zeros(int(high - low) + 1, dtype=bool)
        is_there[places] = True
        return np.take(np.cumsum(is_there) - 1, places, out=places)
    return np.asarray(pd.factorize(values)[0], dtype=np.int64)


def is_constant_within(codes: Indices, values: NDArray[np.float64] | Indices) -> bool:
    """Whether ``values`` ``[rows]`` are equal wherever ``codes`` ``[rows]`` are."""
    first = np.empty(int(codes.max()) + 1, dtype=values.dtype)
    first[codes[::-1]] = values[::-1]
    return bool((values == first[codes]).all())
