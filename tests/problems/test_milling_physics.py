import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from spinn_engine.problems.milling import lives
from spinn_engine.problems.milling import physics as physics
from spinn_engine.problems.milling.lives import Simulation, simulate
from spinn_engine.problems.milling.physics import Cut
from spinn_engine.problems.problem import Floats


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    return simulate()


def one_cut(feed: float = 0.12, speed: float = 160.0, depth: float = 1.5) -> Cut:
    return Cut(np.array(depth), np.array(feed), np.array(speed), np.array(220.0))


def slow_rates(
    conditions: tuple[float, ...], state: tuple[float, ...], tool: float, material: float
) -> list[float]:
    """The same laws once more, in plain numbers, from the papers."""
    depth, feed, speed, hardness, air = conditions
    wear, distance, shaft, housing = state
    chip = 2 / math.pi * feed
    pressed = physics.FLANK_PRESSURE_PER_HB * hardness * depth * wear
    steel = (hardness / 220) ** physics.HARDNESS_EXPONENT * material
    tangential, radial = (
        physics.CHIP_PRESSURE_N_MM2[i] * steel * depth * chip ** physics.CHIP_EXPONENT[i]
        + physics.FLANK_SHARE[i] * pressed
        for i in (0, 1)
    )
    joules_mm3 = tangential / (depth * chip) * 1e-3
    mm_s = speed * 1000 / 60
    rise = 0.4 * joules_mm3 / physics.HEAT_CAPACITY_J_MM3_K
    kelvin = 293 + rise * (mm_s * chip / physics.DIFFUSIVITY_MM2_S) ** (1 / 3)
    sliding = speed / 60 / 4
    running_in = 1 + physics.RUN_IN_GAIN * math.exp(-distance / physics.RUN_IN_DISTANCE_M)
    archard = physics.WEAR_COEFFICIENT * tool * radial / depth * sliding
    turns = mm_s / (math.pi * physics.TOOL_DIAMETER_MM)
    heat = physics.CUTTING_HEAT_SHARE * tangential * mm_s / 1000
    heat += physics.BEARING_LOSS_W * turns ** (5 / 3)
    to_housing = physics.SHAFT_TO_HOUSING_W_K * (shaft - housing)
    to_air = physics.HOUSING_TO_AIR_W_K * (housing - air)
    return [
        archard * math.exp(-physics.ACTIVATION_K / kelvin) * running_in,
        sliding,
        (heat - to_housing) / physics.SHAFT_J_K,
        (to_housing - to_air) / physics.HOUSING_J_K,
    ]


@pytest.mark.parametrize("life", [0, 31, 59])
def test_trajectories_equal_an_adaptive_solution_of_the_same_laws(
    simulation: Simulation, life: int
) -> None:
    cut, time = simulation.cut, simulation.time[life]
    settings = np.stack([cut.depth, cut.feed, cut.speed, cut.hardness, simulation.ambient])
    at = CubicSpline(time, settings[:, life], axis=1)
    states = np.stack([simulation.wear, simulation.distance, simulation.shaft, simulation.housing])[
        :, life
    ]
    tool, material = float(simulation.tool[life, 0]), float(simulation.material[life, 0])
    solution = solve_ivp(
        lambda t, state: slow_rates(tuple(at(t)), tuple(state), tool, material),
        (0, time[-1]),
        states[:, 0],
        t_eval=time,
        rtol=1e-8,
        atol=1e-10,
    )
    assert np.allclose(solution.y, states, rtol=1e-4, atol=1e-6)


def residuals(simulation: Simulation) -> dict[str, float]:
    """Largest central-difference residual of each law, as a share of the largest rate."""
    step = simulation.time[:, 1:2]
    warming, heating = physics.temperature_rates(
        simulation.shaft, simulation.housing, simulation.ambient, simulation.heat
    )
    pairs = {
        "wear": (simulation.wear, simulation.wear_rate),
        "distance": (simulation.distance, simulation.cut.sliding_speed()),
        "shaft": (simulation.shaft, warming),
        "housing": (simulation.housing, heating),
    }
    return {name: largest(values, rates, step) for name, (values, rates) in pairs.items()}


def largest(values: Floats, rates: Floats, step: Floats) -> float:
    slopes = (values[:, 2:] - values[:, :-2]) / (2 * step)
    return float(np.abs(slopes - rates[:, 1:-1]).max() / np.abs(rates).max())


def test_residuals_of_the_laws_vanish_with_the_square_of_the_step(
    simulation: Simulation, monkeypatch: pytest.MonkeyPatch
) -> None:
    coarse = residuals(simulation)
    monkeypatch.setattr(lives, "ROWS_A_LIFE", 399)  # half the step, same lives
    fine = residuals(simulate())
    for name, residual in coarse.items():
        assert residual < 0.02, name
        assert fine[name] == pytest.approx(residual / 4, rel=0.15), name


def test_wear_runs_in_then_is_steady_then_accelerates(simulation: Simulation) -> None:
    assert (np.diff(simulation.wear, axis=1) > 0).all()
    thirds = simulation.wear_rate.reshape(60, 10, 20).mean(axis=2)  # tenths of a life
    start, steady, end = thirds[:, 0], thirds[:, 2:7].mean(axis=1), thirds[:, -1]
    assert np.mean(start > steady) > 0.9
    assert np.mean(end > steady) == 1


def test_force_follows_kienzle_and_grows_with_wear() -> None:
    fresh = physics.cutting_forces(one_cut(), np.array(0.0))
    twice = physics.cutting_forces(one_cut(feed=0.24), np.array(0.0))
    worn = physics.cutting_forces(one_cut(), np.array(0.3))
    for exponent, before, after, grown in zip(
        physics.CHIP_EXPONENT, fresh, twice, worn, strict=True
    ):
        assert after / before == pytest.approx(2**exponent)
        assert grown > 1.1 * before
    assert worn.radial / fresh.radial > worn.tangential / fresh.tangential


def test_wear_rate_is_proportional_to_load_and_falls_after_running_in() -> None:
    cut = one_cut()
    forces = physics.cutting_forces(cut, np.array(0.1))
    doubled = forces._replace(radial=2 * forces.radial)
    far = np.array(1e9)
    rate = physics.wear_rate(cut, forces, far)
    assert physics.wear_rate(cut, doubled, far) == pytest.approx(2 * rate)
    at_first = physics.wear_rate(cut, forces, np.array(0.0))
    assert at_first == pytest.approx((1 + physics.RUN_IN_GAIN) * rate)
    assert 600 < physics.edge_temperature(cut, forces) < 1600  # K


def test_a_constant_heat_input_leads_to_its_steady_temperatures() -> None:
    heat, air = np.array(200.0), np.array(20.0)
    housing = air + heat / physics.HOUSING_TO_AIR_W_K
    shaft = housing + heat / physics.SHAFT_TO_HOUSING_W_K
    rates = physics.temperature_rates(shaft, housing, air, heat)
    assert np.allclose(rates, 0, atol=1e-12)
    assert physics.thermal_growth(air, air, air) == 0
    assert physics.thermal_growth(shaft, housing, air) > 0.01  # mm


def test_removal_rate_is_depth_times_width_times_table_speed() -> None:
    cut = one_cut(feed=0.1, speed=math.pi * 50 * 60 / 1000, depth=2.0)  # one turn a second
    assert cut.spindle_frequency() == pytest.approx(1)
    assert cut.removal_rate() == pytest.approx(2.0 * 25 * 0.1 * 4)
