"""Checkpoints that are read, compared with torch bit by bit."""

from __future__ import annotations

import argparse
import datetime
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from spinn_engine.imported import read_network
from tests.imported.support import (
    WIDTHS,
    LinBlock,
    Listed,
    Part,
    Pinn,
    Shared,
    assert_same,
    bits,
    floats,
    linears,
    mlp,
    pickled,
    renamed,
    saved,
    tensor,
    zip_of,
)

NAMES = {
    "torch.nn.Sequential": ("0", "2", "4", "6"),
    "of this project": ("network.0", "network.2", "network.4", "network.6"),
    "PyTorch quickstart": tuple(f"linear_relu_stack.{n}" for n in (0, 2, 4, 6)),
    "torchvision.ops.MLP": ("0", "3", "6", "9"),
    "DeepXDE FNN": ("linears.0", "linears.1", "linears.2", "linears.3"),
    "PINNs of Raissi, in PyTorch": tuple(f"layers.layer_{n}" for n in range(4)),
    "R3 sampling": (*(f"layers.layer_{n}.layer.0" for n in range(3)), "layers.layer_3"),
    "harmonic oscillator PINN": ("fcs.0", "fch.0.0", "fch.1.0", "fcf"),
    "elia-hackaton": ("hidden1", "hidden2", "hidden3", "output"),
    "fluid-pinn": ("layers.0", "layers.1", "layers.2", "layers.3"),
    "SIREN": ("net.0.linear", "net.1.linear", "net.2.linear", "net.3"),
    "numbers beyond nine": ("fc9", "fc10", "fc11", "fc100"),
    "the first has no number": ("fc", "fc2", "fc3", "fc4"),
    "words": ("input_layer", "hidden_layers.0", "hidden_layers.1", "output_layer"),
    "other words": ("fc_in", "fc_mid1", "fc_mid2", "fc_out"),
    "camel case": ("inputLayer", "hiddenLayer1", "hiddenLayer2", "lastLayer"),
    "Lightning": tuple(f"model.net.linear_{n}" for n in range(4)),
    "DataParallel": tuple(f"module.net.{n}" for n in range(4)),
    "torch.compile": tuple(f"_orig_mod.layers.{n}" for n in range(4)),
    "both": tuple(f"_orig_mod.module.backbone.{n}" for n in (1, 4, 7, 10)),
    "encoder and decoder": ("encoder.0", "encoder.2", "decoder.0", "decoder.2"),
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize("seed", [0, 1])
def test_layers_are_ordered_by_names_as_public_projects_choose_them(
    tmp_path: Path, names: Sequence[str], seed: int
) -> None:
    module = mlp()
    network = read_network(saved(tmp_path / "a.pt", renamed(module, names, seed)))
    assert_same(network, linears(module))
    assert (network.inputs, network.hidden, network.outputs) == (3, (8, 8, 8), 2)
    assert (network.format, network.dtype, network.activation) == (
        "zip state_dict",
        "float32",
        None,
    )
    wrapped = names[0].startswith(("module", "_orig_mod"))
    assert any("as a wrapper writes them" in note for note in network.notes) == wrapped


def test_shapes_tell_the_order_where_names_do_not(tmp_path: Path) -> None:
    module = mlp((3, 9, 7, 5, 2))
    network = read_network(saved(tmp_path / "a.pt", renamed(module, ("d", "b", "c", "a"))))
    assert_same(network, linears(module))


def holders(state: dict[str, Any], module: nn.Module) -> dict[str, object]:
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    rest = {"optimizer_state_dict": optimizer.state_dict(), "epoch": 3, "loss": 0.5}
    return {
        "bare, as an OrderedDict": OrderedDict(state),
        "model_state_dict": {**rest, "model_state_dict": state},
        "state_dict": {"state_dict": state, "best": np.float64(0.25), "optimizer": rest},
        "net": {"net": state, "when": datetime.date(2024, 1, 1), "where": Path("a/b")},
        "deep": {"a": {"b": [{"weights": state}]}},
        "beside an average of it": {"model_state_dict": state, "ema": dict(state), **rest},
        "Lightning": {
            "state_dict": {f"model.{name}": value for name, value in state.items()},
            "pytorch-lightning_version": "2.5",
            "hyper_parameters": {"lr": 1e-3, "activation": "tanh", "layers": list(WIDTHS)},
            "callbacks": {"EarlyStopping{'monitor': 'loss'}": {"best": torch.tensor(1.0)}},
        },
        "a tuple": (state, rest),
        "arguments": {"model": state, "args": argparse.Namespace(act="Tanh", lr=0.1)},
    }


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_network_is_found_wherever_it_stands(tmp_path: Path, protocol: int) -> None:
    module = mlp()
    for name, value in holders(module.state_dict(), module).items():
        path = saved(tmp_path / "a.pt", value, pickle_protocol=protocol)
        network = read_network(path)
        assert_same(network, linears(module))
        assert network.activation == ("tanh" if name in ("Lightning", "arguments") else None), name
        if name == "model_state_dict":
            assert any("optimizer_state_dict, epoch and loss" in note for note in network.notes)
        if "average" in name:
            assert "Other networks in the file were left out: ema." in network.notes


@pytest.mark.parametrize(
    ("stored", "activation"),
    [
        ("tanh", "tanh"),
        ("nn.ReLU()", "relu"),
        ("torch.nn.SiLU", "silu"),
        ("swish", "silu"),
        (nn.Sigmoid, "sigmoid"),
        (nn.GELU(), "gelu"),
        (torch.tanh, "tanh"),
        (torch.nn.functional.relu, "relu"),
        (torch.nn.functional.gelu, "gelu"),
        (["tanh", "tanh", "linear"], "tanh"),
        (nn.ELU(), "elu"),
        (nn.SELU, "selu"),
        ("LeakyReLU(negative_slope=0.01)", "leaky_relu"),
        (torch.nn.functional.leaky_relu, "leaky_relu"),
        (nn.Softplus(), "softplus"),
        ("Softplus(beta=1.0, threshold=20.0)", "softplus"),
        (nn.Mish(), "mish"),
    ],
)
def test_the_activation_is_read_where_it_is_stored(
    tmp_path: Path, stored: object, activation: str
) -> None:
    for value in (
        {"state_dict": mlp().state_dict(), "activation": stored, "output_activation": "identity"},
        {"state_dict": mlp().state_dict(), "config": {"model": {"act_fn": stored}}},
    ):
        assert read_network(saved(tmp_path / "a.pt", value)).activation == activation


@pytest.mark.parametrize(
    ("module", "layers", "activation"),
    [
        (mlp(), (0, 1, 2, 3), "tanh"),
        (Pinn(activation=nn.ReLU), (0, 1, 2, 3), "relu"),
        (nn.DataParallel(Pinn(activation=nn.Sigmoid)), (0, 1, 2, 3), "sigmoid"),
        (Listed(), (0, 1, 2, 3), "tanh"),
        (Listed(activation=nn.SiLU), (0, 1, 2, 3), "silu"),
        (Listed(activation=None), (0, 1, 2, 3), None),
        (Shared(), (2, 1, 0), "gelu"),
        (nn.Sequential(LinBlock(3, 8), LinBlock(8, 8), nn.Linear(8, 2)), (0, 1, 2), "silu"),
        (
            nn.Sequential(
                OrderedDict(a=nn.Flatten(), b=mlp((3, 5, 4)), c=nn.Tanh(), d=mlp((4, 2)))
            ),
            (0, 1, 2),
            "tanh",
        ),
    ],
)
def test_whole_modules(
    tmp_path: Path, module: nn.Module, layers: Sequence[int], activation: str | None
) -> None:
    every = linears(module)
    for value in (module, {"model": module, "epoch": 1}, [module]):
        network = read_network(saved(tmp_path / "a.pth", value))
        assert_same(network, [every[place] for place in layers])
        assert network.activation == activation
        assert network.format == "zip whole module"
        own = any(type(one).__module__.startswith("tests") for one in module.modules())
        assert any("is not in the file" in note for note in network.notes) == own
    if isinstance(module, Shared):
        assert any("Dropout was left out" in note and "drop" in note for note in network.notes)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64"])
@pytest.mark.parametrize("bias", [True, False])
def test_other_types_and_no_biases(tmp_path: Path, dtype: str, bias: bool) -> None:
    module = mlp(bias=bias).to(getattr(torch, dtype))
    with torch.no_grad():
        linears(module)[0].weight[0, 0] = 1 / 3
    network = read_network(saved(tmp_path / "a.pt", module.state_dict()))
    assert_same(network, linears(module))
    assert network.dtype == dtype
    assert ("Layers without a bias: 0, 2, 4 and 6." in network.notes) != bias
    (note,) = (note for note in network.notes if "became float32" in note)
    if dtype == "float64":
        lost = max(
            float((p - p.float().double()).detach().abs().max()) for p in module.parameters()
        )
        told = f"{lost:.1e}".replace("e-0", "e-")
        assert f"changes a number by {told} at most" in note
    else:
        assert "changes no number" in note


def test_a_bias_may_be_missing_in_some_layers(tmp_path: Path) -> None:
    module = mlp()
    module[2] = nn.Linear(8, 8, bias=False)
    network = read_network(saved(tmp_path / "a.pt", module.state_dict()))
    assert_same(network, linears(module))
    assert [bias is None for bias in network.biases] == [False, True, False, False]


def test_views_into_one_storage_are_read_where_they_stand(tmp_path: Path) -> None:
    state = mlp().state_dict()
    flat = torch.cat([torch.zeros(7), *(value.flatten() for value in state.values())])
    start, views = 7, {}
    for name, value in state.items():
        views[name] = flat[start : start + value.numel()].view(value.shape)
        start += value.numel()
    views["2.weight"] = state["2.weight"].T.contiguous().T
    views["4.weight"] = torch.nn.functional.pad(state["4.weight"], (0, 3))[:, :8]
    network = read_network(saved(tmp_path / "a.pt", views))
    for place, weight in enumerate(network.weights):
        assert np.ascontiguousarray(weight.T).tobytes() == bits(state[f"{2 * place}.weight"])


def test_both_orders_of_bytes(tmp_path: Path) -> None:
    shapes = {"0.weight": (4, 3), "2.weight": (2, 4)}
    value = {name: tensor(name, shape) for name, shape in shapes.items()}
    read = []
    for order in ("little", "big"):
        parts = [Part("a/data.pkl", pickled(value)), Part("a/byteorder", order.encode())]
        for name, shape in shapes.items():
            data = np.frombuffer(floats(*shape), dtype="<f4")
            data = data.astype(">f4") if order == "big" else data
            parts.append(Part(f"a/data/{name}", data.tobytes()))
        path = tmp_path / f"{order}.pt"
        path.write_bytes(zip_of(parts))
        read.append(read_network(path))
    for one, other in zip(read[0].weights, read[1].weights, strict=True):
        assert one.tobytes() == other.tobytes()
        assert one.max() == one.size
