"""The new material of ``milling-sim``: the same machine and sensors, another steel."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from spinn_engine.problems import load_problem
from spinn_engine.problems.milling.lives import ROWS_A_LIFE, Steel, simulate
from spinn_engine.problems.milling.new_steel import NEW_STEEL, new_material
from spinn_engine.problems.milling.simulation import INPUT_NAMES, TARGET_NAMES, measure
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.spec import DataSpec


@pytest.fixture(scope="module")
def columns() -> dict[str, Floats]:
    return new_material()


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(DataSpec())


def test_it_has_the_columns_of_milling_sim_in_whole_lives(columns: dict[str, Floats]) -> None:
    assert set(columns) == {*INPUT_NAMES, *TARGET_NAMES}
    for values in columns.values():
        assert values.shape == (NEW_STEEL.lives * ROWS_A_LIFE,)
        assert np.isfinite(values).all()
    times = columns["time_s"].reshape(-1, ROWS_A_LIFE)
    assert (np.diff(times, axis=1) > 0).all()


def test_tools_wear_no_further_than_in_the_usual_steel(
    columns: dict[str, Floats], problem: Problem
) -> None:
    wear = problem.target_names.index("tool_wear")
    assert columns["tool_wear"].max() < 1.15 * problem.targets[:, wear].max()
    assert columns["tool_wear"].reshape(-1, ROWS_A_LIFE).max(axis=1).min() > 0.08


def test_most_of_it_is_harder_than_any_usual_steel(
    columns: dict[str, Floats], problem: Problem
) -> None:
    usual = problem.inputs[:, problem.input_names.index("hardness_hb")]
    assert np.mean(columns["hardness_hb"] > usual.max()) > 0.7


def test_steel_of_the_usual_kind_but_more_force_and_wear() -> None:
    usual, other = simulate(), simulate(Steel(force=1.2, wear=1.3))
    ratio = other.forces.tangential[:, 0] / usual.forces.tangential[:, 0]  # both edges are new
    assert ratio == pytest.approx(1.2, abs=0.01)
    assert np.array_equal(other.cut.hardness, usual.cut.hardness)
    rate = (other.wear_rate[:, 0] / usual.wear_rate[:, 0]) / ratio
    assert (rate > 1.3).all()  # hotter too, so by more than the factor


def test_the_usual_steel_is_what_milling_sim_cuts(problem: Problem) -> None:
    rows = measure(simulate(Steel()))
    for number, name in enumerate(problem.input_names):
        assert np.array_equal(rows[name], problem.inputs[:, number])


def test_a_fresh_process_makes_the_same_rows(columns: dict[str, Floats]) -> None:
    code = (
        "import numpy as np\n"
        "from spinn_engine.problems.milling.new_steel import new_material\n"
        "print(repr(sum(float(v.sum()) for v in new_material().values())))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert float(run.stdout) == sum(float(values.sum()) for values in columns.values())
