"""Modules in memory, of any kind and width, as the graphs that are read of them."""

from __future__ import annotations

import copy
import io
from typing import Any

import numpy as np
import pytest
import torch
import torch_pruning
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported.network import StoredNetwork
from spinn_engine.imported.programs.exported import exported
from spinn_engine.imported.programs.formats.pt2 import read_program as read_pt2
from spinn_engine.imported.programs.network import stored_network
from spinn_engine.training.modules import module_of
from tests.imported.programs.drawn import INPUTS, KINDS, With, modules

few = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def read(module: nn.Module, inputs: int = INPUTS) -> StoredNetwork:
    content = exported(module, torch.randn(8, inputs, dtype=next(module.parameters()).dtype))
    return stored_network(read_pt2(io.BytesIO(content), len(content)), "pt2")


def tensors_of(network: StoredNetwork) -> dict[str, Tensor]:
    """Its numbers as torch's modules shape them."""
    found = {}
    for one in network.graph.parameters:
        array = network.arrays[one.name]
        found[one.name] = torch.tensor(array if one.rows is None else array.T.copy())
    return found


@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
@pytest.mark.parametrize("kind", KINDS)
@few
@given(data=st.data())
def test_the_graph_gives_what_the_module_gives(kind: str, data: st.DataObject) -> None:
    module = data.draw(modules(kind))
    network = read(module)
    x = torch.randn(40, INPUTS)
    with torch.no_grad():
        wanted = copy.deepcopy(module).double()(x.double()).numpy()
        again = module_of(network.graph, tensors_of(network)).double()(x.double()).numpy()
    scale = 1e-5 * max(1.0, np.abs(wanted).max())
    found = outputs_of(network.graph, network.arrays, x.double().numpy())
    np.testing.assert_allclose(found, wanted, atol=scale)
    np.testing.assert_allclose(again, wanted, atol=scale)


@few
@given(data=st.data())
@pytest.mark.parametrize("kind", ["residual", "gated", "heads", "beside", "gated_linear"])
def test_parameters_are_those_of_the_module(kind: str, data: st.DataObject) -> None:
    module = data.draw(modules(kind))
    norms = [part for part in module.modules() if isinstance(part, nn.BatchNorm1d)]
    if norms:
        return
    network = read(module)
    count = sum(parameter.numel() for parameter in module.parameters())
    assert network.params == network.graph.params(network.hidden) == count


def residual_module() -> nn.Sequential:
    def block(width: int, inside: int) -> nn.Module:
        parts = nn.Sequential(nn.Linear(width, inside), nn.Tanh(), nn.Linear(inside, width))
        return With(lambda own, x: x + own.parts(x), parts=parts)

    return nn.Sequential(
        nn.Linear(INPUTS, 8), block(8, 6), block(8, 7), nn.LayerNorm(8), nn.Linear(8, 2)
    )


def test_torch_pruning_removes_the_same_neurons_together() -> None:
    torch.manual_seed(0)
    module = residual_module()
    network, x = read(module), torch.randn(20, INPUTS)
    assert network.hidden == (8, 6, 7)
    graph = torch_pruning.DependencyGraph().build_dependency(module, x)
    first: Any = module[0]
    gone = [1, 4]
    group = graph.get_pruning_group(first, torch_pruning.prune_linear_out_channels, idxs=gone)
    touched = {
        (name, "out" if "out" in dep.handler.__name__ else "in")
        for dep, _ in group
        for name, part in module.named_modules()
        if part is dep.target.module and isinstance(part, nn.Linear)
    }
    stream = network.graph.prunable[0]
    assert {(op.name, "out") for op in network.graph.producers(stream)} | {
        (op.name, "in") for op in network.graph.consumers(stream)
    } == touched
    kept = [at for at in range(8) if at not in gone]
    smaller = network.graph.smaller((6, 6, 7))
    arrays = {
        one.name: cut(network, one.name, one.rows == (stream,), one.columns == (stream,), kept)
        for one in network.graph.parameters
    }
    group.prune()
    with torch.no_grad():
        wanted = module(x).numpy()
    np.testing.assert_allclose(outputs_of(smaller, arrays, x.numpy()), wanted, atol=1e-5)


def cut(network: StoredNetwork, name: str, rows: bool, columns: bool, kept: list[int]) -> Any:
    array = network.arrays[name]
    array = array[kept] if rows else array
    return array[..., kept] if columns else array


def linear(call: Any, **parts: Any) -> nn.Module:
    return With(call, a=nn.Linear(INPUTS, INPUTS), **parts)


@pytest.mark.parametrize(
    ("module", "words"),
    [
        (linear(lambda own, x: own.a(x).clamp(-1, 1)), "aten.clamp"),
        (linear(lambda own, x: own.a(x).clamp(0, 20)), "aten.clamp"),
        (linear(lambda own, x: torch.softmax(own.a(x), -1)), "aten.softmax"),
        (linear(lambda own, x: own.a(x) - own.a(x).mean(0)), "over rows"),
        (linear(lambda own, x: own.a(x) @ own.a(x).T @ x), "both depend on the rows"),
        (linear(lambda own, x: (own.a(x), x)), "gives tuple"),
        (linear(lambda own, x: own.a(x)[:, None, :].repeat(1, 2, 1)), "[rows, outputs]"),
        (linear(lambda own, x: own.a(x) if x.sum() > 0 else x), "torch.export cannot follow"),
        (nn.Sequential(nn.Linear(INPUTS, 4), nn.Hardswish(), nn.Linear(4, 1)), "aten.hardswish"),
        (nn.Sequential(nn.Linear(INPUTS, 4), nn.RMSNorm(4), nn.Linear(4, 1)), "aten.rms_norm"),
        (nn.Linear(INPUTS + 1, 2), "does not take rows of the shape [8, 3]"),
    ],
)
def test_what_no_graph_can_have_is_named(module: nn.Module, words: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read(module)
    assert words in str(caught.value)


def test_the_module_stays_as_it_is() -> None:
    module = nn.Sequential(nn.Linear(INPUTS, 4), nn.Dropout(0.5), nn.BatchNorm1d(4)).train()
    module[2].eval()
    before = copy.deepcopy(module.state_dict())
    read(nn.Sequential(module, nn.Linear(4, 1)))
    assert module.training
    assert not module[2].training
    for name, value in module.state_dict().items():
        assert torch.equal(value, before[name])
