"""Checkpoints of every kind of network, and those of earlier versions."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spinn_engine import api
from spinn_engine.artifacts.checkpoints import StoredStack, checkpoint_bytes, load_network
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.kinds import mlp
from spinn_engine.store.demo import demo_run
from spinn_engine.training.scaling import Scaler
from tests.export.kinds import GRAPHS, random_stack

SCALER = Scaler(
    np.array([5.0, -2.0, 0.1]), np.array([3.0, 0.5, 20.0]), np.array([100.0, -0.4]), np.ones(2)
)
ABOUT = {"input_names": ["a", "b", "c"], "target_names": ["y", "z"]}


def written(name: str) -> bytes:
    stack = random_stack(GRAPHS[name])
    original = [torch.arange(width)[None] for width in stack.hidden]
    return checkpoint_bytes(StoredStack(stack, ["dense"], [0], [0], original), 0, SCALER, ABOUT)


def expected(name: str, x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """In NumPy, in float64, from the stack itself."""
    stack = random_stack(GRAPHS[name])
    single = {p.name for p in stack.graph.parameters if p.rows is None}
    arrays = {
        k: (v[0, 0] if k in single else v[0]).detach().double().numpy()
        for k, v in stack.tensors.items()
    }
    y = outputs_of(stack.graph, arrays, (x - SCALER.x_mean) / SCALER.x_std)
    return np.asarray(y * SCALER.y_std + SCALER.y_mean)


@pytest.mark.parametrize("name", GRAPHS)
def test_a_checkpoint_opens_safely_and_is_the_network(name: str, tmp_path: Path) -> None:
    content = written(name)
    assert content == written(name)
    saved = torch.load(io.BytesIO(content), weights_only=True)
    assert saved["hidden"] == list(GRAPHS[name].hidden)
    (tmp_path / "a.pt").write_bytes(content)
    assert load_network(tmp_path / "a.pt").graph == GRAPHS[name]
    network = api.load_network(tmp_path / "a.pt")
    x = np.random.default_rng(0).normal(size=(20, 3)) * SCALER.x_std + SCALER.x_mean
    found = network(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, expected(name, x), atol=2e-5)


@pytest.mark.parametrize("name", ["tanh", "gelu", "silu", "mish"])
def test_a_checkpoint_of_an_earlier_version_is_a_plain_network(name: str, tmp_path: Path) -> None:
    """These have names as in torch.nn.Sequential, and no graph."""
    saved = torch.load(io.BytesIO(written(name)), weights_only=True)
    del saved["graph"]
    torch.save(saved, tmp_path / "a.pt")
    network = load_network(tmp_path / "a.pt")
    assert network.graph == mlp((12, 9), 3, 2, name)
    assert isinstance(network.network, torch.nn.Sequential)
    x = np.random.default_rng(0).normal(size=(20, 3)) * SCALER.x_std + SCALER.x_mean
    found = network(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, expected(name, x), atol=2e-5)


def test_the_checkpoints_of_the_demo_load() -> None:
    run = demo_run()
    assert run is not None
    for path in run.checkpoints.glob("*.pt"):
        saved = torch.load(path, weights_only=True)
        network = load_network(path)
        assert list(network.graph.hidden) == saved["hidden"]
        x = saved["scaler"]["x_mean"][None]  # all zeros once standardised
        h = torch.zeros(1, saved["inputs"])
        for layer in range(len(saved["hidden"]) + 1):
            weight, bias = (
                saved["state_dict"][f"network.{2 * layer}.{k}"] for k in ("weight", "bias")
            )
            h = h @ weight.T + bias
            h = torch.tanh(h) if layer < len(saved["hidden"]) else h
        y = h * saved["scaler"]["y_std"] + saved["scaler"]["y_mean"]
        assert saved["activation"] == "tanh"
        torch.testing.assert_close(network(x), y)
