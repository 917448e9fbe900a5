"""Clocks: inputs that run with a target inside every group, as counters and sums over time do.

A clock says how far a tool is in its life without sensing anything, so a network that reads it
learns the usual life. What rises in every group and never turns back is one, and so is what
follows the target in perfect rank order. A state that runs with itself one step later is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from spinn_engine.problems.checks.evidence import SEED, Evidence, Grouping, thinned
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.checks.steps import state_by_target
from spinn_engine.problems.problem import Floats, Indices
from spinn_engine.words import fixed

LEAST_ROWS_A_GROUP = 3
LEAST_ROWS = 20
LEAST_GROUPS = 2
MOST_GROUPS = 400
MOST_ROWS_A_GROUP = 2_000
EVERY = 0.95  # share of the groups that counts as every group
FOLLOWS = 0.9  # Spearman with the target, for a column that never turns back
LONG = 10  # rows from which on perfect rank order is no chance
PERFECT = 0.999  # and for one that may


@dataclass(frozen=True)
class Run:
    """That an input runs with a target: in how many of the groups where both move, and how well.

    Attributes:
        name: the input.
        target: what it runs with.
        groups: in words, with their number.
        correlation: median Spearman over them.
    """

    name: str
    target: str
    groups: str
    correlation: float

    def words(self) -> str:
        """The same in words."""
        how = "rises with" if self.correlation > 0 else "runs against"
        return (
            f"{how} {self.target} in {self.groups} (median Spearman {fixed(self.correlation, 3)})"
        )


def clock(evidence: Evidence) -> list[Finding]:
    """Inputs that run with a target inside every group, one finding an input."""
    best: dict[tuple[str, str], Run] = {}
    for grouping in _groupings(evidence):
        for run in _running(evidence, grouping):
            known = best.get((run.name, run.target))
            if known is None or abs(run.correlation) > abs(known.correlation):
                best[run.name, run.target] = run
    steps = state_by_target(evidence) if best else {}
    names = dict.fromkeys(name for name, _ in best)
    return [_finding(name, [r for r in best.values() if r.name == name], steps) for name in names]


def _finding(name: str, runs: list[Run], steps: Mapping[str, str]) -> Finding:
    """What is said of an input by all it runs with; only to know where those are its own steps."""
    told = f"{name} {' and '.join(run.words() for run in runs)}."
    most = max(abs(run.correlation) for run in runs)
    if name in steps.values() and all(run.target in steps for run in runs):
        own = next(target for target, state in steps.items() if state == name)
        return Finding(
            "clock",
            "info",
            (name,),
            most,
            f"{told} It is part of a state, and {own} is it one step later.",
            f"Hold a network against the step that changes nothing ({own} = {name}).",
        )
    return Finding(
        "clock",
        "warning",
        (name,),
        most,
        told,
        "It is no sensor: drop it, or say that the network knows how long the run has "
        "lasted and with it the usual course of the target.",
        (name,),
    )


def _groupings(evidence: Evidence) -> list[Grouping]:
    declared = [] if evidence.declared is None else [evidence.declared]
    found = [*declared, *evidence.group_like]
    if not found and evidence.problem.times is not None:
        found = [Grouping("series", np.zeros(len(evidence.problem.inputs), dtype=np.int64))]
    return found


def _running(evidence: Evidence, grouping: Grouping) -> Iterator[Run]:
    """Every input that is a clock in a grouping, with each target that it runs with."""
    problem = evidence.problem
    groups = list(_rows_by_group(evidence, grouping))
    if not groups:
        return
    sizes = np.array([len(rows) for rows in groups])
    inputs = np.split(problem.inputs[np.concatenate(groups)], np.cumsum(sizes)[:-1])
    ways = np.stack([_ways(own) for own in inputs])  # [groups, in]
    targets = (problem.targets[rows] for rows in groups)
    ranks = np.stack([_spearman(x, y) for x, y in zip(inputs, targets, strict=True)])
    alone = grouping.count == 1
    may_turn = not alone and np.median(sizes) >= LONG
    for at, name in enumerate(problem.input_names):
        for out, target in enumerate(problem.target_names):
            found = ranks[:, at, out]  # [groups]
            usable = np.isfinite(found)
            enough = usable.sum() >= (1 if alone else LEAST_GROUPS)
            if not enough or sizes[usable].sum() < LEAST_ROWS:
                continue
            found = found[usable]
            median = float(np.median(found))
            if _is_clock(found, ways[usable, at], may_turn=may_turn):
                same = np.count_nonzero(np.sign(found) == np.sign(median))
                words = f"{same:,} of {len(found):,} {grouping.words}"
                yield Run(name, target, "the whole series" if alone else words, median)


def _is_clock(correlations: Floats, ways: Floats, *, may_turn: bool) -> bool:
    """Whether one column follows one target in the groups of a grouping.

    Args:
        correlations: ``[groups]`` Spearman.
        ways: ``[groups]`` as ``_ways`` tells.
        may_turn: whether perfect rank order alone is enough.
    """
    sign = np.sign(np.median(correlations))
    if np.mean(np.sign(correlations) == sign) < EVERY:
        return False
    one_way = max(np.mean(ways > 0), np.mean(ways < 0)) >= EVERY
    median = abs(float(np.median(correlations)))
    return bool((one_way and median >= FOLLOWS) or (may_turn and median >= PERFECT))


def _rows_by_group(evidence: Evidence, grouping: Grouping) -> Iterator[Indices]:
    """Rows of some groups, each in the order of time, or of the file."""
    problem = evidence.problem
    times = np.arange(len(grouping.codes)) if problem.times is None else problem.times
    order = np.lexsort((times, grouping.codes))
    ends = np.cumsum(np.bincount(grouping.codes))
    numbers = np.arange(grouping.count)
    if grouping.count > MOST_GROUPS:
        numbers = np.random.default_rng(SEED).choice(grouping.count, MOST_GROUPS, replace=False)
    for number in numbers:
        rows = order[ends[number - 1] if number else 0 : ends[number]]
        if len(rows) >= LEAST_ROWS_A_GROUP:
            yield thinned(rows, MOST_ROWS_A_GROUP)


def _ways(values: Floats) -> Floats:
    """Per column, 1 where it never falls from row to row, -1 where it never rises, else 0."""
    steps = np.diff(values, axis=0)
    return np.where((steps >= 0).all(axis=0), 1.0, np.where((steps <= 0).all(axis=0), -1.0, 0.0))


def _spearman(inputs: Floats, targets: Floats) -> Floats:
    """Rank correlations ``[in, out]``, NaN where one of the two is constant."""
    left, right = (
        _standardised(pd.DataFrame(part).rank().to_numpy()) for part in (inputs, targets)
    )
    return np.asarray(left.T @ right)


def _standardised(ranks: Floats) -> Floats:
    centred = ranks - ranks.mean(axis=0)
    length = np.linalg.norm(centred, axis=0)
    unknown = np.full_like(centred, np.nan)
    return np.asarray(np.divide(centred, length, out=unknown, where=length > 0))
