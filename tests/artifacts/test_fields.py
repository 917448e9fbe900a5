"""A small run of burgers through the command line, and what it leaves behind."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.func import grad, vmap

from spinn_engine import api
from spinn_engine.cli.main import main
from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.problems.burgers import cole_hopf
from spinn_engine.store.local import LocalStore
from spinn_engine.store.runs import RunFolder

OPTIONS = [
    "--data", "burgers", "--hidden", "12,12", "--epochs", "3", "--lbfgs-iterations", "25",
    "--fine-tune-lbfgs-iterations", "20", "--stages", "1", "--seeds", "2",
    "--criterion", "taylor", "--json",
]  # fmt: skip


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    root = tmp_path_factory.mktemp("burgers")
    command = [sys.executable, "-m", "spinn_engine", "run", *OPTIONS, "--out", str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return RunFolder(LocalStore(root), json.loads(done.stdout)["run_id"])


@pytest.fixture
def run(finished: RunFolder, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    monkeypatch.setenv("SPINN_RESULTS", str(finished.path.parent))
    return finished


def test_every_arm_and_stage_has_its_relative_error(run: RunFolder) -> None:
    result = run.result()
    assert result is not None
    assert len(result["arms"]) == 8  # with l1, as the criterion is another
    for row in (*result["arms"], *result["stages"]):
        error, r2 = row["relative_l2"], row["r2"]
        if row.get("arm") == "linear":
            assert 0.5 < error["mean"] < 1
            continue
        assert len(error["per_seed"]) == 2
        assert error["low"] < error["mean"] < error["high"]
        # the mean of u over the grid is zero but for t = 0 missing, so R2 = 1 - error^2
        np.testing.assert_allclose(np.square(error["per_seed"]), 1 - np.array(r2["per_seed"]), 0.01)


def test_the_terminal_tells_the_relative_error(
    run: RunFolder, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", run.run_id]) == 0
    result = run.result()
    assert result is not None
    printed = capsys.readouterr().out
    assert "relative L2" in printed
    assert f"{result['arms'][1]['relative_l2']['mean']:.4f}" in printed


def test_the_fields_are_those_of_the_delivered_networks(run: RunFolder) -> None:
    fields = api.fields(run.run_id)
    assert fields.reference.shape == fields.dense.shape == (256, 100)
    x, t = np.meshgrid(fields.x.astype(float), fields.t.astype(float), indexing="ij")
    exact = cole_hopf(x.ravel(), t.ravel()).reshape(x.shape)
    np.testing.assert_allclose(fields.reference, exact, atol=1e-4)  # x is float32, the front steep
    result = run.result()
    assert result is not None
    place = result["seeds"].index(result["delivered_seed"])
    for stage, name in ((0, "dense_pinn_improved_final"), (1, "spinn_structured_final")):
        solution = (fields.dense, fields.structured)[stage]
        error = np.linalg.norm(solution - fields.reference) / np.linalg.norm(fields.reference)
        told = result["stages"][stage]["relative_l2"]["per_seed"][place]
        assert error == pytest.approx(told, rel=1e-4)
        check_residual(run.checkpoints / f"{name}.pt", fields, stage)


def check_residual(path: Path, fields: api.Fields, stage: int) -> None:
    """Differentiate the file's network at some points of the grid."""
    network = api.load_network(path).double()

    def u(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        value: torch.Tensor = network(torch.stack([x, t])[None])[0, 0]
        return value

    def residual(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        spread = 0.01 / np.pi * grad(grad(u))(x, t)
        left_over: torch.Tensor = grad(u, 1)(x, t) + u(x, t) * grad(u)(x, t) - spread
        return left_over

    for i, j in ((0, 0), (100, 40), (128, 99), (255, 7)):
        at = (torch.tensor([float(v[k])]).double() for v, k in ((fields.x, i), (fields.t, j)))
        found = (fields.dense_residual, fields.structured_residual)[stage][i, j]
        assert float(vmap(residual)(*at)[0].detach()) == pytest.approx(found, rel=1e-3, abs=1e-3)


def test_reading_fields_loads_no_torch(run: RunFolder) -> None:
    code = (
        "import sys; from spinn_engine import api; "
        f"api.fields({run.run_id!r}); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_run_without_fields_or_with_broken_ones_says_so(run: RunFolder, tmp_path: Path) -> None:
    from spinn_engine.artifacts.fields import read_fields

    other = RunFolder(LocalStore(tmp_path), "other")
    with pytest.raises(BadInputError, match="has no fields"):
        read_fields(other)
    other.path.mkdir()
    other.fields_path.write_bytes(run.fields_path.read_bytes()[:1000])
    with pytest.raises(CorruptArtifactError, match="cannot be read"):
        read_fields(other)


@pytest.mark.parametrize("option", [["--group", "x"], ["--folds", "3"], ["--activation", "relu"]])
def test_options_that_make_no_sense_are_bad_input(
    option: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--data", "burgers", *option]) == 2
    assert capsys.readouterr().err.count("\n") == 1
