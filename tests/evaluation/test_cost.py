"""Costs: every arm and batch is there, sparse networks compute the same, memory by hand."""

from __future__ import annotations

import io
import time

import pytest
import torch
from torch import Tensor, nn

from spinn_engine.evaluation.cost import ROUNDS, SparseNetwork, latencies, peak_memory, round_times
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import KINDS, Layout, mlp
from spinn_engine.training.modules import module_of_member
from tests.export.kinds import GRAPHS, random_stack

CPU = torch.device("cpu")


def network_of(graph: Graph, seed: int = 0) -> nn.Module:
    return module_of_member(random_stack(graph, seed), 0)


def holed(graph: Graph, seed: int) -> nn.Module:
    """A network of which most weights that are learned are zero."""
    network = network_of(graph, seed)
    for layer in network.modules():
        if isinstance(layer, nn.Linear) and layer.weight.requires_grad:
            layer.weight.data[layer.weight.abs() < layer.weight.abs().quantile(0.7)] = 0.0
    return network


@pytest.mark.parametrize("layout", ["coo", "csr"])
@pytest.mark.parametrize("batch", [1, 17])
@pytest.mark.parametrize("name", GRAPHS)
def test_a_sparse_network_gives_what_the_dense_one_does(layout: str, batch: int, name: str) -> None:
    network = holed(GRAPHS[name], seed=2)
    x = torch.randn(batch, 3, generator=torch.Generator().manual_seed(batch))
    sparse = SparseNetwork(network, layout)
    with torch.inference_mode():
        torch.testing.assert_close(sparse(x), network(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("layout", "per_weight"), [("coo", 4 + 2 * 8), ("csr", 4 + 8)])
def test_sparse_files_hold_values_and_indices(layout: str, per_weight: int) -> None:
    network = network_of(mlp([200, 200], 50, 2))
    nonzero = 200 * (50 + 200 + 2)
    assert SparseNetwork(network, layout).file_bytes() == pytest.approx(
        nonzero * per_weight, rel=0.05
    )
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    assert buffer.getbuffer().nbytes == pytest.approx(nonzero * 4, rel=0.05)


@pytest.mark.parametrize("layout", ["coo", "csr"])
def test_a_sparse_file_holds_what_is_dense_too(layout: str) -> None:
    """A fixed map, and slopes and norms of many neurons, beside next to no weights."""
    layouts = {
        "fourier": (Layout((1,), features=500), 4 * 3 * 500),
        "residual": (Layout((500, 1), ("prelu",), norm=True), 4 * (500 + 4 * 500)),
    }
    for kind, (layout_of_kind, dense) in layouts.items():
        network = network_of(KINDS[kind](layout_of_kind, 3, 2))
        for layer in network.modules():
            if isinstance(layer, nn.Linear) and layer.weight.requires_grad:
                layer.weight.data.zero_()
        assert dense < SparseNetwork(network, layout).file_bytes() < dense + 20_000


def test_every_arm_is_timed_for_every_batch_size() -> None:
    slept = {"quick": 0.0, "slow": 0.004}
    rows: list[tuple[str, int]] = []

    def forward(name: str, x: Tensor) -> Tensor:
        rows.append((name, len(x)))
        time.sleep(slept[name])
        return x

    arms = {name: lambda x, name=name: forward(name, x) for name in slept}
    found = latencies(round_times(arms, 5, CPU, rounds={1: 7, 16: 3}))
    assert list(found) == ["quick", "slow"]
    for name, seconds in slept.items():
        assert list(found[name]) == ["1", "16"]
        assert [one["rounds"] for one in found[name].values()] == [7, 3]
        for one in found[name].values():
            assert seconds * 1e6 <= one["median"] <= one["p95"]
    assert found["quick"]["1"]["median"] < found["slow"]["1"]["median"]
    for turn in range(0, len(rows), 2):  # turn by turn, all arms at the same batch size
        pair = rows[turn : turn + 2]
        assert {name for name, _ in pair} == set(slept)
        assert len({batch for _, batch in pair}) == 1
    assert len({rows[turn][0] for turn in range(0, len(rows), 2)}) == 2  # not always one first


def test_the_batch_sizes_are_the_contracts() -> None:
    assert list(ROUNDS) == [1, 64, 1024, 8192]


@pytest.mark.parametrize("hidden", [[512, 512, 512, 256], [64, 32], [300]])
def test_peak_memory_is_the_weights_and_the_largest_neighbours(hidden: list[int]) -> None:
    """Three tensors may be alive at once: a layer's input, its output, and the activation of it."""
    network = network_of(mlp(hidden, 18, 2))
    peak, how = peak_memory(network, 18, CPU)
    weights = 4 * sum(p.numel() for p in network.parameters())
    widths = [18, *hidden, 2]
    neighbours = max(a + b for a, b in zip(widths[1:], hidden, strict=False))
    by_hand = 4 * 8192 * neighbours
    assert peak is not None
    assert 0.9 * by_hand <= peak - weights <= 1.6 * by_hand
    assert "profiler" in how
    assert "8192" in how


def test_a_smaller_network_needs_less_memory() -> None:
    large, small = (
        peak_memory(network_of(mlp([w, w], 18, 2, "relu")), 18, CPU)[0] for w in (256, 128)
    )
    assert large is not None
    assert small is not None
    assert 1.8 < large / small < 2.4
