"""Rows that a network in memory is pruned with: given, drawn, or answered by the network itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from spinn_engine.api.rows import frame_of
from spinn_engine.errors import BadInputError

Table: TypeAlias = Any  # an array, a tensor, a frame or a series
Bounds: TypeAlias = tuple[float, float]
Ranges: TypeAlias = Mapping[str | int, Bounds] | Sequence[Bounds]

PREFIXES = {"X": "x", "y": "y", "groups": "group"}
SEED, DRAWN = 0, 2000


def given(table: Table, called: str) -> pd.DataFrame:
    """Rows as a frame.

    Args:
        table: an array, a tensor, a frame or a series.
        called: ``X``, ``y`` or ``groups``.

    Raises:
        BadInputError: it has another shape.
    """
    frame = frame_of(table, called, PREFIXES[called], always_numbered=called == "X")
    if called == "X":
        wrong = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
        if wrong:
            raise BadInputError(
                f"column {wrong[0]!r} of X holds no numbers, and the model takes some"
            )
    return frame.reset_index(drop=True)


def drawn(ranges: Ranges | None) -> pd.DataFrame:
    """Rows drawn evenly between the bounds of each input.

    Raises:
        BadInputError: there are no bounds, or they are none.
    """
    if ranges is None:
        raise BadInputError(
            "there are no rows: give X, or ranges={'x0': (low, high), ...} to draw them from"
        )
    named = ranges if isinstance(ranges, Mapping) else dict(enumerate(ranges))
    draw = np.random.default_rng(SEED)
    columns = {}
    for name, bounds in named.items():
        low, high = _bounds(name, bounds)
        called = f"x{name}" if isinstance(name, int) else str(name)
        columns[called] = draw.uniform(low, high, DRAWN)
    return pd.DataFrame(columns)


def _bounds(name: str | int, bounds: Bounds) -> Bounds:
    try:
        low, high = (float(one) for one in bounds)
    except (TypeError, ValueError):
        low, high = 0.0, 0.0
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise BadInputError(
            f"the range of {name!r} is {bounds!r}: give (low, high), low below high"
        )
    return low, high


def taught(answers: Callable[[Any], Any], table: pd.DataFrame) -> pd.DataFrame:
    """What a network gives for rows, as targets."""
    made = answers(table.to_numpy())
    if not np.isfinite(made).all():
        raise BadInputError("the network gives NaN or infinite numbers for these rows")
    return frame_of(made, "y", "y")
