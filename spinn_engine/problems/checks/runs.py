"""Runs: rows that share one label, so that they are one sample and not many."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from spinn_engine.problems.checks.evidence import (
    LEAST_GROUPS,
    ROWS_A_GROUP,
    Evidence,
    Grouping,
    coded,
    is_constant_within,
)
from spinn_engine.problems.checks.numbering import blocks_of
from spinn_engine.problems.problem import Floats

LEAST_ROWS = 20
DEVIATIONS = 4.0
ONE_STEP, MOSTLY = 1.5, 0.5  # of the smallest step, and of the blocks
LOG_CHANCE = -20.0  # of finding by chance what would be called runs


def label_runs(evidence: Evidence) -> list[Grouping | None]:
    """Per target, the fewest groups within each of which it is constant, or None.

    They are the declared groups, the values of an input, or blocks of consecutive rows with the
    same label where there are fewer of those than in rows of random order.
    """
    if evidence.label_runs is None:
        evidence.label_runs = _find(evidence)
    return evidence.label_runs


def _find(evidence: Evidence) -> list[Grouping | None]:
    targets = list(evidence.problem.targets.T)
    if len(evidence.problem.targets) < LEAST_ROWS:
        return [None for _ in targets]
    found = [_declared(evidence, values) for values in targets]
    if not all(found):
        for grouping in _repeating(evidence):
            for out, values in enumerate(targets):
                known = found[out]
                if known is not None and (known.declared or known.count <= grouping.count):
                    continue
                if is_constant_within(grouping.codes, values) and _no_chance(grouping, values):
                    found[out] = grouping
    return [one or _blocks(evidence, y) for one, y in zip(found, targets, strict=True)]


def _declared(evidence: Evidence, values: Floats) -> Grouping | None:
    groups = evidence.declared
    if groups is None or groups.count > len(values) / ROWS_A_GROUP:
        return None
    certain = is_constant_within(groups.codes, values) and _no_chance(groups, values)
    return groups if certain else None


def _repeating(evidence: Evidence) -> Iterator[Grouping]:
    """The inputs that have few values for the number of rows."""
    problem = evidence.problem
    for at, name in enumerate(problem.input_names):
        if not _may_repeat(evidence.inputs[:, at], len(problem.inputs)):
            continue
        grouping = Grouping(f"values of {name}", coded(problem.inputs[:, at]), name)
        if LEAST_GROUPS <= grouping.count <= len(problem.inputs) / ROWS_A_GROUP:
            yield grouping


def _no_chance(grouping: Grouping, values: Floats) -> bool:
    """Whether labels in random order would hardly be constant in each of the groups.

    A group of n rows has one label with the chance sum of p^n, p being the shares of the labels.
    """
    shares = np.unique(values, return_counts=True)[1] / len(values)
    sizes, groups = np.unique(np.bincount(grouping.codes), return_counts=True)
    chances = [np.logaddexp.reduce(size * np.log(shares)) for size in sizes]
    return float(groups @ chances) < LOG_CHANCE


def _may_repeat(sample: Floats, rows: int) -> bool:
    """Whether a column may have few values for its ``rows``, told from a sample.

    Of m rows drawn from k values that are all as frequent about m^2 / 2k repeat an earlier one.
    """
    repeats = len(sample) - len(np.unique(sample))
    by_few_values = len(sample) ** 2 / (2 * rows / ROWS_A_GROUP)
    return repeats > min(by_few_values, len(sample)) / 2


def _blocks(evidence: Evidence, values: Floats) -> Grouping | None:
    """Blocks of consecutive rows with one label, if their number is no chance.

    A slow signal that was rounded makes blocks too, and goes from one to the next by the step that
    it was rounded to.

    Rows in random order make about n (1 - sum of p^2) blocks, p being the shares of the labels
    (Wald, A. and Wolfowitz, J. (1940). On a test whether two samples are from the same population).
    """
    groups = evidence.sections if evidence.declared is None else evidence.declared.codes
    rows = len(values)
    count = 1 + np.count_nonzero((np.diff(values) != 0) | (np.diff(groups) != 0))
    if count > rows / ROWS_A_GROUP:
        return None
    labels = coded(values)
    by_chance = rows * (1 - float(np.square(np.bincount(labels) / rows).sum()))
    if count > by_chance - DEVIATIONS * np.sqrt(by_chance):
        return None
    blocks = blocks_of(labels + (labels.max() + 1) * groups)
    if count == int(labels.max()) + 1 and evidence.declared is None:
        return None  # every label is one block: a file that is sorted by its target looks the same
    if _is_rounded(values[np.flatnonzero(np.diff(blocks, prepend=-1))]):
        return None
    return Grouping("blocks of consecutive rows", blocks)


def _is_rounded(values: Floats) -> bool:
    """Whether values, one a block, mostly move by the smallest step that there is."""
    steps = np.abs(np.diff(values))
    smallest = np.diff(np.unique(values)).min(initial=np.inf)
    return float(np.mean(steps < ONE_STEP * smallest)) > MOSTLY
