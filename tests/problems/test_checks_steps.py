"""Maps of one step are no leaks and no clocks; copies and sums of other columns stay leaks."""

from __future__ import annotations

import numpy as np
import pytest

from spinn_engine.problems.checks.steps import is_named_later
from spinn_engine.problems.problem import Problem
from tests.problems.checks_support import Array, kinds, make, only

NEXT = ("x_next", "y_next", "z_next")


def step(state: Array, dt: float = 0.01) -> Array:
    """One step of Euler in the system of Lorenz, ``[rows, 3]``."""
    x, y, z = state.T
    return np.asarray(state + dt * np.stack([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z], 1))


def start(rng: np.random.Generator, rows: int) -> Array:
    return rng.uniform([-20, -25, 0], [20, 25, 50], (rows, 3))


def table(now: Array, later: Array, names: tuple[str, ...] = NEXT, **more: Array) -> Problem:
    return make({**dict(zip("xyz", now.T, strict=True)), **more},
                dict(zip(names, later.T, strict=True)))  # fmt: skip


def runs(rng: np.random.Generator) -> tuple[Array, Array, Array]:
    """States of 40 runs of 10 steps, the states after them, and the runs."""
    states = [start(rng, 40)]
    for _ in range(10):
        states.append(step(states[-1]))
    every = np.stack(states, axis=1)
    return every[:, :-1].reshape(-1, 3), every[:, 1:].reshape(-1, 3), np.repeat(np.arange(40), 10)


@pytest.mark.parametrize("names", [NEXT, ("u", "v", "w")])
def test_a_step_from_random_states_is_no_leak(
    rng: np.random.Generator, names: tuple[str, ...]
) -> None:
    now = start(rng, 600)
    found = only(table(now, step(now), names), "leak")
    assert [(one.severity, one.columns, one.drop) for one in found] == [
        ("info", ("x", "y", names[0]), ())
    ]
    assert f"{names[0]} is x one step later" in found[0].message


@pytest.mark.parametrize("names", [NEXT, ("u", "v", "w")])
@pytest.mark.parametrize("shuffled", [False, True])
def test_runs_of_a_system_have_no_leak_and_no_clock(
    rng: np.random.Generator, names: tuple[str, ...], shuffled: bool
) -> None:
    now, later, group = runs(rng)
    order = rng.permutation(len(now)) if shuffled else np.arange(len(now))
    made = make(dict(zip("xyz", now[order].T, strict=True)),
                dict(zip(names, later[order].T, strict=True)), group[order])  # fmt: skip
    assert not {"leak", "clock"} & kinds(made, group="run")
    assert all(one.drop == () for one in only(made, "clock", group="run"))
    assert [one.severity for one in only(made, "clock", group="run")] == ["info"]


def test_a_column_made_from_the_next_state_is_a_leak_beside_a_step(
    rng: np.random.Generator,
) -> None:
    now = start(rng, 600)
    later = step(now)
    found = only(table(now, later, heat=2 * later[:, 0] + 3), "leak")
    assert [one.columns for one in found if one.severity == "error"] == [("heat", "x_next")]


@pytest.mark.parametrize(("change", "leaks"), [(0.0, True), (1e-3, False)])
def test_a_copy_is_a_leak_whatever_its_name(
    rng: np.random.Generator, change: float, leaks: bool
) -> None:
    now = start(rng, 600)
    found = only(table(now, step(now, change)), "leak")
    assert {one.severity for one in found} == {"error" if leaks else "info"}


@pytest.mark.parametrize("made", ["noise", "rounded", "rescaled"])
def test_copies_under_other_names_are_leaks(rng: np.random.Generator, made: str) -> None:
    """Each target lies near an input of its own, as in a step, but nothing makes it change."""
    now = rng.normal(size=(600, 3))
    later = {
        "noise": now + 0.01 * rng.normal(size=now.shape),
        "rounded": np.round(now, 2),
        "rescaled": 1.01 * now + 0.002,
    }[made]
    found = only(table(now, later, ("u", "v", "w")), "leak")
    assert [one.severity for one in found] == ["error"] * 3


def test_a_sum_of_other_columns_is_a_leak_though_its_name_says_next(
    rng: np.random.Generator,
) -> None:
    inputs = {name: rng.normal(size=600) for name in ("x", "p", "q")}
    (found,) = only(make(inputs, {"x_next": 3 * inputs["p"] - 4 * inputs["q"]}), "leak")
    assert (found.severity, found.columns, found.drop) == (
        "error", ("p", "q", "x_next"), ("p", "q"))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "target", "later"),
    [
        ("x", "x_next", True),
        ("x", "next x", True),
        ("x", "xNext", True),
        ("x(t)", "x(t+1)", True),
        ("x [mm]", "x_next [mm]", True),
        ("x", "y_next", False),
        ("x_next", "x_next", False),
        ("x", "x", False),
        ("x", "next", False),
        ("x1", "x2", False),
    ],
)
def test_a_name_says_whether_it_is_later(name: str, target: str, later: bool) -> None:
    assert is_named_later(name, target) == later
