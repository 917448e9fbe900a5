"""The physics loss against a loop over rows in NumPy, and what a weight does to a network."""

from __future__ import annotations

import numpy as np
import torch

from spinn_engine.problems.problem import Problem, RateLaw
from spinn_engine.problems.steps import next_rows, typical_step, within
from spinn_engine.spec import PhysicsSpec
from spinn_engine.training.course import Fixed
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.loop import Members, Settings, fit
from spinn_engine.training.objective import objective_of
from tests.plain import plain_stack

LIVES, ROWS = 10, 12
CPU = torch.device("cpu")


def made(coefficient: float | None = 1.0) -> Problem:
    """A target that rises at the rate of the first input less a share of itself."""
    rng = np.random.default_rng(0)
    times = np.tile(np.arange(ROWS, dtype=np.float64), LIVES)
    gain = np.repeat(rng.uniform(0.5, 1.5, LIVES), ROWS)
    y = 10 * gain * (1 - np.exp(-0.1 * times))
    inputs = np.stack([gain, times, rng.normal(size=len(y))], axis=1)
    groups = np.repeat(np.arange(LIVES), ROWS)
    law = RateLaw(
        "wear_law", "y", gain, np.full(len(y), 0.1), coefficient, (0.25, 9.0), "y' = gain - 0.1 y"
    )
    train, val, test = (np.flatnonzero(own) for own in (groups < 6, groups // 2 == 3, groups > 7))
    return Problem(
        "made", ("a", "b", "c"), ("y",), inputs, y[:, None], groups,
        train.astype(np.int64), val.astype(np.int64), test.astype(np.int64),
        times=times, never_negative=("y",), never_falling=("y",), laws=(law,),
    )  # fmt: skip


def slow_loss(
    data: PlacedData, physics: PhysicsSpec, raw: dict[int, float], rows: list[int]
) -> float:
    """The weighted terms for predictions ``raw`` of rows and of those that follow them."""
    problem = data.problem
    following = next_rows(problem)
    scale = typical_step(problem, within(problem.train, following))[0]
    total = (
        physics.non_negative
        * sum(
            min(raw[row] / data.folds[0].scaler.y_std[0], 0.0) ** 2 for row in (*rows, *after(rows))
        )
        / (len(rows) + len(after(rows)))
    )
    falls, offs = [], []
    for row in rows[: len(after(rows))]:
        last = row % ROWS == ROWS - 1
        if not last:
            change = raw[row + 1] - raw[row]
            law = problem.laws[0]
            rates = [law.gain[r] - law.loss[r] * raw[r] for r in (row, row + 1)]
            falls.append((min(change, 0.0) / scale) ** 2)
            offs.append(((change - sum(rates) / 2) / scale) ** 2)
    total += physics.monotone * np.mean(falls) + physics.wear_law * np.mean(offs)
    return float(total)


def after(rows: list[int]) -> list[int]:
    first = rows[: -(-len(rows) // 4)]
    return [row if row % ROWS == ROWS - 1 else row + 1 for row in first]


def test_the_loss_is_that_of_a_loop_over_rows() -> None:
    data = on_device(made(), CPU)
    physics = PhysicsSpec(non_negative=0.3, monotone=0.7, wear_law=0.2)
    stack = plain_stack((3, 8, 1), "tanh", [0, 1])
    rows = [[3, 11, 30, 47, 52, 8, 1, 60, 70, 2], [23, 5, 35, 0, 9, 14, 66, 31, 44, 7]]
    folds = torch.zeros(2, dtype=torch.int64)
    whole = objective_of(data, physics, 2, {}).loss(stack, folds, torch.tensor(rows))
    plain = objective_of(data, PhysicsSpec(), 2, {}).loss(stack, folds, torch.tensor(rows))
    scaler = data.folds[0].scaler
    for member in range(2):
        with torch.no_grad():
            standard = stack(data.x[0])[member, :, 0].double().numpy()
        raw = dict(enumerate(standard * scaler.y_std[0] + scaler.y_mean[0]))
        expected = slow_loss(data, physics, raw, rows[member])
        np.testing.assert_allclose((whole - plain)[member].item(), expected, rtol=2e-4)


def trained(
    physics: PhysicsSpec, problem: Problem, epochs: int = 150
) -> tuple[float, dict[str, list[float]]]:
    """Root mean square of what is not as the law says, on training steps; the coefficients."""
    data = on_device(problem, CPU)
    stack = plain_stack((3, 16, 1), "tanh", [0])
    folds = torch.zeros(1, dtype=torch.int64)
    objective = objective_of(data, physics, 1, {})
    fit(
        stack,
        data,
        Members(folds, [0]),
        Settings(Fixed(epochs), 1e-2, 24),
        lambda _: None,
        objective,
    )
    with torch.no_grad():
        standard = stack(data.x[0])[0, :, 0].double().numpy()
    raw = standard * data.folds[0].scaler.y_std[0] + data.folds[0].scaler.y_mean[0]
    first, second = within(problem.train, next_rows(problem))
    law = problem.laws[0]
    rate = law.gain - law.loss * raw
    off = raw[second] - raw[first] - (rate[first] + rate[second]) / 2
    return float(np.sqrt(np.square(off).mean())), objective.coefficients()


def test_a_weight_brings_the_network_nearer_to_the_law() -> None:
    with_law, fitted = trained(PhysicsSpec(wear_law=0.1), made())
    without, _ = trained(PhysicsSpec(), made())
    assert with_law < 0.7 * without
    assert fitted == {}


def test_a_fitted_coefficient_finds_the_one_that_made_the_data() -> None:
    problem = made(coefficient=None)
    law = problem.laws[0]
    halved = RateLaw(
        law.name, law.target, law.gain / 2, law.loss / 2, None, law.bounds, law.formula
    )
    problem = Problem(**{**vars(problem), "laws": (halved,)})
    _, fitted = trained(PhysicsSpec(wear_law=0.1), problem, epochs=600)
    assert abs(fitted["wear_law"][0] - 2.0) < 0.1  # it started at 4.6


def test_a_member_learns_the_same_whatever_stands_beside_it() -> None:
    data = on_device(made(coefficient=None), CPU)
    physics = PhysicsSpec(wear_law=0.1, monotone=0.1)
    found = []
    for seeds in ([4, 5], [5]):
        stack = plain_stack((3, 8, 1), "tanh", seeds)
        folds = torch.zeros(len(seeds), dtype=torch.int64)
        objective = objective_of(data, physics, len(seeds), {})
        members = Members(folds, [seed + 10 for seed in seeds])
        fit(stack, data, members, Settings(Fixed(3), 1e-2, 24), lambda _: None, objective)
        found.append((stack.weights[0][-1], objective.coefficients()["wear_law"][-1]))
    torch.testing.assert_close(found[0][0], found[1][0], rtol=1e-4, atol=1e-5)
    assert abs(found[0][1] - found[1][1]) < 1e-4
