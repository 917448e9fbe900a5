"""Maps of one step: targets that are an input of the same kind one step later.

They follow from the inputs by right, and stay close to them: neither is a leak nor a clock.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from spinn_engine.problems.checks.evidence import Evidence
from spinn_engine.problems.problem import Floats

MOSTLY = 0.9  # of the rows
NEAR = 0.9  # R2 of "nothing changes", from which on a change is small
ROUNDING = 1e-9  # share of a variance that may be due to rounding
LAWFUL = 0.5  # R2 of the change by the state, from which on it is no noise of a copy
MOST_STATES = 12  # beyond, no products of two are fitted
LATER = frozenset(("next", "new", "later", "after", "t+1", "k+1", "n+1", "+1", "tp1"))
NOW = frozenset(("t", "k", "n", "now", "current", "old", "before"))


def state_by_target(evidence: Evidence) -> dict[str, str]:
    """The input that a target is one step later, by the target.

    That it is so is told by rows in turn, by a name (``x`` and ``x_next``), or by all targets: each
    of several lies near an input of its own, and the changes follow from those inputs together. A
    copy is no step, whatever its name.
    """
    problem = evidence.problem
    pairs = [
        (at, out)
        for at in np.flatnonzero(~evidence.is_constant).tolist()
        for out in range(len(problem.target_names))
        if not _same(evidence.inputs[:, at], evidence.targets[:, out])
    ]
    near = {
        (at, out): r2
        for at, out in pairs
        if (r2 := _unchanged_r2(evidence.inputs[:, at], evidence.targets[:, out])) >= NEAR
    }
    steps = _by_all(evidence, near)
    for at, out in pairs:
        name, target = problem.input_names[at], problem.target_names[out]
        named = (at, out) in near and is_named_later(name, target)
        if named or _same(problem.targets[:-1, out], problem.inputs[1:, at]):
            steps[target] = name
    return steps


def is_named_later(name: str, target: str) -> bool:
    """Whether a name is that of an input and says that it is later.

    >>> is_named_later("x", "x_next"), is_named_later("x(t)", "x(t+1)"), is_named_later("x", "y")
    (True, True, False)
    """
    now, later = _words(name), _words(target)
    kept = [word for word in later if word not in LATER]
    is_later = len(kept) < len(later) and not LATER.intersection(now)
    return is_later and bool(kept) and kept in (now, [word for word in now if word not in NOW])


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()
    return re.findall(r"[^\W_]*\+1|[^\W_]+", spaced)


def _same(values: Floats, others: Floats) -> bool:
    return float(np.mean(values == others)) > MOSTLY


def _unchanged_r2(values: Floats, target: Floats) -> float:
    spread = float(target.var())
    return 1 - float(np.square(target - values).mean()) / spread if spread > 0 else -np.inf


def _by_all(evidence: Evidence, near: Mapping[tuple[int, int], float]) -> dict[str, str]:
    """A step of the whole state: no target without an input of its own that it lies near."""
    problem = evidence.problem
    count = len(problem.target_names)
    own = [
        max((pair for pair in near if pair[1] == out), key=lambda pair: near[pair], default=None)
        for out in range(count)
    ]
    states = [pair[0] for pair in own if pair is not None]
    if count < 2 or len(set(states)) < count:
        return {}
    state = evidence.inputs[:, states]
    rescaled = any(map(_is_line, state.T, evidence.targets.T))
    if rescaled or not _follows(state, evidence.targets - state):
        return {}
    return {
        target: problem.input_names[at]
        for at, target in zip(states, problem.target_names, strict=True)
    }


def _is_line(values: Floats, target: Floats) -> bool:
    return float(np.corrcoef(values, target)[0, 1]) ** 2 > 1 - ROUNDING


def _follows(state: Floats, change: Floats) -> bool:
    """Whether every change ``[rows, states]`` follows from the state, in rows not fitted on."""
    spread = state.std(axis=0)
    state = (state - state.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    terms = [np.ones((len(state), 1)), state]
    if state.shape[1] <= MOST_STATES:
        first, second = np.triu_indices(state.shape[1])
        terms.append(state[:, first] * state[:, second])
    every = np.concatenate(terms, axis=1)
    weights = np.linalg.lstsq(every[::2], change[::2], rcond=None)[0]
    left_over = np.square(change[1::2] - every[1::2] @ weights).mean(axis=0)
    variance = change[1::2].var(axis=0)
    return bool((left_over < (1 - LAWFUL) * variance).all())
