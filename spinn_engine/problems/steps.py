"""Steps: pairs of rows of one group that follow each other in time."""

from __future__ import annotations

import numpy as np

from spinn_engine.problems.problem import Floats, Indices, Problem


def next_rows(problem: Problem) -> Indices:
    """The row ``[rows]`` that follows each in its group and at a later time, else -1.

    Rows of a group that share a time follow each other in no order: the step goes from the last of
    them to the first of the later ones.
    """
    rows = np.full(len(problem.inputs), -1, dtype=np.int64)
    if problem.times is None:
        return rows
    groups = np.zeros(len(rows), dtype=np.int64) if problem.groups is None else problem.groups
    order = np.lexsort((problem.times, groups))  # stable: rows of one time in the order of the file
    first, second = order[:-1], order[1:]
    follows = (groups[first] == groups[second]) & (problem.times[first] < problem.times[second])
    rows[first[follows]] = second[follows]
    return rows


def within(rows: Indices, following: Indices) -> tuple[Indices, Indices]:
    """The steps whose two rows are both among ``rows``: first rows and second rows ``[steps]``."""
    inside = np.zeros(len(following), dtype=bool)
    inside[rows] = True
    first = rows[following[rows] >= 0]
    first = first[inside[following[first]]]
    return first, following[first]


def typical_step(problem: Problem, steps: tuple[Indices, Indices]) -> Floats:
    """How far each target ``[out]`` usually moves in a step, in its unit.

    The range over a group divided by its number of steps, on average over groups: noise of single
    rows hardly counts. One where a target never moves.
    """
    first, second = steps
    groups = np.zeros(len(problem.inputs), dtype=np.int64)
    if problem.groups is not None:
        groups = problem.groups
    travelled, count = np.zeros(problem.targets.shape[1]), 0
    for group in np.unique(groups[first]):
        own = groups[first] == group
        values = problem.targets[np.union1d(first[own], second[own])]
        travelled += np.ptp(values, axis=0)
        count += int(own.sum())
    return np.where(travelled > 0, travelled / max(count, 1), 1.0)
