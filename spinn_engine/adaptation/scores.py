"""Scores of the predictions of coming rows: over the whole stream, by window and by batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from spinn_engine.evaluation.intervals import interval
from spinn_engine.evaluation.metrics import Floats

WINDOWS = 4  # so that each has enough rows for an R2


def windows_of(batches: Sequence[range]) -> list[range]:
    """Up to four parts of the stream with about as many whole batches each, as rows."""
    parts = np.array_split(np.arange(len(batches)), min(WINDOWS, len(batches)))
    return [range(batches[part[0]].start, batches[part[-1]].stop) for part in parts]


def squared_errors(predicted: Sequence[Floats], targets: Floats) -> Floats:
    """Of predictions by batch ``[M, n, out]`` and targets ``[rows, out]``: ``[M, rows, out]``."""
    return np.square(np.concatenate(predicted, axis=1) - targets)


def r2(squares: Floats, targets: Floats) -> Floats | None:
    """R2 ``[M, out]`` about the mean of these rows; None where a target is constant on them.

    Args:
        squares: squared errors ``[M, rows, out]``.
        targets: ``[rows, out]``.
    """
    if (np.ptp(targets, axis=0) == 0).any():
        return None
    total = np.square(targets - targets.mean(axis=0)).sum(axis=0)
    return np.asarray(1 - squares.sum(axis=1) / total)


def mean_r2(squares: Floats, targets: Floats, rows: range, seeds: int) -> dict[str, Any] | None:
    """Mean R2 over targets on some of the rows, as an interval over repetitions."""
    part = slice(rows.start, rows.stop)
    found = r2(squares[:, part], targets[part])
    return None if found is None else by_seed(found.mean(axis=1), seeds)


def by_seed(values: Floats, seeds: int) -> dict[str, Any]:
    """Values ``[M]``, by seed and then fold, with their interval."""
    return interval(values.reshape(seeds, -1))


def per_output(
    squares: Floats, targets: Floats, names: Sequence[str], seeds: int
) -> dict[str, dict[str, Any]]:
    """By target, R2 and RMSE (in its unit) over all rows."""
    scores, rmse = r2(squares, targets), np.sqrt(squares.mean(axis=1))
    assert scores is not None  # a stream with a constant target is refused
    return {
        name: {"r2": by_seed(scores[:, at], seeds), "rmse": by_seed(rmse[:, at], seeds)}
        for at, name in enumerate(names)
    }


def rmse_by_batch(
    squares: Floats, batches: Sequence[range], names: Sequence[str]
) -> dict[str, dict[str, Any]]:
    """By target, the RMSE of each batch: the mean over repetitions, and every repetition's."""
    each = np.stack(
        [np.sqrt(squares[:, batch.start : batch.stop].mean(axis=1)) for batch in batches], axis=1
    )  # [M, batches, out]
    return {
        name: {
            "mean": each[:, :, at].mean(axis=0).tolist(),
            "per_repetition": each[:, :, at].tolist(),
        }
        for at, name in enumerate(names)
    }


def difference(one: Floats, other: Floats, seeds: int) -> dict[str, Any]:
    """Paired difference of two arms' R2 ``[M]``, by seed and then fold, with its interval."""
    return interval((one - other).reshape(seeds, -1), unit=1.0)
