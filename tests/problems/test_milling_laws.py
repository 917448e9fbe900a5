"""The laws on the simulator's own noise-free lives, and their error against the step of time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spinn_engine.problems import load_problem
from spinn_engine.problems.milling.laws import milling_laws
from spinn_engine.problems.milling.lives import LIVES, ROWS_A_LIFE, simulate
from spinn_engine.problems.milling.simulation import INPUT_NAMES, TARGET_NAMES, _gauges, _sensors
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.steps import next_rows
from spinn_engine.problems.terms import law_change
from spinn_engine.spec import DataSpec


def noise_free(every: int) -> tuple[Problem, dict[str, Floats]]:
    """The problem with exact columns, and only every so many rows of a life."""
    simulation = simulate()
    exact = {**_sensors(simulation), **_gauges(simulation)}
    columns = {
        name: np.broadcast_to(values, (LIVES, ROWS_A_LIFE))[:, ::every].ravel()
        for name, (values, _) in exact.items()
    }
    rows = len(columns["time_s"])
    nothing = np.arange(0)
    problem = replace(
        load_problem(DataSpec()),
        inputs=np.stack([columns[name] for name in INPUT_NAMES], axis=1),
        targets=np.stack([columns[name] for name in TARGET_NAMES], axis=1),
        groups=np.repeat(np.arange(LIVES), rows // LIVES),
        train=nothing,
        val=nothing,
        test=nothing,
        times=columns["time_s"],
        laws=milling_laws(columns, rows // LIVES),
    )
    return problem, columns


def error_of(law: int, every: int) -> float:
    """Root mean square of what is not as the law says, over that of the change."""
    problem, columns = noise_free(every)
    following = next_rows(problem)
    first = np.flatnonzero(following >= 0)
    steps = first, following[first]
    values = columns[TARGET_NAMES[law]]
    expected = law_change(problem, problem.laws[law], values, steps)
    if law == 0:  # how fast each tool wears is no column
        expected = expected * np.repeat(simulate().tool[:, 0], len(first) // LIVES)
    change = values[steps[1]] - values[steps[0]]
    inner = np.ones(len(first), dtype=bool)
    if law == 1:  # the rate of the air's temperature is one-sided at both ends of a life
        inner.reshape(LIVES, -1)[:, [0, -1]] = False
    off = np.square((change - expected)[inner]).mean()
    return float(np.sqrt(off / np.square(change[inner]).mean()))


@pytest.mark.parametrize("law", [0, 1])
def test_residuals_on_noise_free_lives_vanish_with_the_step_of_time(law: int) -> None:
    coarse, fine = error_of(law, 2), error_of(law, 1)
    assert fine < 0.01
    assert fine < coarse / 3  # a trapezium errs by the square of the step


def test_a_wrong_law_would_be_seen() -> None:
    problem, columns = noise_free(1)
    following = next_rows(problem)
    first = np.flatnonzero(following >= 0)
    steps = first, following[first]
    displacement = columns["thermal_displacement"]
    change = displacement[steps[1]] - displacement[steps[0]]
    law = problem.laws[1]
    without_cooling = replace(law, loss=np.zeros_like(law.loss))
    wrong = law_change(problem, without_cooling, displacement, steps)
    assert np.sqrt(np.square(change - wrong).mean() / np.square(change).mean()) > 0.5
