"""Rows that follow one another: how alike neighbours are, and splits that keep neighbours apart.

Where each row is nearly the one before it, rows drawn at random for the test have their neighbours
in training, and a score there tells how well rows are learned by heart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from spinn_engine.problems.matrix import Floats, Indices, Matrix

LEAST_ROWS = 50
FOLLOWS = 0.5  # autocorrelation from which on neighbours are alike
DEVIATIONS = 4.0  # that chance would have to make of it
EQUAL_STEPS = 0.01  # share of a step
WINDOW, WINDOWS = 1000, 20  # consecutive rows that are looked at, where there are more
ROWS_A_TERM = 10  # so that squares of the inputs are fitted, not learned by heart
BLOCKS = 20
GAP = 0.2  # share of a block, at most, that is left out beside another part
FADED = 0.2  # autocorrelation at which rows are far enough from each other


@dataclass(frozen=True)
class Succession:
    """That rows follow one another.

    Attributes:
        target: number of the target that shows it most.
        autocorrelation: of what least squares on the inputs and their squares leaves of it, from
            each row to the next.
    """

    target: int
    autocorrelation: float


def succession(inputs: Matrix, targets: Floats, order: Indices) -> Succession | None:
    """Whether rows follow one another: None where their order says nothing.

    Nothing is told by rows that are sorted: by a target, or by an input, as a designed experiment
    is. An input in equal steps is a clock, and sorts nothing.

    Args:
        inputs: ``[rows, in]``.
        targets: ``[rows, out]``.
        order: the rows in the order of time, or of the file.
    """
    if len(order) < LEAST_ROWS:
        return None
    first = inputs[order[:WINDOW]]
    if any(_sorts(inputs[:, at][order]) for at in _may_sort(first)):
        return None
    windows = _windows(len(order))
    rows = order[windows]  # [windows, consecutive rows]
    left = _left_over(inputs[rows.ravel()], targets[rows.ravel()]).reshape(*rows.shape, -1)
    found = _autocorrelation(left)
    sorts = [at for at in _may_sort(targets[order[:WINDOW]]) if _sorts(targets[:, at][order])]
    found[sorts] = 0.0
    best = int(np.argmax(found))
    value = float(found[best])
    if value < max(FOLLOWS, DEVIATIONS / np.sqrt(rows.size)):
        return None
    return Succession(best, value)


def block_of_rows(rows: int, groups: int = BLOCKS) -> Indices:
    """The block ``[rows]`` of each row in order: so many of equal length, or three at least."""
    blocks = max(min(groups, rows // 3), min(rows, 3))
    return np.asarray(np.arange(rows) * blocks // rows)


def rows_to_fade(autocorrelation: float) -> float:
    """After how many rows, one at least, rows are far enough from each other.

    >>> round(rows_to_fade(0.5), 1), round(rows_to_fade(0.98)), rows_to_fade(0.0)
    (2.3, 80, 1.0)
    """
    if autocorrelation <= 0:
        return 1.0
    return max(float(np.log(FADED) / np.log(min(autocorrelation, 1 - 1e-9))), 1.0)


def blocks_keep_apart(rows: int, autocorrelation: float) -> bool:
    """Whether the gaps between blocks of so many rows are as long as it takes to fade.

    >>> blocks_keep_apart(1000, 0.8), blocks_keep_apart(1000, 0.9), blocks_keep_apart(9000, 0.9)
    (True, False, True)
    """
    longest = int(np.bincount(block_of_rows(rows)).max())
    return rows_to_fade(autocorrelation) <= max(GAP * longest, 1)


def independent_rows(rows: int, autocorrelation: float) -> float:
    """How many independent rows say as much of a mean as consecutive ones (Bartlett 1935).

    >>> round(independent_rows(300, 0.5)), round(independent_rows(300, 0.98))
    (100, 3)
    """
    return rows * (1 - autocorrelation) / (1 + autocorrelation)


def beside_another_part(parts: Indices, autocorrelation: float, longest: int) -> Indices:
    """Positions of the rows that are too near to a row of another part.

    Args:
        parts: ``[rows]`` the part of each row, in order.
        autocorrelation: from a row to the next; the gap is as long as it takes to fade.
        longest: rows of a block.
    """
    gap = round(min(rows_to_fade(autocorrelation), max(GAP * longest, 1)))
    borders = np.flatnonzero(np.diff(parts))  # the last row before each other part
    near = borders[:, None] + np.arange(1 - gap // 2, 1 + gap - gap // 2)[None]
    return np.unique(near[(near >= 0) & (near < len(parts))])


def _sorts(values: Floats) -> bool:
    """Whether ``values`` ``[rows]`` only rise or only fall, and not in equal steps as a clock."""
    steps = np.diff(values)
    if not ((steps >= 0).all() or (steps <= 0).all()):
        return False
    return bool(np.ptp(values) > 0 and np.ptp(steps) > EQUAL_STEPS * np.abs(steps).mean())


def _may_sort(first: Floats) -> list[int]:
    """Columns that only rise or only fall in their first rows ``[rows, columns]``."""
    steps = np.diff(first, axis=0)
    one_way = (steps >= 0).all(axis=0) | (steps <= 0).all(axis=0)
    return np.flatnonzero(one_way).tolist()


def _windows(rows: int) -> Indices:
    """Positions ``[windows, consecutive]``: all rows in one, or several windows of many."""
    if rows <= WINDOW * WINDOWS:
        return np.arange(rows)[None]
    starts = np.linspace(0, rows - WINDOW, WINDOWS).astype(np.int64)
    return starts[:, None] + np.arange(WINDOW)[None]


def _left_over(inputs: Floats, targets: Floats) -> Floats:
    """What least squares on the inputs and their squares leaves of the targets ``[rows, out]``."""
    spread = inputs.std(axis=0)
    scaled = (inputs - inputs.mean(axis=0))[:, spread > 0] / spread[spread > 0]
    terms: Sequence[Floats] = (scaled, np.square(scaled))
    if 2 * scaled.shape[1] > len(inputs) / ROWS_A_TERM:
        terms = (scaled,) if scaled.shape[1] <= len(inputs) / ROWS_A_TERM else ()
    design = np.concatenate([np.ones((len(inputs), 1)), *terms], axis=1)
    return np.asarray(targets - design @ np.linalg.lstsq(design, targets, rcond=None)[0])


def _autocorrelation(values: Floats) -> Floats:
    """From each row to the next, ``[out]``, of ``[windows, consecutive, out]``.

    One minus von Neumann's ratio over two (1941, *Distribution of the ratio of the mean square
    successive difference to the variance*).
    """
    moves = np.square(np.diff(values, axis=1)).mean(axis=(0, 1))
    variance = values.var(axis=(0, 1))
    return np.asarray(1 - moves / np.where(variance > 0, 2 * variance, np.inf))
