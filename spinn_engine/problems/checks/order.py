"""Checks of the order of the rows, and of inputs that follow from each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spinn_engine.problems.checks.evidence import Evidence, thinned
from spinn_engine.problems.checks.finding import Finding, Severity
from spinn_engine.problems.order import (
    Succession,
    blocks_keep_apart,
    independent_rows,
    rows_to_fade,
    succession,
)
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.vocabulary import SPLITS
from spinn_engine.words import counted, fixed, listed

EXACT = 1e-6  # share of a column's variance that the others may leave, for rounded cells
LEAST_SHARE = 1e-2  # of the largest weight, for a column to take part
ROWS_A_COLUMN, LEAST_ROWS = 3, 1000
LEAST_INDEPENDENT = 5  # rows, for one score to say something
ADVICE = (
    "Say which split is right: keep the future for the test (--split time), or name the column "
    "that tells runs apart (--group)."
)
ADVICE_WITH_BLOCKS = (
    "Say which split is right: keep the future for the test (--split time), name the column that "
    "tells runs apart (--group), or hold out whole blocks (--split block)."
)


def row_order(evidence: Evidence) -> list[Finding]:
    """Rows that follow one another: drawn at random, in a split nobody asked for, or few in truth.

    Blocks keep neighbours apart only where rows fade within their gaps: five random walks, none of
    which tells of another, reach a test R2 of 0.9 in blocks.
    """
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
    apart = blocks_keep_apart(len(problem.inputs), found.autocorrelation)
    if by.held_out and (apart or not by.pieces):
        return [
            _held_out(problem, found, f"{told} {by.held_out.capitalize()} are held out.", apart)
        ]
    danger = "Rows drawn at random are tested beside rows that were learned."
    if by.pieces:
        alike = counted(round(rows_to_fade(found.autocorrelation)), "row")
        danger = f"That takes {alike} to fade, more than the gaps between blocks hold."
    told, advice = f"{told} {danger}", ADVICE_WITH_BLOCKS if apart else ADVICE
    return [Finding("row_order", "error", (), found.autocorrelation, told, advice)]


def _held_out(problem: Problem, found: Succession, told: str, apart: bool) -> Finding:
    """A split that keeps neighbours apart: whether it was asked for, and what its test can say."""
    tested = len(problem.test)
    alone = independent_rows(tested, found.autocorrelation)
    few = alone < LEAST_INDEPENDENT
    told += (
        f" The {counted(tested, 'test row')} say about as much as {_rounded(alone)} would, were "
        "each independent of the others."
    )
    advice = "Say how the rows were split wherever a score on them is shown."
    if few:
        advice = (
            f"One score says little with fewer than {LEAST_INDEPENDENT}: bring longer records, or "
            "predict how the target changes from row to row."
        )
    severity: Severity = "warning" if few else "info"
    if not problem.split_chosen:
        told += " No group is named and no split was asked for."
        severity, advice = "error", ADVICE_WITH_BLOCKS if apart else ADVICE
    return Finding("row_order", severity, (), found.autocorrelation, told, advice)


def _rounded(rows: float) -> str:
    return "one" if rows < 1.5 else fixed(rows, 0)


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
