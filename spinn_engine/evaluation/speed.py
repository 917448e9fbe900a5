"""How many times as fast one arm is as another, and whether the clock was to be trusted. No torch.

All arms are timed turn by turn within every round, so a round gives one ratio; a speed-up is the
median of the ratios. Its interval takes nothing for granted of how times are distributed: the
number of ratios below their median is binomial (Conover 1999, Practical Nonparametric Statistics,
section 3.2). Arms of equal widths do equal work: where their times differ, something else than the
networks was measured.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from spinn_engine.evaluation.intervals import CONFIDENCE

EQUAL_TO_WITHIN = 0.05  # times of equal work that differ by less are no reason for doubt

ByBatch = Mapping[str, Sequence[float]]  # the time of every round, by batch size


@dataclass(frozen=True)
class Median:
    """The median of one number a round: of a ratio, or of a time.

    Attributes:
        median: of all rounds.
        low: of its interval; None where there are too few rounds for one.
        high: likewise.
    """

    median: float
    low: float | None
    high: float | None

    @property
    def interval(self) -> list[float] | None:
        """Both ends, as a result has them."""
        return None if self.low is None or self.high is None else [self.low, self.high]


def ratio_of(
    times: Sequence[float], other: Sequence[float], alpha: float = 1 - CONFIDENCE
) -> Median:
    """The median of ``times / other``, round by round, with its two-sided interval.

    Args:
        times: of one arm, a number a round.
        other: of another in the same rounds.
        alpha: how often the interval may miss the median of all rounds that could be.
    """
    return median_of(np.asarray(times, dtype=np.float64) / np.asarray(other, np.float64), alpha)


def median_of(values: ArrayLike, alpha: float = 1 - CONFIDENCE) -> Median:
    """The median of one number a round, with its two-sided interval, as ``ratio_of``."""
    from scipy.special import bdtr  # a fifth of a second to import, and not to read a result

    ordered = np.sort(np.asarray(values, dtype=np.float64))
    n = len(ordered)
    outside = int(np.count_nonzero(bdtr(np.arange(n), n, 0.5) <= alpha / 2))  # at either end
    median = float(np.median(ordered))
    if not outside:
        return Median(median, None, None)
    return Median(median, float(ordered[outside - 1]), float(ordered[n - outside]))


def speed_ups(reference: ByBatch, arm: ByBatch) -> dict[str, Any]:
    """``speed_up`` of an arm by batch size, and its ``speed_up_interval``, None without one."""
    found = {batch: ratio_of(reference[batch], each) for batch, each in arm.items()}
    return {
        "speed_up": {batch: ratio.median for batch, ratio in found.items()},
        "speed_up_interval": {batch: ratio.interval for batch, ratio in found.items()},
    }


def equal_work(
    times: Mapping[str, ByBatch], widths: Mapping[str, Sequence[int]]
) -> dict[str, Any] | None:
    """Whether arms of equal widths were equally fast at every batch size.

    The pair that differs most decides. All pairs at all batch sizes are asked at once, so each
    interval is Bonferroni's; where the rounds are too few for that, it is all that was seen.

    Args:
        times: by arm, batch size and round.
        widths: the hidden widths of each arm.

    Returns:
        By batch size whether the measurement is ``usable``, and the ``worst`` pair: ``arms``, the
        ``ratio`` of their times and its ``interval``. None where no two arms are equal.
    """
    pairs = [(a, b) for a, b in combinations(times, 2) if list(widths[a]) == list(widths[b])]
    if not pairs:
        return None
    batches = list(times[pairs[0][0]])
    alpha = (1 - CONFIDENCE) / (len(pairs) * len(batches))
    found = {}
    for batch in batches:
        seen = {(a, b): _between(times[a][batch], times[b][batch], alpha) for a, b in pairs}
        arms = max(seen, key=lambda pair: (_distance(seen[pair]), abs(log(seen[pair].median))))
        worst = seen[arms]
        found[batch] = {
            "usable": _distance(worst) <= log(1 + EQUAL_TO_WITHIN),
            "worst": {"arms": list(arms), "ratio": worst.median, "interval": worst.interval},
        }
    return found


def _between(times: Sequence[float], other: Sequence[float], alpha: float) -> Median:
    """The ratio of two arms; without an interval, from the least to the greatest seen."""
    found = ratio_of(times, other, alpha)
    if found.interval is not None:
        return found
    ratios = [a / b for a, b in zip(times, other, strict=True)]
    return Median(found.median, min(ratios), max(ratios))


def _distance(ratio: Median) -> float:
    """How far the interval of a ratio is from 1, by the logarithm; 0 where it holds 1."""
    low, high = ratio.interval or (ratio.median, ratio.median)
    return max(log(low), -log(high), 0.0)
