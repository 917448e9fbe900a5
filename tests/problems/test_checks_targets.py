from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from spinn_engine.problems.checks.least_squares import LeastSquares
from spinn_engine.problems.checks.linear import linear_against_network
from tests.problems.checks_support import Array, clean, kinds, make, only, smooth


@pytest.mark.parametrize(
    "transform",
    [
        lambda y: y,
        lambda y: 1000 - 3 * y,
        np.exp,
        lambda y: np.exp(3 * y),
        lambda y: np.tanh(y / 2),
        lambda y: np.round(y, 2),
        lambda y: np.cbrt(y),
    ],
    ids=["equal", "straight", "exp", "long tail", "tanh", "rounded", "cube root"],
)
def test_a_transformed_target_among_the_inputs_is_a_leak(
    rng: np.random.Generator, transform: Callable[[Array], Array]
) -> None:
    inputs = clean(rng)
    y = smooth(inputs, rng)
    (found,) = only(make({**inputs, "heat": transform(y)}, {"y": y}), "leak")
    assert (found.severity, found.columns, found.drop) == ("error", ("heat", "y"), ("heat",))
    assert found.value > 0.999


def test_a_target_that_bends_with_one_input_is_a_leak_too(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    target = np.sin(2 * inputs["a"]) + inputs["a"] ** 2
    (found,) = only(make(inputs, {"y": target}), "leak")
    assert found.columns == ("a", "y")
    assert "a curve" in found.message


def test_the_leak_of_a_straight_line_is_that_of_scikit_learn(rng: np.random.Generator) -> None:
    groups = rng.permutation(np.repeat(np.arange(30), 20))
    inputs = clean(rng)
    y = smooth(inputs, rng)
    inputs["heat"] = y + 0.02 * rng.normal(size=600)
    (found,) = only(make(inputs, {"y": y}, groups), "leak")
    held_out = groups < 6
    line = LinearRegression().fit(inputs["heat"][~held_out, None], y[~held_out])
    reference = r2_score(y[held_out], line.predict(inputs["heat"][held_out, None]))
    assert found.value == pytest.approx(reference, abs=3e-4)


def test_a_noisy_copy_is_a_warning_and_a_good_sensor_nothing(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    y = smooth(inputs, rng)
    for noise, severities in ((0.06, ["warning"]), (0.3, [])):
        copy = y + noise * y.std() * rng.normal(size=600)
        found = only(make({**inputs, "copy": copy}, {"y": y}), "leak")
        assert [one.severity for one in found] == severities
        assert all(one.drop == () for one in found)


def test_a_run_number_is_no_leak_although_every_run_has_its_label(
    rng: np.random.Generator,
) -> None:
    runs = np.repeat(np.arange(40), 15)
    labels = rng.normal(size=40)[runs]
    for groups in (None, runs):
        assert (
            only(make({**clean(rng), "setting": runs * 0.7}, {"y": labels}, groups), "leak") == []
        )


def test_one_input_alone_may_give_its_target_by_a_curve(rng: np.random.Generator) -> None:
    x = rng.uniform(0, 6, 300)
    assert only(make({"x": x}, {"y": np.sin(x)}), "leak") == []


def test_a_target_computed_from_several_inputs_names_just_those(rng: np.random.Generator) -> None:
    inputs = {f"c{k}": rng.normal(size=600) for k in range(12)}
    target = 3 * inputs["c2"] - 4 * inputs["c7"] + 0.02 * inputs["c9"] + 7
    (found,) = only(make(inputs, {"y": target}), "leak")
    assert found.columns == ("c2", "c7", "c9", "y")
    assert found.drop == ("c2", "c7", "c9")
    assert "weighted sum" in found.message


def test_a_product_of_inputs_is_computed_too(rng: np.random.Generator) -> None:
    inputs = {name: rng.uniform(0.5, 3.0, 600) for name in ("depth", "feed", "speed", "hardness")}
    target = 60 * inputs["depth"] * inputs["feed"] ** 2 / inputs["speed"]
    (found,) = only(make(inputs, {"rate": target}), "leak")
    assert found.columns == ("depth", "feed", "speed", "rate")
    assert "product of powers" in found.message


def test_a_law_with_noise_is_not_computed(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    target = inputs["a"] + inputs["b"] + 0.1 * rng.normal(size=600)
    assert only(make(inputs, {"y": target}), "leak") == []


def test_fits_of_subsets_are_those_of_scikit_learn(rng: np.random.Generator) -> None:
    inputs, folds = rng.normal(size=(300, 5)), np.arange(300) % 4
    targets = inputs @ rng.normal(size=(5, 2)) + rng.normal(size=(300, 2))
    fit = LeastSquares(inputs, targets, folds)
    for columns in ([0], [1, 3], [0, 1, 2, 3, 4]):
        for out in (0, 1):
            predicted = np.empty(300)
            for fold in range(4):
                own = folds == fold
                model = LinearRegression().fit(inputs[~own][:, columns], targets[~own, out])
                predicted[own] = model.predict(inputs[own][:, columns])
            assert fit.r2(columns, out) == pytest.approx(r2_score(targets[:, out], predicted))
    assert fit.r2([], 0) == -np.inf


def lives(rng: np.random.Generator, noise: float = 0.05) -> dict[str, Array]:
    """Tool lives: the wear, a counter, and a force that follows the wear with noise."""
    count, rows = 20, 30
    group = np.repeat(np.arange(count), rows)
    speed = rng.uniform(0.5, 2.0, count)[group]
    minute = np.tile(np.arange(rows, dtype=float), count)
    wear = speed * np.sqrt(minute + 1) + noise * rng.normal(size=len(group))
    force = wear * rng.uniform(0.5, 1.5, count)[group] * rng.lognormal(0, 0.1, len(group))
    return {"group": group, "minute": minute, "left": -(minute**2), "wear": wear, "force": force}


def test_clocks_run_with_the_target_in_every_group(rng: np.random.Generator) -> None:
    made = lives(rng)
    names = ("minute", "left", "force")
    problem = make({name: made[name] for name in names}, {"wear": made["wear"]}, made["group"])
    found = {one.columns: one for one in only(problem, "clock", group="tool")}
    assert set(found) == {("minute",), ("left",)}
    assert found["minute",].drop == ("minute",)
    each = [spearmanr(made["minute"][own], made["wear"][own]).statistic
            for own in (made["group"] == g for g in range(20))]  # fmt: skip
    assert found["minute",].value == pytest.approx(np.median(each))
    assert "rises with wear in 20 of 20 groups of tool" in found["minute",].message
    assert "runs against wear" in found["left",].message


def test_clocks_are_found_by_a_column_that_numbers_the_lives(rng: np.random.Generator) -> None:
    made = lives(rng)
    inputs = {name: made[name] for name in ("minute", "force")} | {"life": made["group"]}
    assert [one.columns for one in only(make(inputs, {"wear": made["wear"]}), "clock")] == [
        ("minute",)
    ]


def test_rows_in_another_order_have_clocks_by_their_times(rng: np.random.Generator) -> None:
    made = lives(rng, noise=0.3)
    order = rng.permutation(600)
    made = {name: values[order] for name, values in made.items()}
    problem = make({"minute": made["minute"], "b": made["force"]}, {"wear": made["wear"]},
                   made["group"])  # fmt: skip
    assert only(problem, "clock") == []
    (found,) = only(replace(problem, times=made["minute"]), "clock")
    assert found.columns == ("minute",)


def test_one_series_has_a_clock_where_its_time_is_named(rng: np.random.Generator) -> None:
    time = np.arange(300.0)
    inputs = {"second": time, "b": rng.normal(size=300)}
    problem = make(inputs, {"y": np.sqrt(time) + 0.1 * rng.normal(size=300)})
    assert only(problem, "clock") == []
    (found,) = only(replace(problem, times=time), "clock")
    assert found.columns == ("second",)


def test_time_is_no_clock_where_the_target_does_not_run_with_it(rng: np.random.Generator) -> None:
    made = lives(rng)
    problem = make({"minute": made["minute"], "b": made["force"]},
                   {"y": rng.normal(size=600)}, made["group"])  # fmt: skip
    assert only(problem, "clock") == []


def test_the_linear_fit_before_a_run_is_that_of_scikit_learn(rng: np.random.Generator) -> None:
    inputs = {**clean(rng), "still": np.full(600, 3.0)}
    targets = {"y": smooth(inputs, rng), "z": inputs["a"] + rng.normal(size=600)}
    problem = make(inputs, targets)
    (found,) = only(problem, "linear_enough")
    train, val = problem.train, problem.val
    model = LinearRegression().fit(problem.inputs[train], problem.targets[train])
    predicted = model.predict(problem.inputs[val])
    assert found.severity == "info"
    assert found.value == pytest.approx(r2_score(problem.targets[val], predicted))


def arm(**r2: float) -> dict[str, object]:
    return {"per_output": {name: {"r2": {"mean": value}} for name, value in r2.items()}}


def test_after_a_run_a_linear_fit_that_is_as_good_is_a_warning() -> None:
    arms = {"linear": arm(wear=0.6, heat=0.999), "structured": arm(wear=0.8, heat=0.998)}
    (found,) = linear_against_network(arms, margin=0.01)
    assert (found.severity, found.columns) == ("warning", ("heat",))
    assert "0.8000 against 0.6000 for wear" in found.message
    assert found.value == pytest.approx(0.0995)
    arms["structured"] = arm(wear=0.8, heat=1.01)
    (found,) = linear_against_network(arms, margin=0.01)
    assert found.severity == "info"
    assert linear_against_network({"structured": arm(wear=0.8)}, margin=0.01) == []


def test_a_clean_table_is_clean(rng: np.random.Generator) -> None:
    inputs = clean(rng)
    assert kinds(make(inputs, {"y": smooth(inputs, rng)})) == set()
