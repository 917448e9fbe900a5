"""Small problems for the checks, with one fault or none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.problems.checks import check_problem
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.split import split_groups, split_items

Array = NDArray[Any]


def make(
    inputs: Mapping[str, Array], targets: Mapping[str, Array], groups: Array | None = None
) -> Problem:
    """A problem of named columns, split as a single file is."""
    rows = len(next(iter(inputs.values())))
    train, val, test = split_items(rows) if groups is None else split_groups(groups)
    return Problem(
        source="made",
        input_names=tuple(inputs),
        target_names=tuple(targets),
        inputs=np.stack([np.asarray(v, dtype=np.float64) for v in inputs.values()], axis=1),
        targets=np.stack([np.asarray(v, dtype=np.float64) for v in targets.values()], axis=1),
        groups=groups,
        train=train,
        val=val,
        test=test,
    )


def in_files(problem: Problem, sizes: Sequence[int]) -> Problem:
    """The same rows as three files, one after the other."""
    train, val, test = np.split(np.arange(len(problem.inputs)), np.cumsum(sizes)[:2])
    return replace(problem, train=train, val=val, test=test)


def clean(rng: np.random.Generator, rows: int = 600) -> dict[str, Array]:
    """Three independent inputs."""
    return {name: rng.normal(size=rows) for name in ("a", "b", "c")}


def smooth(inputs: Mapping[str, Array], rng: np.random.Generator, noise: float = 0.1) -> Array:
    """A target that takes all three, with noise."""
    exact = np.tanh(inputs["a"]) + inputs["b"] * inputs["c"]
    return np.asarray(exact + noise * rng.normal(size=len(exact)))


def only(problem: Problem, check: str, **how: Any) -> list[Finding]:
    """The findings of one kind."""
    return [one for one in check_problem(problem, **how) if one.check == check]


def kinds(problem: Problem, **how: Any) -> set[str]:
    """The kinds that were found and are not only for information."""
    return {one.check for one in check_problem(problem, **how) if one.severity != "info"}
