import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from spinn_engine.problems import load_problem
from spinn_engine.problems.milling.lives import Simulation, simulate
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.spec import DataSpec

INPUTS = (
    "time_s",
    "cutting_distance_m",
    "depth_of_cut_mm",
    "feed_mm_per_tooth",
    "cutting_speed_m_min",
    "hardness_hb",
    "force_x_n",
    "force_y_n",
    "force_z_n",
    "current_ac_a",
    "current_dc_a",
    "vib_table_g",
    "vib_spindle_g",
    "ae_table_v",
    "ae_spindle_v",
    "ambient_c",
    "spindle_housing_c",
    "mrr_mm3_s",
)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(DataSpec())


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate()


def r2(prediction: Floats, values: Floats) -> float:
    return float(1 - ((values - prediction) ** 2).sum() / ((values - values.mean()) ** 2).sum())


def test_names_sizes_and_what_it_is_called(problem: Problem) -> None:
    assert problem.input_names == INPUTS
    assert problem.target_names == ("tool_wear", "thermal_displacement")
    assert problem.inputs.shape == (12_000, 18)
    assert problem.targets.shape == (12_000, 2)
    assert np.isfinite(problem.inputs).all()
    assert np.isfinite(problem.targets).all()
    assert problem.simulated
    assert any("simulated" in note for note in problem.notes)
    assert set(problem.units) == {*INPUTS, *problem.target_names}
    assert {problem.units[name] for name in problem.target_names} == {"mm"}


def test_whole_lives_are_held_out(problem: Problem) -> None:
    assert problem.groups is not None
    sides = [set(problem.groups[rows]) for rows in (problem.train, problem.val, problem.test)]
    assert [len(side) for side in sides] == [42, 9, 9]
    assert len(set.union(*sides)) == 60
    assert len(problem.train) + len(problem.val) + len(problem.test) == len(problem.inputs)


def test_a_fresh_process_makes_the_same_rows(problem: Problem) -> None:
    code = (
        "from spinn_engine.problems import load_problem\n"
        "from spinn_engine.spec import DataSpec\n"
        "import sys\n"
        "print(load_problem(DataSpec()).sha256(), 'torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [problem.sha256(), "False"]


def test_it_is_quick() -> None:
    start = time.process_time()
    load_problem(DataSpec())
    assert time.process_time() - start < 2


@pytest.mark.parametrize("column", [0, 1])
def test_the_ceiling_is_what_the_true_trajectory_scores(
    problem: Problem, simulation: Simulation, column: int
) -> None:
    truth = (simulation.wear, simulation.displacement)[column].ravel()
    noise = problem.targets[:, column] - truth
    assert abs(noise.mean()) < 4 * noise.std() / np.sqrt(len(noise))
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.04
    assert np.mean(np.abs(noise) < noise.std()) == pytest.approx(0.6827, abs=0.02)  # Gaussian
    assert problem.ceiling is not None
    ceiling = problem.ceiling[problem.target_names[column]]
    reached = r2(truth[problem.test], problem.targets[problem.test, column])
    assert 0.95 < ceiling < 0.995
    assert 1 - ceiling == pytest.approx(1 - reached, rel=0.12)  # a variance from 1,800 rows


@pytest.mark.parametrize("column", [0, 1])
def test_no_single_input_gives_a_target_away(problem: Problem, column: int) -> None:
    target = problem.targets[:, column]
    for name, values in zip(problem.input_names, problem.inputs.T, strict=True):
        edges = np.quantile(values, np.linspace(0, 1, 101)[1:-1])
        bins = np.digitize(values, edges)  # the best function of one input, nearly
        means = np.bincount(bins, target) / np.maximum(np.bincount(bins), 1)
        assert r2(means[bins], target) < 0.9, name


def test_a_straight_line_is_clearly_below_the_ceiling(problem: Problem) -> None:
    design = np.column_stack([problem.inputs, np.ones(len(problem.inputs))])
    train, test = problem.train, problem.test
    weights = np.linalg.lstsq(design[train], problem.targets[train], rcond=None)[0]
    line = np.mean(
        [r2(design[test] @ w, y) for w, y in zip(weights.T, problem.targets[test].T, strict=True)]
    )
    assert 0.8 < line < np.mean(list((problem.ceiling or {}).values())) - 0.07


def test_held_out_rows_lie_within_the_range_of_training(problem: Problem) -> None:
    train = problem.inputs[problem.train]
    for rows in (problem.val, problem.test):
        held_out = problem.inputs[rows]
        outside = (held_out < train.min(axis=0)) | (held_out > train.max(axis=0))
        assert outside.mean(axis=0).max() < 0.05


def test_lives_differ_in_conditions_and_in_hidden_properties(simulation: Simulation) -> None:
    for values in (simulation.cut.hardness, simulation.cut.depth, simulation.cut.speed):
        assert values.mean(axis=1).std() > 0.1 * values.mean()
    assert len(np.unique(simulation.tool)) == len(np.unique(simulation.material)) == 60
    assert 600 < simulation.time[:, -1].min() < simulation.time[:, -1].max() < 5_400


def test_the_last_bit_of_what_laws_say_of_rows_changes_no_hash(problem: Problem) -> None:
    """It is the processor's: the same data would be other data on another machine."""
    laws = tuple(replace(law, gain=np.nextafter(law.gain, np.inf)) for law in problem.laws)
    elsewhere = replace(problem, laws=laws)
    assert elsewhere.sha256() == problem.sha256()
    assert elsewhere.known_hashes() & problem.known_hashes() == {problem.sha256()}
    law = replace(problem.laws[0], coefficient=123.0)
    assert replace(problem, laws=(law, *problem.laws[1:])).sha256() != problem.sha256()
