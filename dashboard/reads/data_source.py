"""Reads of a data source for the Data page, kept until its file changes: columns, split, checks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from dashboard.reads.cache import Stamp, stamp
from spinn_engine import api
from spinn_engine.spec import DataSpec

PARTS = ("train", "validation", "test")
BINS = 24


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
class Split:
    """How the rows of a source are split.

    Attributes:
        inputs: number of inputs.
        rows: number of rows by part.
        groups: by part, number and rows of each of its groups; None where there are no groups.
        spreads: one a target.
        left_out: rows that were read and lack a cell.
        simulated: whether the rows come from a simulator.
        notes: what was done to the rows, in sentences.
    """

    inputs: int
    rows: dict[str, int]
    groups: dict[str, tuple[tuple[int, int], ...]] | None
    spreads: tuple[Spread, ...]
    left_out: int
    simulated: bool
    notes: tuple[str, ...]


def preview(data: DataSpec) -> dict[str, Any]:
    """Columns, first rows and notes of a source.

    Raises:
        BadInputError: it cannot be read, or a named column does not exist.
    """
    return _preview(data.model_dump_json(), _stamp(data))


@st.cache_data(max_entries=16, show_spinner="Reading the columns ...")
def _preview(data: str, stamp: Stamp) -> dict[str, Any]:
    return api.preview(DataSpec.model_validate_json(data))


def split(data: DataSpec) -> Split:
    """Rows, groups and targets of every part.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    return _split(data.model_dump_json(), _stamp(data))


@st.cache_data(max_entries=16, show_spinner="Reading all rows ...")
def _split(data: str, stamp: Stamp) -> Split:
    return split_of(api.load_problem(DataSpec.model_validate_json(data)))


def findings(data: DataSpec) -> list[dict[str, Any]]:
    """What the checks find, the worst first.

    Raises:
        BadInputError: the source cannot be had as asked.
    """
    return _findings(data.model_dump_json(), _stamp(data))


@st.cache_data(max_entries=16, show_spinner="Checking the data ...")
def _findings(data: str, stamp: Stamp) -> list[dict[str, Any]]:
    return api.check(DataSpec.model_validate_json(data))


def _stamp(data: DataSpec) -> Stamp:
    place = data.source.partition(":")[2]
    return stamp(Path(place)) if place else ()


def split_of(problem: api.Problem) -> Split:
    """What a split shows of a problem."""
    parts = dict(zip(PARTS, (problem.train, problem.val, problem.test), strict=True))
    groups = None
    if problem.groups is not None:
        groups = {name: _counted(problem.groups[rows]) for name, rows in parts.items()}
    return Split(
        inputs=len(problem.input_names),
        rows={name: len(rows) for name, rows in parts.items()},
        groups=groups,
        spreads=tuple(
            _spread(problem, column, parts) for column in range(len(problem.target_names))
        ),
        left_out=problem.left_out,
        simulated=problem.simulated,
        notes=problem.notes,
    )


def _counted(groups: np.ndarray) -> tuple[tuple[int, int], ...]:
    """Number and rows of each group ``[rows]``, rising."""
    numbers, rows = np.unique(groups, return_counts=True)
    return tuple((int(number), int(count)) for number, count in zip(numbers, rows, strict=True))


def _spread(problem: api.Problem, column: int, parts: dict[str, np.ndarray]) -> Spread:
    """Equal bins over all rows of a target, so that the parts can be laid over each other."""
    values, name = problem.targets[:, column], problem.target_names[column]
    edges = np.histogram_bin_edges(values, BINS)
    counts = {part: np.histogram(values[rows], edges)[0] for part, rows in parts.items()}
    return Spread(
        target=name,
        unit=problem.units.get(name, ""),
        edges=tuple(edges.tolist()),
        shares={part: tuple((count / count.sum()).tolist()) for part, count in counts.items()},
    )
