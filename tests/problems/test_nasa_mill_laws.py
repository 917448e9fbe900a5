from pathlib import Path

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from spinn_engine.problems import load_problem
from spinn_engine.problems.nasa.laws import mill_laws, thermal_displacement
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.problems.terms import terms_of, violations
from spinn_engine.spec import DataSpec, PhysicsSpec
from tests.problems.mill_file import mill_records, save_records

BOTH = ("tool_wear", "thermal_displacement")
BEHIND = {"time", "smcAC_rms", "smcAC_peak", "smcDC_rms", "smcDC_std"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mill")


def load(folder: Path, field: str = "", factor: float = 1.0) -> Problem:
    """The problem with both targets, one field of every run scaled."""
    records = mill_records(cases=4, runs=3)
    for record in records:
        if field:
            noise = np.random.default_rng(record["run"]).uniform(1, factor)
            record[field] = record[field] * noise
    path = folder / "mill.mat"
    save_records(path, records)
    return load_problem(DataSpec(source=f"nasa-mill:{path}", targets=BOTH))


@pytest.fixture(scope="module")
def both(folder: Path) -> Problem:
    return load(folder)


def test_the_displacement_is_called_modelled_and_costs_its_causes(both: Problem) -> None:
    assert both.modelled == ("thermal_displacement",)
    assert any("was not measured: it is modelled" in note for note in both.notes)
    assert len(both.input_names) == 13
    assert BEHIND.isdisjoint(both.input_names)
    assert both.never_negative == ("tool_wear",)
    assert (both.targets[:, 1] > 0).all()


@pytest.mark.parametrize("field", ["time", "smcAC"])
def test_what_moves_the_displacement_moves_no_input(
    folder: Path, both: Problem, field: str
) -> None:
    changed = load(folder, field, 1.5)
    assert not np.allclose(changed.targets[:, 1], both.targets[:, 1], rtol=1e-3)
    np.testing.assert_array_equal(changed.inputs, both.inputs)


@pytest.mark.parametrize(
    "field", ["smcDC", "vib_table", "vib_spindle", "AE_table", "AE_spindle", "VB"]
)
def test_nothing_else_moves_the_displacement(folder: Path, both: Problem, field: str) -> None:
    changed = load(folder, field, 1.5)
    np.testing.assert_array_equal(changed.targets[:, 1], both.targets[:, 1])


def test_the_displacement_solves_its_equation() -> None:
    """Against an integrator with tiny steps; the load goes in a straight line between rows."""
    times = np.array([2.0, 2.1, 9.0, 30.0, 31.0])
    load = np.array([1.0, 2.0, 0.5, 3.0, 0.0])
    law = mill_laws(load)[1]

    def rate(time: float, state: Floats) -> Floats:
        gain = np.interp(time, times, law.gain)
        return np.asarray(gain - state / 30.0)

    exact = solve_ivp(rate, (0, 31), [0.0], t_eval=times, rtol=1e-10, atol=1e-14, max_step=0.05)
    found = thermal_displacement(load, times, np.ones(5, dtype=np.int64))
    assert found == pytest.approx(exact.y[0], rel=1e-6)


def test_every_case_begins_cold() -> None:
    times, load = np.array([1.0, 50.0, 1.0, 50.0]), np.ones(4)
    found = thermal_displacement(load, times, np.array([1, 1, 2, 2]))
    assert found[:2].tolist() == found[2:].tolist()
    assert found[0] == pytest.approx(0.02 * (1 - np.exp(-1 / 30)))
    assert found[1] == pytest.approx(0.02 * (1 - np.exp(-50 / 30)))


def test_the_displacement_obeys_the_heat_balance_as_terms_judge_it(both: Problem) -> None:
    terms = terms_of(both, PhysicsSpec())
    rows = np.arange(len(both.inputs))
    told = violations(both, terms, rows, both.targets, {})
    assert told["heat_balance"] is not None
    assert told["heat_balance"] < 0.02  # steps of 5 min at a time constant of 30
    doubled = both.targets * [1.0, 2.0]
    worse = violations(both, terms, rows, doubled, {})["heat_balance"]
    assert worse is not None
    assert worse > 0.5


def test_the_wear_law_is_to_be_fitted_within_bounds_that_hold_real_tools(both: Problem) -> None:
    law = next(law for law in both.laws if law.name == "wear_law")
    assert law.coefficient is None
    assert law.gain.mean() == pytest.approx(0.01)  # mm/min at the mean load
    slowest, fastest = 0.55 / 81, 0.62 / 9  # mm/min: case 3 and case 16 of the real file
    assert law.bounds[0] * 0.01 < slowest < fastest < law.bounds[1] * 0.01
    assert not law.loss.any()


def test_the_load_is_current_above_idle(folder: Path) -> None:
    records = mill_records(cases=3, runs=2)
    for number, record in enumerate(records):
        record["smcAC"] = np.full(9_000, 2.0 + number)
        record["smcAC"][:1_000] = 2.0
        record["smcAC"][-1] = 0.0
    path = folder / "steps.mat"
    save_records(path, records)
    problem = load_problem(DataSpec(source=f"nasa-mill:{path}"))
    assert problem.laws[0].gain[::8] / 0.01 == pytest.approx(np.arange(6) / 2.5)


def test_laws_go_with_their_targets(folder: Path) -> None:
    path = folder / "one.mat"
    save_records(path, mill_records(cases=3, runs=2))
    wear = load_problem(DataSpec(source=f"nasa-mill:{path}"))
    heat = load_problem(DataSpec(source=f"nasa-mill:{path}", targets=("thermal_displacement",)))
    assert [law.name for law in wear.laws] == ["wear_law"]
    assert [law.name for law in heat.laws] == ["heat_balance"]
    assert heat.never_negative == heat.never_falling == ()
