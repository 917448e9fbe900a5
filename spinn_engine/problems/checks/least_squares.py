"""Straight-line fits of any subset of inputs, judged on the folds that they have not seen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from spinn_engine.problems.problem import Floats, Indices

MOST_INPUTS = 500  # whose moments are held: their memory goes with the square of their number
CUTOFF = 1e-10  # of the largest singular value: columns that repeat each other share a weight


class LeastSquares:
    """Least squares from moments: any subset of inputs is fitted without reading a row again.

    Of more than ``MOST_INPUTS`` inputs those take part that go with some target most, alone.

    Attributes:
        columns: numbers of the inputs that take part, rising.

    Args:
        inputs: ``[rows, in]``.
        targets: ``[rows, out]``.
        folds: ``[rows]`` fold of each row; each is predicted by a fit on the others.
    """

    def __init__(self, inputs: Floats, targets: Floats, folds: Indices) -> None:
        self.columns: list[int] = _most_telling(inputs, targets).tolist()
        self._place = {column: place for place, column in enumerate(self.columns)}
        columns = np.concatenate([inputs[:, self.columns], targets], axis=1)
        spread = columns.std(axis=0)
        scaled = (columns - columns.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
        scaled = np.concatenate([scaled, np.ones((len(scaled), 1))], axis=1)  # [rows, in + out + 1]
        self.inputs = len(self.columns)
        # [folds, in + out + 1, in + out + 1]
        self.moments = np.stack(
            [scaled[folds == fold].T @ scaled[folds == fold] for fold in np.unique(folds)]
        )

        self.total = self.moments.sum(axis=0)

    def correlation(self, column: int, target: int) -> float:
        """Of one input with one target, over all rows; 0 for one that takes no part."""
        if column not in self._place:
            return 0.0
        return float(self.total[self._place[column], self.inputs + target] / self.total[-1, -1])

    def r2(self, columns: Sequence[int], target: int) -> float:
        """R2 over all folds of a fit of one target on some inputs; minus infinity for none."""
        one, out = self.moments.shape[1] - 1, self.inputs + target
        used = [*(self._place[column] for column in columns), one]
        left_over = 0.0
        for own in self.moments:
            seen = self.total - own
            weights = _solve(seen[np.ix_(used, used)], seen[used, out])
            square = weights @ own[np.ix_(used, used)] @ weights
            left_over += float(own[out, out] - 2 * weights @ own[used, out] + square)
        variance = float(self.total[out, out])  # its mean is 0
        return 1 - left_over / variance if columns and variance > 0 else -np.inf

    def fewest(self, columns: Sequence[int], target: int, least: float) -> list[int]:
        """Few of the ``columns`` that together still reach an R2 of ``least``.

        They are chosen one by one, each the one that helps most, and taken out again where the
        others do without.
        """
        chosen: list[int] = []
        left = list(columns)
        while left and self.r2(chosen, target) < least:
            best = max(left, key=lambda at: self._explained([*chosen, at], target))
            chosen.append(best)
            left.remove(best)
        for column in list(chosen):
            others = [at for at in chosen if at != column]
            if self.r2(others, target) >= least:
                chosen = others
        return sorted(chosen)

    def _explained(self, columns: Sequence[int], target: int) -> float:
        """Share of a target that a fit on all rows explains."""
        total, out = self.total, self.inputs + target
        used = [*(self._place[column] for column in columns), total.shape[0] - 1]
        return float(total[used, out] @ _solve(total[np.ix_(used, used)], total[used, out]))


def _most_telling(inputs: Floats, targets: Floats) -> Indices:
    """Numbers of at most ``MOST_INPUTS`` inputs, by their largest correlation with a target."""
    if inputs.shape[1] <= MOST_INPUTS:
        return np.arange(inputs.shape[1])
    left, right = (part - part.mean(axis=0) for part in (inputs, targets))
    lengths = np.outer(np.linalg.norm(left, axis=0), np.linalg.norm(right, axis=0))
    found = np.abs(left.T @ right) / np.where(lengths > 0, lengths, np.inf)  # [in, out]
    return np.sort(np.argsort(-found.max(axis=1), kind="stable")[:MOST_INPUTS])


def _solve(gram: Floats, right: Floats) -> Floats:
    return np.asarray(np.linalg.lstsq(gram, right, rcond=CUTOFF)[0])
