"""What people are shown of a source, without its rows: sizes, names, split, how targets spread."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Floats, Indices, Problem
from spinn_engine.problems.terms import terms_of
from spinn_engine.spec import DataSpec, PhysicsSpec

PARTS = ("train", "validation", "test")
BINS = 24

Terms = tuple[tuple[str, tuple[str, ...]], ...]  # a physics term and its targets


@dataclass(frozen=True)
class DataSummary:
    """What the forms need to know of a source.

    Attributes:
        inputs: number of inputs.
        outputs: number of targets.
        input_names: as the rows have them.
        rows: number of rows by part.
        groups: number of groups; None where there are none.
        simulated: whether the rows come from a simulator.
        notes: what was done to the rows, in sentences.
        terms: of physics.
    """

    inputs: int
    outputs: int
    input_names: tuple[str, ...]
    rows: dict[str, int]
    groups: int | None
    simulated: bool
    notes: tuple[str, ...]
    terms: Terms


@dataclass(frozen=True)
class Spread:
    """How the values of a target are distributed.

    Attributes:
        target: its name.
        unit: "" where it is not known.
        edges: ``[bins + 1]`` rising, in the target's unit.
        shares: by part, the share of the part's rows in each bin.
    """

    target: str
    unit: str
    edges: tuple[float, ...]
    shares: dict[str, tuple[float, ...]]


@dataclass(frozen=True)
class DataSplit:
    """How the rows of a source are split.

    Attributes:
        inputs: number of inputs.
        rows: number of rows by part.
        groups: by part, number and rows of each of its groups; None where there are no groups.
        by: what the rows are told apart by: see ``Problem.split``.
        spreads: one a target.
        left_out: rows that were read and lack a cell.
        simulated: whether the rows come from a simulator.
        notes: what was done to the rows, in sentences.
    """

    inputs: int
    rows: dict[str, int]
    groups: dict[str, tuple[tuple[int, int], ...]] | None
    by: str
    spreads: tuple[Spread, ...]
    left_out: int
    simulated: bool
    notes: tuple[str, ...]


def summary(data: DataSpec) -> DataSummary:
    """Size, split and physics terms of a source.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    problem = load_problem(data)
    return DataSummary(
        inputs=len(problem.input_names),
        outputs=len(problem.target_names),
        input_names=problem.input_names,
        rows={name: len(rows) for name, rows in _parts(problem).items()},
        groups=None if problem.groups is None else len(np.unique(problem.groups)),
        simulated=problem.simulated,
        notes=problem.notes,
        terms=tuple((term.name, term.targets) for term in terms_of(problem, PhysicsSpec())),
    )


def split(data: DataSpec) -> DataSplit:
    """Rows, groups and targets of every part.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    problem = load_problem(data)
    parts = _parts(problem)
    groups = None
    if problem.groups is not None:
        groups = {name: _counted(problem.groups[rows]) for name, rows in parts.items()}
    return DataSplit(
        inputs=len(problem.input_names),
        rows={name: len(rows) for name, rows in parts.items()},
        groups=groups,
        by=problem.split,
        spreads=tuple(
            _spread(problem, column, parts) for column in range(len(problem.target_names))
        ),
        left_out=problem.left_out,
        simulated=problem.simulated,
        notes=problem.notes,
    )


def _parts(problem: Problem) -> dict[str, Indices]:
    """The numbers of the rows of each part."""
    return dict(zip(PARTS, (problem.train, problem.val, problem.test), strict=True))


def _counted(groups: Indices) -> tuple[tuple[int, int], ...]:
    """Number and rows of each group ``[rows]``, rising."""
    numbers, rows = np.unique(groups, return_counts=True)
    return tuple((int(number), int(count)) for number, count in zip(numbers, rows, strict=True))


def _spread(problem: Problem, column: int, parts: dict[str, Indices]) -> Spread:
    """Equal bins over all rows of a target, so that the parts can be laid over each other."""
    values, name = problem.targets[:, column], problem.target_names[column]
    edges: Floats = np.histogram_bin_edges(values, BINS)
    counts = {part: np.histogram(values[rows], edges)[0] for part, rows in parts.items()}
    return Spread(
        target=name,
        unit=problem.units.get(name, ""),
        edges=tuple(edges.tolist()),
        shares={part: tuple((count / count.sum()).tolist()) for part, count in counts.items()},
    )
