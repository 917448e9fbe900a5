"""The arm: its kinematics against one point at a time, its rows, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.arm.kinematics import LENGTH_M, LINKS, TARGET_M, distances
from spinn_engine.spec import DataSpec


def end_of(angles: list[float]) -> list[float]:
    """The end of the arm, carried from its last link back to its foot."""
    x, y, z = 0.0, 0.0, 0.0
    for joint in reversed(range(LINKS)):
        sign = 1 if joint % 2 == 0 else -1
        y, z = -sign * z, sign * y  # the right angle behind the link
        x += LENGTH_M
        cos, sin = math.cos(angles[joint]), math.sin(angles[joint])
        x, y = cos * x - sin * y, sin * x + cos * y
    return [x, y, z]


def test_distances_are_those_of_one_arm_at_a_time() -> None:
    angles = np.random.default_rng(0).uniform(-2, 2, (20, LINKS))
    wanted = [math.dist(end_of(row), TARGET_M) for row in angles.tolist()]
    assert distances(angles) == pytest.approx(wanted, rel=1e-12)


def test_a_straight_arm_reaches_its_length() -> None:
    end = [LENGTH_M * LINKS, 0.0, 0.0]
    assert distances(np.zeros((1, LINKS)))[0] == pytest.approx(math.dist(end, TARGET_M))


def test_its_rows_are_the_same_each_time_and_no_line_goes_through_them() -> None:
    problem, again = (load_problem(DataSpec(source="arm")) for _ in range(2))
    assert problem.sha256() == again.sha256()
    assert problem.simulated
    assert problem.ceiling is not None
    assert problem.ceiling["distance_m"] == pytest.approx(1 - 0.05**2, abs=5e-4)
    line = LinearRegression().fit(problem.inputs[problem.train], problem.targets[problem.train])
    assert line.score(problem.inputs[problem.test], problem.targets[problem.test]) < 0.7


@pytest.mark.parametrize("given", [{"group": "a"}, {"time": "a"}, {"targets": ("a",)}])
def test_columns_that_it_does_not_have_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(BadInputError, match="arm"):
        load_problem(DataSpec.model_validate({"source": "arm", **given}))
