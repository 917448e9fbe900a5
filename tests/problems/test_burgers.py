import subprocess
import sys

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.burgers import cole_hopf, density, initial, sample
from spinn_engine.problems.problem import Floats, Problem
from spinn_engine.spec import DataSpec

NU = 0.01 / np.pi


@pytest.fixture(scope="module")
def problem() -> Problem:
    return load_problem(DataSpec(source="burgers"))


def by_fourier_modes(times: list[float], modes: int = 512) -> tuple[Floats, Floats]:
    """x ``[2 * modes]`` and u ``[times, 2 * modes]``: pseudospectral, integrated step by step.

    The solution is odd about both ends and so goes on periodically.
    """
    x = np.arange(2 * modes) / modes - 1
    k = np.pi * np.arange(modes + 1)

    def change(_: float, u: Floats) -> Floats:
        advected, spread = np.fft.rfft(u * u / 2), np.fft.rfft(u)
        return np.fft.irfft(-1j * k * advected - NU * k**2 * spread, 2 * modes)

    begin = -np.sin(np.pi * x)
    done = solve_ivp(change, (0, times[-1]), begin, "DOP853", times, rtol=1e-9, atol=1e-9)
    return x, np.asarray(done.y.T)


def test_the_reference_is_what_a_spectral_method_gives() -> None:
    within = {0.25: 1e-7, 0.5: 1e-6, 1.0: 1e-7}  # the front is narrowest, for 512 modes, at 0.5
    x, solution = by_fourier_modes(list(within))
    for (t, least), u in zip(within.items(), solution, strict=True):
        assert np.abs(cole_hopf(x, np.full_like(x, t)) - u).max() < least, t


def test_the_steepest_slope_is_the_published_one() -> None:
    # Basdevant et al. 1986: 152.00516 at t = 1.6037 / pi
    h, t = 1e-5, np.full(2, 1.6037 / np.pi)
    right, left = cole_hopf(np.array([h, -h]), t)
    assert (left - right) / (2 * h) == pytest.approx(152.00516, abs=2e-4)


def test_the_reference_has_the_initial_and_the_boundary_values() -> None:
    x, t = np.linspace(-1, 1, 41), np.linspace(0, 1, 41)
    np.testing.assert_allclose(cole_hopf(x, np.zeros(41)), initial(x), atol=1e-14)
    for side in (-1.0, 1.0):
        np.testing.assert_allclose(cole_hopf(np.full(41, side), t), 0, atol=1e-12)
    np.testing.assert_allclose(cole_hopf(-x, t), -cole_hopf(x, t), atol=1e-12)


def test_names_sizes_and_what_it_is_called(problem: Problem) -> None:
    assert problem.input_names == ("x", "t")
    assert problem.target_names == ("u",)
    assert problem.equation == "burgers"
    assert problem.simulated
    assert "no data" in problem.notes[0]
    parts = (problem.train, problem.val, problem.test)
    assert [len(part) for part in parts] == [1024, 1024, 25_600]
    points = {tuple(point) for point in np.asarray(problem.inputs)}
    assert len(points) == len(problem.inputs)  # none twice, so none in two parts
    assert np.abs(problem.inputs[:, 0]).max() <= 1
    assert problem.inputs[:, 1].min() >= 0
    assert problem.inputs[:, 1].max() <= 1
    x, t = problem.inputs.T
    np.testing.assert_allclose(problem.targets[:, 0], cole_hopf(x, t), atol=1e-9)


def test_the_test_points_are_a_whole_grid(problem: Problem) -> None:
    x, t = problem.inputs[problem.test].T.reshape(2, 256, 100)
    assert (x == x[:, :1]).all()
    assert (t == t[:1]).all()
    np.testing.assert_allclose(x[:, 0], np.linspace(-1, 1, 256), atol=1e-9)
    np.testing.assert_allclose(t[0], np.linspace(0.01, 1, 100), atol=1e-9)


def test_the_density_is_that_of_the_points() -> None:
    x, t = sample(8192, seed=5).T
    edges = np.array([-1, -0.5, -0.1, -0.02, 0, 0.02, 0.1, 0.5, 1])
    fine = np.linspace(-1, 1, 200_001)
    expected = [
        np.trapezoid(density(part), part) / 2
        for part in (
            fine[(fine >= a) & (fine <= b)] for a, b in zip(edges, edges[1:], strict=False)
        )
    ]
    found = np.histogram(x, edges)[0] / len(x)
    np.testing.assert_allclose(found, expected, atol=0.003)
    assert np.histogram(t, 4, (0, 1))[0].tolist() == [2048] * 4


@pytest.mark.parametrize("power", [0, 2, 4])
def test_weighed_points_give_means_over_the_domain(power: int) -> None:
    x = sample(1024, seed=1)[:, 0]
    assert np.mean(x**power / density(x)) == pytest.approx(1 / (power + 1), rel=2e-3)


def test_a_fresh_process_makes_the_same_rows(problem: Problem) -> None:
    code = (
        "from spinn_engine.problems import load_problem\n"
        "from spinn_engine.spec import DataSpec\n"
        "import sys\n"
        "print(load_problem(DataSpec(source='burgers')).sha256(), 'torch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == [problem.sha256(), "False"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"source": "burgers:file.csv"}, "takes no path"),
        ({"source": "burgers", "targets": ("u",)}, "has no columns"),
        ({"source": "burgers", "group": "x"}, "group 'x'"),
        ({"source": "burgers", "time": "t"}, "time 't'"),
        ({"source": "burgers", "drop": ("t",)}, "drop"),
    ],
)
def test_what_is_about_columns_is_refused(given: dict[str, str], says: str) -> None:
    with pytest.raises(BadInputError, match=says) as error:
        load_problem(DataSpec.model_validate(given))
    assert "\n" not in str(error.value)
