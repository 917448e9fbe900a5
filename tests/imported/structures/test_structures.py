"""Every kind of network: one graph that is read of its file computes what torch does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import nn

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.graph import Graph
from spinn_engine.imported import StoredNetwork, read_network
from spinn_engine.imported.network import Floats32
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.training.network import Stack
from tests.imported.structures import kinds_of_torch as kinds
from tests.imported.support import linears, saved

Draw = st.DrawFn
Numbers = dict[str, Floats32]
some = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
wide = st.integers(2, 7)
hidden = st.lists(wide, min_size=1, max_size=3)


@st.composite
def normed(draw: Draw) -> nn.Module:
    norm = draw(st.sampled_from((nn.LayerNorm, nn.BatchNorm1d)))
    return kinds.Normed((3, *draw(hidden), 2), norm, draw(st.booleans()))


@st.composite
def residual(draw: Draw) -> nn.Module:
    inner = draw(st.lists(wide, min_size=1, max_size=2))
    form = draw(st.sampled_from(("none", "sum", "inside", "before")))
    return kinds.Residual(
        draw(wide), inner, draw(st.integers(1, 3)), draw(st.booleans()), form, draw(st.booleans())
    )


@st.composite
def modified(draw: Draw) -> nn.Module:
    return kinds.Modified(draw(wide), draw(st.integers(1, 4)), draw(st.booleans()))


@st.composite
def heads(draw: Draw) -> nn.Module:
    ends = draw(st.lists(st.lists(wide, max_size=2), min_size=2, max_size=3))
    return kinds.Heads(draw(hidden), ends)


@st.composite
def deeponet(draw: Draw) -> nn.Module:
    return kinds.DeepONet(draw(hidden), draw(wide), draw(st.booleans()), draw(st.booleans()))


@st.composite
def fourier(draw: Draw) -> nn.Module:
    factor = draw(st.sampled_from((1.0, np.pi, 2 * np.pi)))
    sines, beside = draw(st.booleans()), draw(st.booleans())
    return kinds.Fourier(draw(st.integers(2, 9)), draw(wide), factor, sines, beside)


@st.composite
def slopes(draw: Draw) -> nn.Module:
    factor = draw(st.sampled_from((1.0, 2.0, 5.0, 10.0, 20.0)))
    return kinds.Slopes((3, *draw(hidden), 2), factor, draw(st.booleans()))


@st.composite
def scaled(draw: Draw) -> nn.Module:
    return kinds.Scaled((3, *draw(hidden), 2), draw(st.booleans()))


@st.composite
def side(draw: Draw) -> nn.Module:
    count = draw(st.integers(2, 3))
    inner = draw(st.lists(st.lists(wide, min_size=count, max_size=count), min_size=1, max_size=2))
    return kinds.Side(([3] * count, *inner, [1] * count))


KINDS: dict[str, Callable[[], st.SearchStrategy[nn.Module]]] = {
    "normed": normed,
    "residual": residual,
    "modified": modified,
    "heads": heads,
    "deeponet": deeponet,
    "fourier": fourier,
    "slopes": slopes,
    "scaled": scaled,
    "side": side,
}
WORDS = {
    "residual": "residual network",
    "modified": "modified MLP",
    "heads": "heads",
    "deeponet": "DeepONet",
    "side": "networks",
}


def scattered(module: nn.Module, seed: int = 0) -> nn.Module:
    """All numbers of a module drawn anew, running statistics too."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for one in module.modules():
            if isinstance(one, nn.BatchNorm1d):
                assert one.running_mean is not None
                assert one.running_var is not None
                one.running_mean.normal_()
                one.running_var.uniform_(0.5, 2)
            if isinstance(one, nn.BatchNorm1d | nn.LayerNorm) and one.weight is not None:
                one.weight.uniform_(0.5, 2)
                one.bias.normal_()
    return module.eval()


def readings(network: StoredNetwork) -> list[tuple[Graph, Numbers]]:
    """The graph that is read, and what else it may be."""
    every = ((graph, arrays) for _, graph, arrays in network.variants)
    found = (one for one in every if one[0].inputs == network.inputs)
    return [(network.graph, network.arrays), *found]


def best(network: StoredNetwork, module: nn.Module) -> tuple[Graph, Numbers]:
    """The reading that is nearest to a module, which must be it."""
    x = torch.randn(40, network.inputs)
    with torch.no_grad():
        right = module(x).numpy()
    off = []
    for graph, arrays in readings(network):
        found = outputs_of(graph, arrays, x.numpy())
        off.append(np.abs(found - right).max() / max(1, np.abs(right).max()))
    assert min(off) < 1e-5, off
    return readings(network)[int(np.argmin(off))]


@pytest.mark.parametrize("kind", KINDS)
@some
@given(data=st.data())
def test_one_reading_computes_what_the_module_does(
    tmp_path: Path, kind: str, data: st.DataObject
) -> None:
    module = scattered(data.draw(KINDS[kind]()))
    for value in (module.state_dict(), module):
        network = read_network(saved(tmp_path / "a.pt", value))
        assert network.activation is None
        assert not network.computes
        assert WORDS.get(kind, "chain") in network.kind
        graph, arrays = best(network, module)
        check_surgery(graph, arrays)


def check_surgery(graph: Graph, arrays: Numbers) -> None:
    """Neurons taken out are as neurons whose outgoing weights are zero, but under a LayerNorm."""
    tensors = {
        p.name: torch.from_numpy(np.array(arrays[p.name])).reshape(1, *graph.shape(p))
        for p in graph.parameters
    }
    kept = [torch.arange(width)[None, : max(1, width - 1)] for width in graph.hidden]
    small = remove_neurons(Stack(graph, tensors), kept)
    if any(op.kind == "layer_norm" for op in graph.ops):
        return
    zeroed = dict(arrays)
    for dim, some_kept in zip(graph.prunable, kept, strict=True):
        for op in graph.consumers(dim):
            weight = np.array(zeroed[f"{op.name}.weight"])
            for part in graph.taken(op, dim):
                weight[part][some_kept.shape[1] :] = 0
            zeroed[f"{op.name}.weight"] = weight
    x = np.random.default_rng(0).normal(size=(20, graph.inputs)).astype(np.float32)
    with torch.no_grad():
        found = small(torch.from_numpy(x))[0].numpy()
    right = outputs_of(graph, zeroed, x)
    np.testing.assert_allclose(found, right, atol=1e-4 * max(1, np.abs(right).max()))


parts = st.lists(st.sampled_from(sorted(kinds.PARTS)), min_size=1, max_size=3)


@some
@given(inner=hidden, between=parts, ends=st.lists(st.sampled_from(("softplus", "sigmoid", "tanh"))))
def test_a_sequential_is_read_exactly(
    tmp_path: Path, inner: list[int], between: list[str], ends: list[str]
) -> None:
    module = scattered(kinds.sequential((3, *inner, 2), between, ends[:1]))
    for legacy in (False, True):
        options = {"_use_new_zipfile_serialization": not legacy}
        network = read_network(saved(tmp_path / "a.pt", module, **options))
        assert network.computes
        assert not network.variants
        assert not network.undecided or network.activation is None
        best(network, module)


@pytest.mark.parametrize(
    ("between", "count"),
    [
        (["LayerNorm", "tanh"], 1),
        (["tanh", "LayerNorm"], 1),
        (["BatchNorm", "tanh", "dropout"], 1),
        (["tanh", "BatchNorm"], 1),
        (["dropout", "LayerNorm", "tanh"], 2),
        (["prelu"], 1),
        (["LayerNorm", "prelu"], 1),
        (["prelu", "LayerNorm"], 1),
    ],
)
def test_numbers_in_a_sequential_tell_where_norms_stand(
    tmp_path: Path, between: list[str], count: int
) -> None:
    module = scattered(kinds.sequential((3, 6, 5, 2), between, []))
    for one in module.children():
        if isinstance(one, nn.LayerNorm | nn.BatchNorm1d):
            one.eps = 1e-5
    network = read_network(saved(tmp_path / "a.pt", module.state_dict()))
    assert len(readings(network)) == count
    best(network, module)
    said = any("before or behind the activations" in note for note in network.notes)
    assert said == (count > 1)


def test_kernels_are_turned(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    torch.manual_seed(0)
    module = kinds.sequential((3, 5, 5, 2), ["tanh"], [])
    state = {}
    for place, layer in enumerate(linears(module)):
        state[f"params.Dense_{place}.kernel"] = layer.weight.detach().T.contiguous()
        state[f"params.Dense_{place}.bias"] = layer.bias.detach()
    save_file(state, tmp_path / "a.safetensors")
    best(read_network(tmp_path / "a.safetensors"), module)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"norm.weight": torch.ones(8)}, "may be an RMSNorm"),
        (
            {"norm.weight": torch.ones(7), "norm.bias": torch.ones(7)},
            "whose place among the layers",
        ),
        ({"x_mean": torch.zeros(3), "x_std": torch.zeros(3)}, "a spread of zero"),
        ({"a.0": torch.ones(()), "a.1": torch.ones(())}, "2 slopes"),
        ({"blocks.0.scale1": torch.ones(8)}, "a PirateNet"),
        ({"gain": torch.ones(8)}, "not known what they do"),
    ],
)
def test_what_has_no_known_place_is_refused(
    tmp_path: Path, extra: dict[str, torch.Tensor], words: str
) -> None:
    state = kinds.sequential((3, 8, 8, 8, 2), ["tanh"], []).state_dict()
    with pytest.raises(BadInputError, match=words):
        read_network(saved(tmp_path / "a.pt", {**state, **extra}))
