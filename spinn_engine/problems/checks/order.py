"""Checks of the order of the rows, and of inputs that follow from each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spinn_engine.problems.checks.evidence import Evidence, thinned
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.order import succession
from spinn_engine.problems.problem import Floats
from spinn_engine.vocabulary import SPLITS
from spinn_engine.words import fixed, listed

EXACT = 1e-6  # share of a column's variance that the others may leave, for rounded cells
LEAST_SHARE = 1e-2  # of the largest weight, for a column to take part
ROWS_A_COLUMN, LEAST_ROWS = 3, 1000


def row_order(evidence: Evidence) -> list[Finding]:
    """Rows that follow one another and are drawn at random, or in blocks that nobody asked for."""
    problem, by = evidence.problem, SPLITS.get(evidence.problem.split)
    if by is None or by.group_column == "needed":
        return []
    found = succession(problem.inputs, problem.targets, problem.order())
    if found is None:
        return []
    target = problem.target_names[found.target]
    how = "in the order of time" if problem.times is not None else "in the order of the file"
    told = (
        f"Rows follow one another {how}: what a straight line and squares leave of {target} goes "
        f"over to the next row with a correlation of {fixed(found.autocorrelation, 2)}."
    )
    if by.held_out and problem.split_chosen:
        kept = f" The split keeps neighbours apart: {by.held_out} are held out."
        advice = "Say how the rows were split wherever a score on them is shown."
        return [Finding("row_order", "info", (), found.autocorrelation, told + kept, advice)]
    danger = "Rows drawn at random are tested beside rows that were learned."
    if by.held_out:
        danger = f"No group is named and no split was asked for, so {by.held_out} are held out."
    return [
        Finding(
            "row_order",
            "error",
            (),
            found.autocorrelation,
            f"{told} {danger}",
            "Say which split is right: keep the future for the test (--split time), name the "
            "column that tells runs apart (--group), or hold out whole blocks (--split block).",
        )
    ]


def dependent(evidence: Evidence) -> list[Finding]:
    """Inputs that are an exact weighted sum of several inputs before them."""
    values, names = evidence.inputs, evidence.problem.input_names
    varies = np.flatnonzero(np.ptp(values, axis=0) > 0)
    if len(varies) < 3 or len(values) < ROWS_A_COLUMN * len(varies):
        return []
    values = values[thinned(np.arange(len(values)), ROWS_A_COLUMN * len(varies) + LEAST_ROWS)]
    spread = values[:, varies].std(axis=0)
    varies = varies[spread > 0]
    scaled = (values[:, varies] - values[:, varies].mean(axis=0)) / spread[spread > 0]
    found = []
    for members in _sums(scaled):
        columns = [names[varies[at]] for at in members]
        last = columns.pop()
        found.append(
            Finding(
                "dependent",
                "warning",
                (*columns, last),
                len(columns) + 1,
                f"{last} is a weighted sum of {listed(columns)}, exactly.",
                f"Drop one of them, such as {last}: it adds weights and no knowledge.",
                (last,),
            )
        )
    return found


def _sums(scaled: Floats) -> Iterator[list[int]]:
    """Columns ``[rows, in]`` of which the last is the sum; a column that repeats one is none."""
    basis = np.empty((len(scaled), 0))
    kept: list[int] = []
    for at, column in enumerate(scaled.T):
        left = column - basis @ (basis.T @ column)
        left -= basis @ (basis.T @ left)  # once more, against rounding
        size = float(np.square(left).sum())
        if size > EXACT * float(np.square(column).sum()):
            basis = np.column_stack([basis, left / np.sqrt(size)])
            kept.append(at)
            continue
        weights = np.abs(np.linalg.lstsq(scaled[:, kept], column, rcond=None)[0])
        taking_part = [kept[k] for k in np.flatnonzero(weights > LEAST_SHARE * weights.max())]
        if len(taking_part) > 1:
            yield [*taking_part, at]
