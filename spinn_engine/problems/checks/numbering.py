"""Columns that number something (rows, runs, experiments) and so measure nothing."""

from __future__ import annotations

import re

import numpy as np

from spinn_engine.problems.problem import Floats, Indices

FIRST = 1000  # rows, which mostly tell
LEAST_VALUES = 3
MOST_GAPS = 3  # a numbering with more gaps than this a number is a measurement
TOLERANCE = 0.02  # of a step, for codes that were standardised and written with few digits
_NAMED_AS_ID = re.compile(r"(^|[^a-z])(id|ids|idx|index|uid|uuid|key|serial)([^a-z]|$)", re.I)


def is_numbering(values: Floats, name: str) -> bool:
    """Whether a column numbers something.

    Its values are whole numbers that count up, with few gaps; or, where its name says that it is
    an id or index, they are such numbers shifted and scaled.

    Args:
        values: ``[rows]``.
        name: of the column.
    """
    named = named_as_id(name)
    if not (named or (_are_whole(values[:FIRST]) and _are_whole(values))):
        return False
    different = np.unique(values)
    if len(different) < LEAST_VALUES:
        return False
    step = float(np.diff(different).min())
    steps = (different - different[0]) / step
    are_codes = bool((np.abs(steps - np.round(steps)) <= TOLERANCE).all())
    return are_codes and steps[-1] <= MOST_GAPS * len(different) and (named or step == 1)


def _are_whole(values: Floats) -> bool:
    return bool((values == np.round(values)).all())


def named_as_id(name: str) -> bool:
    """Whether a name holds the word id, index, key or serial."""
    return _NAMED_AS_ID.search(name) is not None


def is_in_blocks(codes: Indices, sections: Indices) -> bool:
    """Whether each value is one block of consecutive rows, in each file that it appears in.

    Args:
        codes: ``[rows]`` number of each row's value.
        sections: ``[rows]`` file of each row, never falling.
    """
    both = sections * (int(codes.max()) + 1) + codes
    blocks = 1 + np.count_nonzero(np.diff(both))
    return bool(blocks == len(np.unique(both)))


def blocks_of(codes: Indices) -> Indices:
    """Number ``[rows]`` of the block of consecutive rows with equal ``codes``, from 0."""
    changed = np.concatenate([[0], np.diff(codes) != 0])
    return np.cumsum(changed, dtype=np.int64)
