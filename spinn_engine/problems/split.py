"""Train, validation and test rows: 70 / 15 / 15, shuffled once with a fixed seed."""

from __future__ import annotations

import numpy as np

from spinn_engine.problems.problem import Indices

SHARE_HELD_OUT = 0.15  # for validation, and again for test
SEED = 0

Split = tuple[Indices, Indices, Indices]


def split_items(count: int) -> Split:
    """Distribute ``count`` rows (or groups), at least three; each part is sorted and not empty."""
    held_out = max(1, round(SHARE_HELD_OUT * count))
    order = np.random.default_rng(SEED).permutation(count)
    val, test, train = np.split(order, [held_out, 2 * held_out])
    return np.sort(train), np.sort(val), np.sort(test)


def split_groups(groups: Indices) -> Split:
    """Distribute rows so that all rows of a group are in one part.

    Args:
        groups: ``[rows]`` group of each row; at least three different ones.
    """
    numbers = np.unique(groups)
    train, val, test = (
        np.flatnonzero(np.isin(groups, numbers[part])) for part in split_items(len(numbers))
    )
    return train, val, test
