"""R2 of a run against that of another: paired by seed where that is fair. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spinn_engine.evaluation.intervals import interval, repetitions_of
from spinn_engine.evaluation.outcomes import too_few
from spinn_engine.vocabulary import SUBJECT


@dataclass(frozen=True)
class Scored:
    """What it takes to hold the pruned network of a run against that of another.

    Attributes:
        data_sha256: of the problem: rows, targets and split.
        seeds: whose networks were trained.
        folds: of the cross-validation; 1 is a fixed split.
        mean: test R2 over all seeds and folds, the mean over the targets.
        r2: the same of each repetition, by seed, in the order of ``seeds``, and then by fold.
    """

    data_sha256: str
    seeds: tuple[int, ...]
    folds: int
    mean: float
    r2: tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Difference:
    """R2 of a run minus that of its baseline.

    Attributes:
        mean: the difference of the means.
        low: lower end of the 95 % interval of the paired differences; None without pairs, and with
            too few for a verdict.
        high: its upper end.
        pairs: how many folds, or with one fold seeds, were paired; 0 where the runs cannot be.
        unlike: why not: which of ``data``, ``seeds`` and ``folds`` differ.
    """

    mean: float
    low: float | None
    high: float | None
    pairs: int
    unlike: tuple[str, ...]


def scored(result: Mapping[str, Any]) -> Scored:
    """The test R2 of the pruned network of a finished run."""
    r2 = next(arm["r2"] for arm in result["arms"] if arm["arm"] == SUBJECT)
    return Scored(
        data_sha256=str(result["data"]["sha256"]),
        seeds=tuple(result["seeds"]),
        folds=int(result["folds"]),
        mean=float(r2["mean"]),
        r2=tuple(map(tuple, repetitions_of(r2).tolist())),
    )


def r2_difference(run: Scored, baseline: Scored) -> Difference:
    """How much higher the test R2 of a run is than that of a baseline.

    Equal data, seeds and folds make pairs: what a seed draws cancels out in its difference. The
    interval is that of ``interval`` over the differences.
    """
    like = {
        "data": run.data_sha256 == baseline.data_sha256,
        "seeds": run.seeds == baseline.seeds,
        "folds": run.folds == baseline.folds,
    }
    unlike = tuple(name for name, same in like.items() if not same)
    if unlike:
        return Difference(run.mean - baseline.mean, None, None, 0, unlike)
    found = interval(np.subtract(run.r2, baseline.r2), unit=1.0)
    low, high = (None, None) if too_few(found) else (found["low"], found["high"])
    return Difference(found["mean"], low, high, found["n"], ())
