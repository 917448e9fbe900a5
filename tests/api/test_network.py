"""A network takes tensors, arrays and frames alike, and says which column it lacks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch

from spinn_engine import api
from spinn_engine.api.network import Network
from spinn_engine.errors import BadInputError


@pytest.fixture(scope="module")
def network() -> Network:
    return api.load_network("demo")


@pytest.fixture(scope="module")
def rows(network: Network) -> pd.DataFrame:
    values = np.random.default_rng(0).normal(100.0, 5.0, size=(7, len(network.input_names)))
    return pd.DataFrame(values, columns=list(network.input_names), index=range(3, 10))


def by_hand(network: Network, x: np.ndarray) -> np.ndarray:
    """With plain PyTorch and NumPy, from the file."""
    path = api.open_run("demo").checkpoints / "spinn_structured_stage3.pt"
    held = torch.load(path, weights_only=True)
    scaler = {name: value.numpy() for name, value in held["scaler"].items()}
    h = (x - scaler["x_mean"]) / scaler["x_std"]
    weights = list(held["state_dict"].values())
    for layer in range(0, len(weights), 2):
        h = h @ weights[layer].double().numpy().T + weights[layer + 1].double().numpy()
        h = np.tanh(h) if layer < len(weights) - 2 else h
    return np.asarray(h * scaler["y_std"] + scaler["y_mean"])


def test_all_kinds_of_rows_give_the_same(network: Network, rows: pd.DataFrame) -> None:
    right = by_hand(network, rows.to_numpy())
    array = network(rows.to_numpy())
    assert isinstance(array, np.ndarray)
    np.testing.assert_allclose(array, right, rtol=1e-4, atol=1e-6)
    tensor = network(torch.tensor(rows.to_numpy()))
    np.testing.assert_array_equal(tensor.detach().numpy(), array)
    shuffled = rows[rows.columns[::-1]].assign(note="text", extra=1)
    frame = network(shuffled)
    assert list(frame.columns) == list(network.target_names)
    assert list(frame.index) == list(rows.index)
    np.testing.assert_array_equal(frame.to_numpy(), array)
    np.testing.assert_array_equal(network(rows.to_numpy().tolist()), array)


def test_a_tensor_keeps_its_gradients(network: Network, rows: pd.DataFrame) -> None:
    x = torch.tensor(rows.to_numpy(), requires_grad=True)
    network(x).sum().backward()
    assert x.grad is not None
    assert float(x.grad.abs().sum()) > 0


def test_kinds_of_numbers_are_taken_and_a_missing_one_stays_missing(
    network: Network, rows: pd.DataFrame
) -> None:
    first, second = network.input_names[:2]
    kinds, plain = rows.copy(), rows.copy()
    kinds[first], kinds[second] = rows[first].round().astype("Int64"), True
    plain[first], plain[second] = rows[first].round(), 1.0
    np.testing.assert_array_equal(network(kinds), network(plain))
    kinds.loc[3, first] = pd.NA
    assert np.isnan(network(kinds).loc[3]).all()
    assert not np.isnan(network(kinds).loc[4]).any()


def test_what_does_not_fit_is_one_sentence(network: Network, rows: pd.DataFrame) -> None:
    name = network.input_names[2]
    refused = {
        f"the frame has no column '{name}'": rows.drop(columns=name),
        f"rename '{name.upper()}' if that is it": rows.rename(columns={name: name.upper()}),
        f"several columns are called '{name}'": pd.concat([rows, rows[[name]]], axis=1),
        f"column '{name}' holds str": rows.assign(**{name: "hard"}),
        f"column '{name}' holds datetime64": rows.assign(**{name: pd.Timestamp("2024-01-01")}),
        "rows have the shape [7]": rows[name].to_numpy(),
        f"it must be [rows, {len(network.input_names)}]": rows.to_numpy()[:, 1:],
        "rows of the type str are no array": "rows.csv",
    }
    for told, given in refused.items():
        with pytest.raises(BadInputError) as caught:
            network(given)
        assert told in str(caught.value)
        assert "\n" not in str(caught.value)
    with pytest.raises(BadInputError, match="rows have the shape"):
        network(torch.zeros(3))


def test_a_file_is_its_own_stage() -> None:
    folder = api.open_run("demo").checkpoints
    loaded = api.load_network(folder / "dense_pinn_improved_final.pt")
    dense = api.load_network("demo", stage=0)
    for one, other in zip(loaded.parameters(), dense.parameters(), strict=True):
        assert torch.equal(one, other)
    with pytest.raises(BadInputError, match="a file holds one network, so leave out stage"):
        api.load_network(folder / "dense_pinn_improved_final.pt", stage=0)
    with pytest.raises(BadInputError, match=r"there is no file .*none\.pt"):
        api.load_network("none.pt")
