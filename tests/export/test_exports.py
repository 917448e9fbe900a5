"""Exports of finished runs: each is the network, and what is not or cannot be is refused."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
import safetensors.torch
import torch
from torch import nn

from spinn_engine import api
from spinn_engine.cli.main import main
from spinn_engine.errors import SpinnError
from spinn_engine.export import exports, writers
from spinn_engine.export.folding import RawNetwork
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.graph import Graph
from spinn_engine.problems import load_problem
from spinn_engine.problems.split import cross_validation
from spinn_engine.spec import RunSpec
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import FORMATS
from tests.export.support import small_spec, write_table

FILES = {
    "module": "spinn_structured_final.pth",
    "pt2": "spinn_structured_final.pt2",
    "onnx": "spinn_structured_final.onnx",
    "safetensors": "spinn_structured_final.safetensors",
    "coo": "magnitude_final.coo.pt",
    "csr": "magnitude_final.csr.pt",
}


def by_format(found: dict[str, Any]) -> dict[str, Any]:
    return {one["format"]: one for one in found["exports"]}


def in_numpy(weights: dict[str, Any], x: np.ndarray) -> np.ndarray:
    """A tanh network of three layers, by hand in float64."""
    for layer in ("0", "2", "4"):
        weight, bias = (weights[f"{layer}.{k}"].double().numpy() for k in ("weight", "bias"))
        x = x @ weight.T + bias
        x = x if layer == "4" else np.tanh(x)
    return x


def test_all_formats_of_a_run(finished: RunFolder) -> None:
    found = api.export("plain", ["all"])
    place = finished.path / "exports"
    assert (found["run_id"], found["folder"]) == ("plain", str(place))
    made = by_format(found)
    assert {name: one["file"] for name, one in made.items()} == FILES
    assert sorted(path.name for path in place.iterdir()) == sorted(
        [*FILES.values(), *(f"{name}.json" for name in FILES.values())]
    )
    for one in made.values():
        content = (place / one["file"]).read_bytes()
        assert json.loads((place / f"{one['file']}.json").read_text()) == one
        assert (one["bytes"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
        assert (one["dtype"], one["activation"]) == ("float32", "silu")
        assert [column["name"] for column in one["inputs"]] == ["a", "b", "c"]
        assert set(one["largest_difference"]) == {"y", "z"}
        assert 0 < one["largest_share_of_spread"] <= 1e-5
    result = finished.result()
    assert result is not None
    assert made["module"]["hidden"] == result["architectures"][-1]
    assert (made["module"]["arm"], made["module"]["stage"]) == ("structured", 2)
    assert (made["coo"]["arm"], made["coo"]["hidden"]) == ("magnitude", [24, 16])
    check_latencies(made)
    check_sparse(made)
    check_by_hand(finished, place, made)


def check_latencies(made: dict[str, Any]) -> None:
    beside = {"onnx": ["torch", "onnxruntime"], "coo": ["dense", "coo"], "csr": ["dense", "csr"]}
    for name, one in made.items():
        assert list(one.get("latency_us", [])) == beside.get(name, [])
        for timed in one.get("latency_us", {}).values():
            assert list(timed) == ["1", "64", "1024", "8192"]
            assert one["threads"] == 1


def check_sparse(made: dict[str, Any]) -> None:
    """Sizes against the checkpoint's zeros and what COO and CSR are."""
    weights = 3 * 24 + 24 * 16 + 16 * 2
    for name in ("coo", "csr"):
        sparse = made[name]["sparse"]
        nonzero = sparse["nonzero_weights"]
        assert 0 < nonzero < 0.6 * weights
        assert sparse["weights"] == weights
        assert sparse["value_bytes"] == 4 * nonzero
        starts = 25 + 17 + 3  # where each row of CSR begins, and the end
        index_bytes = {"coo": 2 * 8 * nonzero, "csr": 8 * (nonzero + starts)}[name]
        assert sparse["index_bytes"] == index_bytes
        assert made[name]["bytes"] > sparse["value_bytes"] + index_bytes
        assert sparse["dense_file_bytes"] > 4 * weights


def check_by_hand(run: RunFolder, place: Path, made: dict[str, Any]) -> None:
    """The checkpoint between its scalers and the exported weights without, both in NumPy."""
    problem = load_problem(run.spec().data)
    x = problem.inputs[problem.test]
    saved = torch.load(run.checkpoints / "spinn_structured_final.pt", weights_only=True)
    scale = {name: tensor.numpy() for name, tensor in saved["scaler"].items()}
    inner = {k.removeprefix("network."): v for k, v in saved["state_dict"].items()}
    standard = (x - scale["x_mean"]) / scale["x_std"]
    expected = in_numpy(inner, standard) * scale["y_std"] + scale["y_mean"]
    weights = safetensors.torch.load((place / FILES["safetensors"]).read_bytes())
    spread = problem.targets[problem.test].std(axis=0)
    assert (np.abs(in_numpy(weights, x) - expected) / spread).max() < 1e-5
    value = made["safetensors"]["largest_difference"]["z"]
    assert value["share_of_spread"] == pytest.approx(value["value"] / spread[1])


def test_a_clock_makes_a_cross_validated_export_float64(
    clock_run: RunFolder, tmp_path: Path
) -> None:
    made = by_format(api.export("clock", ["all"], out=tmp_path))
    assert list(made) == list(FORMATS)
    problem = load_problem(clock_run.spec().data)
    rows = cross_validation(problem, 3)[0][2]  # a checkpoint is the network of the first fold
    for one in made.values():
        assert one["dtype"] == "float64"
        assert "'clock' lies farthest from zero (mean 1e9, spread" in one["dtype_why"]
        assert one["largest_share_of_spread"] < 1e-5
        assert one["rows_compared"] == len(rows)
    network = torch.load(tmp_path / FILES["module"], weights_only=False)
    assert isinstance(network, nn.Sequential)
    x = torch.from_numpy(problem.inputs[rows])
    expected = api.load_network(clock_run.checkpoints / "spinn_structured_final.pt")(x)
    spread = problem.targets[rows].std()
    assert ((network(x) - expected).abs().max() / spread).item() < 1e-5


def test_a_run_of_an_equation_is_exported() -> None:
    length = {"epochs": 2, "fine_tune_epochs": 2, "device": "cpu"}
    values = {
        "data": {"source": "burgers"},
        "model": {"hidden": [8, 8]},
        "train": {**length, "lbfgs_iterations": 3, "fine_tune_lbfgs_iterations": 3},
        "prune": {"stages": 1, "pruning_ratio": 0.5},
        "compare": {"controls": []},
        "seeds": [0],
    }
    run = api.run(RunSpec.from_dict(values))
    made = by_format(api.export(run.run_id, ["all"], stage=0))
    assert list(made) == ["module", "pt2", "onnx", "safetensors"]
    assert made["onnx"]["file"] == "dense_pinn_improved_final.onnx"
    assert (made["onnx"]["arm"], made["onnx"]["hidden"]) == ("dense", [8, 8])
    assert made["onnx"]["rows_compared"] == 25_600
    assert made["onnx"]["largest_share_of_spread"] <= 1e-5


@pytest.mark.parametrize(
    "model",
    [
        {"network": "residual", "hidden": [16, 8, 8], "norm": True, "activation": "gelu_tanh"},
        {"network": "fourier", "hidden": [16, 8], "activation": "prelu"},
        {"network": "deeponet", "hidden": [16, 8], "trunk": 1},
    ],
    ids=lambda model: model["network"],
)
def test_a_run_of_another_kind_is_exported_in_all_formats(
    model: dict[str, Any], store: Path, tmp_path: Path
) -> None:
    """A clock among its inputs, so in double precision where it is not pruned away."""
    table = write_table(tmp_path / "table.csv", clock=True)
    run = api.run(small_spec(table, ["y"], model=model))
    result = run.result()
    assert result is not None
    for stage, formats in ((0, ["module", "onnx"]), (None, ["all"])):
        made = by_format(api.export(run.run_id, formats, stage=stage))
        assert list(made) == (list(FORMATS) if formats == ["all"] else formats)
        assert made["module"]["dtype"] == "float64"
        for one in made.values():
            assert 0 < one["largest_share_of_spread"] <= 1e-5
        delivered = result["stages"][-1 if stage is None else stage]
        assert made["module"]["params"] == delivered["params"]
        assert made["module"]["hidden"] == delivered["hidden"]
    check_by_what_the_file_says(run, run.path / "exports" / FILES["safetensors"])
    api.export_paper_layout(run.run_id, tmp_path / "paper")
    paper = tmp_path / "paper" / "models" / "saved" / "spinn_structured.pth"
    assert paper.read_bytes() == (run.path / "exports" / FILES["module"]).read_bytes()


def check_by_what_the_file_says(run: RunFolder, path: Path) -> None:
    """The graph in a file's own header, on its weights, in NumPy."""
    with safetensors.safe_open(path, "np") as opened:
        graph = Graph.model_validate_json(opened.metadata()["graph"])
        weights = {name: opened.get_tensor(name) for name in opened.keys()}  # noqa: SIM118
    arrays = {name: one.T if one.ndim == 2 else one for name, one in weights.items()}
    problem = load_problem(run.spec().data)
    x, spread = problem.inputs[problem.test], problem.targets[problem.test].std(axis=0)
    network = api.load_network(run.checkpoints / "spinn_structured_final.pt")
    expected = network(torch.from_numpy(x)).detach().numpy()
    assert (np.abs(outputs_of(graph, arrays, x) - expected) / spread).max() < 1e-5


def test_the_paper_finds_its_files(finished: RunFolder, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "plain", "--layout", "paper"]) == 0
    place = finished.path / "exports" / "paper"
    names = "dense_pinn_improved_final spinn_structured_stage1 spinn_structured_stage2"
    copied = [f"{name}.pt" for name in (*names.split(), "spinn_structured_final")]
    metrics = "results/metrics/spinn_structured_metrics.json"
    module = "models/saved/spinn_structured.pth"
    wanted = [*(f"results/checkpoints/{name}" for name in copied), module, f"{module}.json"]
    there = [path for path in place.rglob("*") if path.is_file()]
    assert {str(path.relative_to(place)) for path in there} == {*wanted, metrics}
    shown = capsys.readouterr().out
    for words in (*wanted, metrics, str(place)):
        assert words in shown
    for name in copied:
        mine = (place / "results" / "checkpoints" / name).read_bytes()
        assert mine == (finished.checkpoints / name).read_bytes()
    assert json.loads((place / metrics).read_text()) == finished.result()
    manifest = json.loads((place / f"{module}.json").read_text())
    network = torch.load(place / module, weights_only=False)
    assert sum(p.numel() for p in network.parameters()) == manifest["params"]
    assert "'spinn_structured.pth'" in manifest["load"]


def test_two_runs_of_one_spec_give_the_same_files(
    finished: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    again = api.run(finished.spec())
    made = []

    def without_a_process(trials: Any, inputs: Any) -> Any:
        made.append({trial.name: trial.content for trial in trials})
        raise SpinnError("enough")

    monkeypatch.setattr(exports, "outputs_in_a_fresh_process", without_a_process)
    for run_id in ("plain", again.run_id):
        with pytest.raises(SpinnError, match="enough"):
            api.export(run_id, ["all"])
    assert sorted(made[0]) == sorted(FILES.values())
    assert made[0] == made[1]


def test_an_export_that_is_not_the_network_is_refused_with_the_number(
    finished: RunFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def off_by_a_little(network: RawNetwork, about: Any) -> bytes:
        with torch.no_grad():
            network.module[-1].bias[1] += 0.01  # type: ignore[index]
        return writers.module_bytes(network, about)

    monkeypatch.setitem(writers.WRITERS, "module", off_by_a_little)
    problem = load_problem(finished.spec().data)
    share = 0.01 / problem.targets[problem.test, 1].std()
    told = f"{share:.1e}".replace("e-0", "e-")
    words = f"module export is {told} of the spread of 'z'.*at most 1e-5 .*nothing was written"
    with pytest.raises(SpinnError, match=words):
        api.export("plain", ["module"], out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_export_is_in_a_store_on_another_machine(
    made_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = tmp_path / "far"
    shutil.copytree(made_runs / "plain", far / "plain")
    monkeypatch.setenv("SPINN_RESULTS", f"file://{far}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    api.export("plain", ["safetensors"])
    sent = {path.name for path in (far / "plain" / "exports").iterdir()}
    assert sent == {FILES["safetensors"], f"{FILES['safetensors']}.json"}
