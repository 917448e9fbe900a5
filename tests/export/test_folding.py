"""Folding against the network between its scalers, and the precision that a column asks for."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from spinn_engine.export.comparison import TOLERANCE, Rows, largest_differences, outputs_of
from spinn_engine.export.folding import fold
from spinn_engine.export.precision import folded
from spinn_engine.graph.arrays import outputs_of as in_numpy
from spinn_engine.training.modules import CALLS
from tests.export.kinds import GRAPHS, arrays_of, raw_network_of
from tests.export.support import DTYPES, raw_network, raw_rows

MEANS = st.floats(-1e9, 1e9)
SPREADS = st.floats(1e-2, 1e4)


def rows_of(inputs: np.ndarray) -> Rows:
    return Rows(inputs, np.array([20.0, 0.3]), {})


@settings(max_examples=60)
@given(
    means=st.tuples(MEANS, MEANS, MEANS),
    spreads=st.tuples(SPREADS, SPREADS, SPREADS),
    activation=st.sampled_from(sorted(name for name, how in CALLS.items() if how.module)),
    bias=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_folded_in_float64_is_the_network(
    means: tuple[float, float, float],
    spreads: tuple[float, float, float],
    activation: str,
    bias: bool,
    seed: int,
) -> None:
    """Standardised, run and scaled back by hand in float64."""
    whole = raw_network(activation, means, spreads, bias, seed)
    x = raw_rows(whole, 40, seed)
    with torch.no_grad():
        found = fold(whole, torch.float64).module(torch.from_numpy(x)).numpy()
        hidden = torch.from_numpy((x - np.array(means)) / np.array(spreads))
        expected = whole.network.double()(hidden).numpy() * [20.0, 0.3] + [100.0, -0.4]
    # what x itself has lost to rounding: the mean may be 1e11 spreads away
    lost = 1e-13 * max(abs(mean) / spread for mean, spread in zip(means, spreads, strict=True))
    np.testing.assert_allclose(
        found / [20.0, 0.3], expected / [20.0, 0.3], rtol=0, atol=1e-9 + lost
    )


def test_only_torchs_own_classes_are_left_and_the_network_stays_as_it_was() -> None:
    whole = raw_network(bias=False)
    before = [p.clone() for p in whole.network.parameters()]
    network = cast(nn.Sequential, fold(whole, torch.float32).module)
    assert type(network) is nn.Sequential
    assert [type(m) for m in network] == [nn.Linear, nn.Tanh, nn.Linear, nn.Tanh, nn.Linear]
    assert [network[at].bias is None for at in (0, 2, 4)] == [False, True, False]
    for parameter, old in zip(whole.network.parameters(), before, strict=True):
        assert torch.equal(parameter, old)


def test_ordinary_columns_are_float32() -> None:
    whole = raw_network()
    found = folded(whole, rows_of(raw_rows(whole, 500)))
    assert found.dtype == "float32"
    assert all(p.dtype == torch.float32 for p in found.network.module.parameters())
    assert found.why.startswith("float32 is ")


@pytest.mark.parametrize("column", ["b", "z"])
def test_a_column_far_from_zero_is_float64(column: str) -> None:
    """A clock among the inputs, a large offset of a target: float32 cannot tell their values."""
    whole = raw_network(means=(5.0, 1e9 if column == "b" else 0.0, 0.1), spreads=(3.0, 1e3, 20.0))
    if column == "z":
        whole.y_mean = torch.tensor([100.0, 1e6], dtype=torch.float64)
    x = raw_rows(whole, 500)
    rows = rows_of(x)
    single = outputs_of(fold(whole, torch.float32).module, x.astype(np.float32))
    lost = (largest_differences(single, outputs_of(whole, x)) / rows.spread).max()
    assert lost > 100 * TOLERANCE
    found = folded(whole, rows)
    assert found.dtype == "float64"
    assert f"{lost:.1e}".replace("e-0", "e-") in found.why
    assert f"{column!r} lies farthest from zero" in found.why
    differences = largest_differences(outputs_of(found.network.module, x), found.expected)
    assert (differences / rows.spread < TOLERANCE / 2).all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", GRAPHS)
def test_any_graph_is_folded(name: str, dtype: str) -> None:
    """Standardised, run through the graph in NumPy and scaled back, in float64."""
    whole = raw_network_of(GRAPHS[name])
    x = raw_rows(whole, 50)
    x_mean, x_std, y_mean, y_std = (
        getattr(whole, part).numpy() for part in ("x_mean", "x_std", "y_mean", "y_std")
    )
    network = fold(whole, DTYPES[dtype])
    expected = in_numpy(whole.graph, arrays_of(whole), (x - x_mean) / x_std)
    found = (outputs_of(network.module, x.astype(dtype)) - y_mean) / y_std
    assert np.abs(found - expected).max() < {"float32": 2e-5, "float64": 1e-12}[dtype]
    assert network.graph.params(network.graph.hidden) >= whole.graph.params(whole.graph.hidden)
    assert network.dtype == DTYPES[dtype]
    assert all(one.dtype == network.dtype for one in network.weights.values())
    assert {type(one).__module__.partition(".")[0] for one in network.module.modules()} == {"torch"}
