"""Costs: every arm and batch is there, sparse networks compute the same, memory by hand."""

from __future__ import annotations

import io
import time

import pytest
import torch
from torch import Tensor, nn

from spinn_engine.evaluation.cost import ROUNDS, SparseNetwork, latencies, peak_memory, round_times
from tests.pruning.test_surgery import plain, random_stack

CPU = torch.device("cpu")


def holed(seed: int) -> nn.Sequential:
    """A network of which most weights are zero."""
    network = plain(random_stack([30, 20], 5, 2, "tanh", seed=seed), 0)
    for layer in network:
        if isinstance(layer, nn.Linear):
            layer.weight.data[layer.weight.abs() < layer.weight.abs().quantile(0.7)] = 0.0
    return network


@pytest.mark.parametrize("layout", ["coo", "csr"])
@pytest.mark.parametrize("batch", [1, 17])
def test_a_sparse_network_gives_what_the_dense_one_does(layout: str, batch: int) -> None:
    network, x = holed(seed=2), torch.randn(batch, 5)
    sparse = SparseNetwork(network, layout)
    with torch.inference_mode():
        torch.testing.assert_close(sparse(x), network(x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("layout", "per_weight"), [("coo", 4 + 2 * 8), ("csr", 4 + 8)])
def test_sparse_files_hold_values_and_indices(layout: str, per_weight: int) -> None:
    network = plain(random_stack([200, 200], 50, 2, "tanh"), 0)
    nonzero = 200 * (50 + 200 + 2)
    assert SparseNetwork(network, layout).file_bytes() == pytest.approx(
        nonzero * per_weight, rel=0.05
    )
    buffer = io.BytesIO()
    torch.save(network.state_dict(), buffer)
    assert buffer.getbuffer().nbytes == pytest.approx(nonzero * 4, rel=0.05)


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
    network = plain(random_stack(hidden, 18, 2, "tanh"), 0).eval()
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
        peak_memory(plain(random_stack([w, w], 18, 2, "relu"), 0).eval(), 18, CPU)[0]
        for w in (256, 128)
    )
    assert large is not None
    assert small is not None
    assert 1.8 < large / small < 2.4
