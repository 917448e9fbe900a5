"""Masks, norms, dead neurons, safetensors, and checkpoints of this project."""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune

from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.imported import read_network
from tests.imported.support import assert_same, bits, linears, mlp, renamed, saved, small
from tests.test_pipeline import small_spec


def test_masks_of_prune_are_applied_and_said(tmp_path: Path) -> None:
    module = mlp()
    for layer in linears(module):
        prune.l1_unstructured(layer, "weight", amount=0.6)  # type: ignore[no-untyped-call]
    prune.random_unstructured(linears(module)[1], "bias", 2)  # type: ignore[no-untyped-call]
    effective = mlp()
    for mine, layer in zip(linears(effective), linears(module), strict=True):
        mine.weight.data, mine.bias.data = layer.weight.detach(), layer.bias.detach()
    for value in (module.state_dict(), module):
        network = read_network(saved(tmp_path / "a.pt", value))
        assert_same(network, linears(effective))
        assert network.nonzero < 0.6 * network.params
        (note,) = (note for note in network.notes if "Masks" in note)
        assert "0.weight_orig" in note


def test_dead_neurons_are_those_without_a_way_in_or_out(tmp_path: Path) -> None:
    module = mlp((3, 6, 5, 2))
    first, second, third = linears(module)
    with torch.no_grad():
        first.weight[0] = 0  # no way in
        second.weight[:, 1] = 0  # no way out
        second.weight[2] = 0
        third.weight[:, 2] = 0  # neither
        third.weight[0, 3] = 0  # alive
        first.bias[:] = 0  # zeros that kill nothing
    network = read_network(saved(tmp_path / "a.pt", module.state_dict()))
    assert_same(network, linears(module))
    assert network.dead == (2, 1)
    assert network.hidden_without_dead == (4, 4)
    assert network.params_without_dead == sum(p.numel() for p in mlp((3, 4, 4, 2)).parameters())


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
@pytest.mark.parametrize("norm", [parametrizations.weight_norm, torch.nn.utils.weight_norm])
def test_weight_norm_is_multiplied_out(tmp_path: Path, norm: Callable[..., nn.Module]) -> None:
    module = mlp()
    for layer in linears(module):
        norm(layer)
    network = read_network(saved(tmp_path / "a.pt", module.state_dict()))
    for mine, layer in zip(network.weights, linears(module), strict=True):
        np.testing.assert_allclose(mine.T, layer.weight.detach().numpy(), rtol=1e-6)
    assert network.params == sum(p.numel() for p in mlp().parameters())
    assert any("Weight norms were multiplied out" in note for note in network.notes)


SAFE_TYPES = {torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16"}


def safetensors_bytes(state: dict[str, torch.Tensor], **metadata: str) -> bytes:
    header: dict[str, Any] = {"__metadata__": metadata} if metadata else {}
    body = b""
    for name, value in state.items():
        data = value.contiguous().view(torch.uint8).numpy().tobytes()
        places = [len(body), len(body) + len(data)]
        kind = SAFE_TYPES[value.dtype]
        header[name] = {"dtype": kind, "shape": list(value.shape), "data_offsets": places}
        body += data
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


@pytest.mark.parametrize("dtype", SAFE_TYPES, ids=str)
def test_safetensors(tmp_path: Path, dtype: torch.dtype) -> None:
    module = mlp().to(dtype)
    path = tmp_path / "a.safetensors"
    path.write_bytes(safetensors_bytes(module.state_dict(), activation="relu"))
    network = read_network(path)
    assert_same(network, linears(module))
    assert (network.format, network.activation) == ("safetensors", "relu")


def test_safetensors_as_its_own_package_writes_them(tmp_path: Path) -> None:
    package = pytest.importorskip("safetensors.torch")
    module = mlp(bias=False)
    path = tmp_path / "a.safetensors"
    package.save_file(module.state_dict(), path, metadata={"format": "pt"})
    assert_same(read_network(path), linears(module))


def test_a_checkpoint_of_this_project(small_table: Path) -> None:
    run = api.run(small_spec(small_table, seeds=[3], train={"epochs": 1, "fine_tune_epochs": 0}))
    path = run.path / "checkpoints" / "spinn_structured_final.pt"
    network, torch_network = read_network(path), api.load_network(path)
    assert_same(network, linears(torch_network))
    assert (network.format, network.activation) == ("spinn checkpoint", "silu")
    assert network.input_names == torch_network.input_names
    assert network.target_names == ("y", "z")
    assert network.notes == ()
    x = np.random.default_rng(0).normal(size=(5, network.inputs))
    assert network.scaler is not None
    h = network.scaler.inputs(x)
    for layer, (weight, bias) in enumerate(zip(network.weights, network.biases, strict=True)):
        h = (h / (1 + np.exp(-h)) if layer else h) @ weight + (0 if bias is None else bias)
    mine = h * network.scaler.y_std + network.scaler.y_mean
    theirs = torch_network(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-5)
    stack = next((run.path / "stacks").glob("*.pt"))
    with pytest.raises(BadInputError, match="a stack, which holds all networks of a stage"):
        read_network(stack)


@pytest.mark.parametrize(
    "change",
    [
        {"scaler": None},
        {"scaler": {}},
        {"input_names": ["a", "b"]},
        {"input_names": ["a", "b", 3]},
        {"target_names": "ab"},
        {"x_std": torch.zeros(3, dtype=torch.float64)},
        {"x_mean": torch.full((3,), math.nan, dtype=torch.float64)},
        {"y_mean": torch.zeros(3, dtype=torch.float64)},
    ],
)
def test_a_checkpoint_of_this_project_that_was_changed(
    tmp_path: Path, change: dict[str, Any]
) -> None:
    scaler = {"x_mean": torch.zeros(3), "x_std": torch.ones(3)}
    scaler |= {"y_mean": torch.zeros(2), "y_std": torch.ones(2)}
    value: dict[str, Any] = {
        "format": "spinn-checkpoint-1",
        "state_dict": renamed(mlp(), ("network.0", "network.2", "network.4", "network.6")),
        "activation": "tanh",
        "scaler": {name: part.double() for name, part in scaler.items()},
        "input_names": ["a", "b", "c"],
        "target_names": ["y", "z"],
    }
    assert read_network(saved(tmp_path / "a.pt", value)).input_names == ("a", "b", "c")
    for name, part in change.items():
        (value["scaler"] if name[:2] in ("x_", "y_") else value)[name] = part
    with pytest.raises(BadInputError, match="the file was changed"):
        read_network(saved(tmp_path / "b.pt", value))


def test_a_file_made_by_hand_is_as_torch_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(small())
    theirs = torch.load(path, weights_only=True)
    network = read_network(path)
    assert bits(theirs["0.weight"]) == np.ascontiguousarray(network.weights[0].T).tobytes()
    assert network.params == 4 * 4 + 5 * 2
