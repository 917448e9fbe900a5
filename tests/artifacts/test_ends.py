"""What stands fixed at the ends of new networks, in raw units by hand; runs go all the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from spinn_engine import api
from spinn_engine.artifacts.beginning import fresh_stack
from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import read_network
from spinn_engine.problems import load_problem
from spinn_engine.spec import RunSpec
from spinn_engine.training.data import PlacedData, on_device
from spinn_engine.training.network import Stack

INPUTS = ("angle", "x", "load")
QUICK: dict[str, Any] = {
    "target": ["wear", "heat"],
    "split": "row",
    "device": "cpu",
    "progress": False,
    "seeds": 1,
    "stages": 1,
    "max_updates": 200,
    "fine_tune_max_updates": 100,
    "controls": ["magnitude"],
}
ENDS: dict[str, dict[str, Any]] = {
    "positive": {
        "periodic": {"angle": 360},
        "zero_at": {"x": [2, 6]},
        "output_function": "softplus",
    },
    "within": {
        "network": "residual",
        "hidden": (12, 8, 8),
        "norm": True,
        "input_scale": "symmetric",
        "periodic": "angle=360",
        "output_function": "sigmoid",
        "output_range": {"wear": (-1, 9), "heat": (0, 30)},
    },
    "waves": {"network": "deeponet", "hidden": (10, 8), "trunk": 2, "periodic": ["x=4"]},
    "walls": {"network": "modified_mlp", "hidden": (10, 10), "zero_at": "load=0"},
}


def rows(count: int = 400) -> np.ndarray[Any, Any]:
    rng = np.random.default_rng(0)
    return np.column_stack(
        [rng.uniform(-300, 900, count), rng.uniform(2, 6, count), rng.uniform(0, 1, count)]
    )


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Targets that are zero at x = 2 and x = 6, never negative, and turn with the angle."""
    x = rows()
    wear = (1.2 + np.sin(np.radians(x[:, 0]))) * (x[:, 1] - 2) * (6 - x[:, 1]) * (1 + x[:, 2]) / 4
    frame = pd.DataFrame(x, columns=INPUTS).assign(wear=wear, heat=wear + wear**2 / 10)
    path = tmp_path_factory.mktemp("ends") / "turning.csv"
    frame.to_csv(path, index=False)
    return path


def spec_of(table: Path, name: str, **more: Any) -> RunSpec:
    options = {k: v for k, v in QUICK.items() if k != "progress"}
    return api.make_spec(data=table, **{"hidden": (12, 8), **options, **ENDS[name], **more})


def new(table: Path, name: str, folds: int = 1) -> tuple[Stack, PlacedData]:
    spec = spec_of(table, name, folds=folds) if folds > 1 else spec_of(table, name)
    data = on_device(load_problem(spec.data), torch.device("cpu"), folds, spec.model)
    graph = spec.model.graph_for(INPUTS, 2)
    return fresh_stack(spec, data, ["dense"], graph).stack, data


def raw(stack: Stack, data: PlacedData, x: np.ndarray[Any, Any], member: int = 0) -> Any:
    """What a new network gives for raw rows, in float64."""
    scaler = data.folds[member].scaler
    one = stack.subset([member]).double()
    with torch.no_grad():
        y = one(torch.from_numpy((x - scaler.x_mean) / scaler.x_std)[None])[0].numpy()
    return y * scaler.y_std + scaler.y_mean


def test_a_periodic_input_is_its_sine_and_cosine(table: Path) -> None:
    stack, data = new(table, "within")
    scaler, x = data.folds[0].scaler, rows(50)
    values = stack.double().values(torch.from_numpy((x - scaler.x_mean) / scaler.x_std)[None])
    found, angle = values["embedded"][0].detach().numpy(), np.radians(x[:, 0])
    low, high = (data.problem.inputs[data.folds[0].train][:, 1:].min(0), None)
    high = data.problem.inputs[data.folds[0].train][:, 1:].max(0)
    plain = 2 * (x[:, 1:] - low) / (high - low) - 1  # from -1 to 1 over the training rows
    np.testing.assert_allclose(
        found, np.column_stack([plain, np.sin(angle), np.cos(angle)]), atol=1e-5
    )
    turned = x + [720, 0, 0]
    np.testing.assert_allclose(raw(stack, data, turned), raw(stack, data, x), atol=1e-4)


@pytest.mark.parametrize(
    ("name", "column", "places"), [("positive", 1, (2, 6)), ("walls", 2, (0,))]
)
def test_outputs_are_zero_where_they_have_to_be(
    table: Path, name: str, column: int, places: tuple[float, ...]
) -> None:
    stack, data = new(table, name)
    x = rows(60)
    for place in places:
        x[:, column] = place
        assert np.abs(raw(stack, data, x)).max() < 1e-5
    train = np.asarray(data.problem.inputs)[data.folds[0].train]
    scaler = data.folds[0].scaler
    values = stack.double().values(torch.from_numpy((train - scaler.x_mean) / scaler.x_std)[None])
    factor = np.prod([values[f"distance{at + 1}"][0].numpy() for at in range(len(places))], axis=0)
    by_hand = np.prod([train[:, [column]] - place for place in places], axis=0)
    sign = np.sign(by_hand.mean())
    np.testing.assert_allclose(
        factor, sign * by_hand / np.sqrt((by_hand**2).mean()), rtol=1e-4, atol=1e-5
    )


def test_outputs_stay_within_what_they_can_be_and_begin_at_the_mean(table: Path) -> None:
    far = rows(200) * [3, 1, 40]
    stack, data = new(table, "within")
    with torch.no_grad():
        for one in stack.learned:
            one.mul_(4.0)
    found = raw(stack, data, far)
    assert (found >= [-1, 0]).all()
    assert (found <= [9, 30]).all()
    for name in ("within", "positive"):
        stack, data = new(table, name)
        graph, scaler = stack.graph, data.folds[0].scaler
        function = graph.output_function
        assert function is not None
        with torch.no_grad():
            for op in graph.dense:
                stack.tensors[f"{op.name}.weight"].zero_()
            y = stack.values(data.x[:, :5])[function.name][0].numpy() * scaler.y_std + scaler.y_mean
        mean = data.problem.targets[data.folds[0].train].mean(axis=0)
        np.testing.assert_allclose(y, np.tile(mean, (5, 1)), rtol=1e-4)


def test_each_fold_has_the_numbers_of_its_rows(table: Path) -> None:
    stack, data = new(table, "positive", folds=3)
    x = rows(40)
    x[:, 1] = 2
    for fold in range(3):
        assert np.abs(raw(stack, data, x, fold)).max() < 1e-5
    assert len({float(one) for one in stack.tensors["angles.shift"].flatten()}) == 3


@pytest.mark.parametrize("name", ENDS)
def test_a_run_goes_all_the_way(name: str, table: Path, store: Path, tmp_path: Path) -> None:
    run = api.run(data=table, **{"hidden": (12, 8), **QUICK, **ENDS[name]})
    network, x = api.load_network(run), rows(60)
    expected = network(x)
    if "periodic" in ENDS[name]:
        at, period = (1, 4) if name == "waves" else (0, 360)
        turned = x.copy()
        turned[:, at] += period
        np.testing.assert_allclose(network(turned), expected, atol=1e-3)
    result = run.result()
    assert result is not None
    dense, last = result["stages"][0], result["stages"][-1]
    assert last["params"] < 0.4 * dense["params"]
    assert api.whatif(run).stage.hidden == tuple(last["hidden"])
    formats = ["all"] if name == "positive" else ["onnx", "pt2", "safetensors"]
    for made in api.export(run, formats)["exports"]:
        path = run.path / "exports" / made["file"]
        assert made["largest_share_of_spread"] <= 1e-5
        if path.suffix in (".onnx", ".pt2", ".safetensors"):
            again = read_network(path)
            arrays = {key: one.astype(np.float64) for key, one in again.arrays.items()}
            found = outputs_of(again.graph, arrays, x)
            np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
            assert again.hidden == tuple(last["hidden"])
            assert again.computes
    file = run.path / "checkpoints" / "spinn_structured_final.pt"
    brought = api.run(data=table, dense=file, **{**QUICK, "controls": []})
    start = brought.result()
    assert start is not None
    assert start["stages"][0]["r2"]["mean"] == pytest.approx(last["r2"]["mean"], abs=1e-5)
    api.write_report(run, tmp_path / "report")
    assert (tmp_path / "report" / "methods.txt").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"periodic": "turn=360"}, "periodic: there is no input turn: they are angle, x and load"),
        ({"zero_at": "depth=1"}, "zero_at: there is no input depth"),
        ({"periodic": "angle"}, "periodic: expected a column and a number such as angle=360"),
        ({"periodic": "angle=0"}, "a period must be above 0"),
        ({"periodic": "angle=x"}, "'x' is no number in 'angle=x'"),
        ({"periodic": ["x=1", "x=2"]}, "periodic says x twice"),
        ({"zero_at": ["x=1", "x=1.0"]}, "zero_at says x=1 twice"),
        ({"periodic": "x=4", "zero_at": "x=2"}, "x stands in periodic and in zero_at"),
        ({"output_function": "sigmoid"}, "sigmoid needs the lowest and highest value of wear"),
        ({"output_range": "wear=0:1"}, "output_range is for the output function sigmoid"),
        (
            {"output_function": "sigmoid", "output_range": ["wear=0:1", "heat=0:30"]},
            r"wear goes from .* to .* in the training rows, which the range does not hold",
        ),
        (
            {"output_function": "sigmoid", "output_range": ["wear=1:0"]},
            "a range goes from low to high",
        ),
        (
            {"output_function": "sigmoid", "output_range": ["war=0:9"]},
            "there is no target war: there is wear and heat",
        ),
        ({"output_function": "tanh"}, "unknown output function 'tanh'"),
        ({"dense": "net.pt", "zero_at": "x=2"}, "a network that is brought has its own ends"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    options: dict[str, Any], words: str, table: Path, store: Path
) -> None:
    asked = {**QUICK, **options}
    with pytest.raises(BadInputError, match=words) as caught:
        api.run(data=table, **asked)
    assert "\n" not in str(caught.value)


def test_softplus_refuses_targets_below_zero(table: Path, store: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(table)
    frame["wear"] -= 3
    frame.to_csv(tmp_path / "below.csv", index=False)
    with pytest.raises(BadInputError, match=r"softplus gives nothing below 0, but wear is −2\.9"):
        api.run(data=tmp_path / "below.csv", output_function="softplus", **QUICK)


def test_zeros_are_refused_where_targets_are_none(table: Path, store: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(table)
    frame["load"] = frame["load"].round(1)
    frame.to_csv(tmp_path / "rounded.csv", index=False)
    with pytest.raises(BadInputError, match=r"zero_at: wear reaches .* where load is 0.5: leave"):
        api.run(data=tmp_path / "rounded.csv", zero_at="load=0.5", **QUICK)


def test_a_place_may_be_given_as_often_as_there_are_places(
    table: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from spinn_engine.cli.main import main

    words = ["plan", "--data", f"table:{table}", "--targets", "wear,heat", "--hidden", "12,8"]
    words += ["--periodic", "angle=360", "--zero-at", "x=2", "--zero-at=x=6,load=0", "--json"]
    assert main(words) == 0
    params = 4 * 12 + 12 + 12 * 8 + 8 + 8 * 2 + 2  # three inputs, one of which is two
    assert f'"params": {params}' in capsys.readouterr().out
    assert main([*words[:1], "--inputs", "3", "--outputs", "2", *words[5:]]) == 0
    assert f'"params": {params}' in capsys.readouterr().out
