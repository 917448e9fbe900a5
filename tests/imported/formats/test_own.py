"""Checkpoints of this project, of every kind of network that it trains."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import torch

from spinn_engine.artifacts.checkpoints import StoredStack, checkpoint_bytes
from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.kinds import KINDS, Layout
from spinn_engine.imported import read_network
from spinn_engine.training.network import new_stack
from spinn_engine.training.scaling import Scaler

SCALER = Scaler(np.zeros(3), np.ones(3), np.zeros(2), np.ones(2))
ABOUT = {"input_names": ["a", "b", "c"], "target_names": ["y", "z"]}


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_says_what_it_computes(tmp_path: Path, kind: str) -> None:
    graph = KINDS[kind](Layout((6, 6, 6), ("silu",), norm=True), 3, 2)
    stack = new_stack(graph, [1, 2])
    original = [torch.arange(width).expand(2, -1) for width in graph.hidden]
    stored = StoredStack(stack, ["dense"] * 2, [0, 1], [0, 0], original)
    path = tmp_path / "a.pt"
    content = checkpoint_bytes(stored, 1, SCALER, ABOUT)
    path.write_bytes(content)
    network = read_network(path)
    x = torch.randn(9, 3)
    with torch.no_grad():
        right = stack(x)[1].numpy()
    found = outputs_of(network.graph, network.arrays, x.numpy())
    np.testing.assert_allclose(found, right, atol=1e-5)
    assert network.graph == graph
    assert (network.computes, network.undecided, network.variants) == (True, (), ())
    assert network.params == graph.params(graph.hidden)
    value = torch.load(io.BytesIO(content), weights_only=True)
    for changed in ({"graph": "{}"}, {"graph": 3}, {"state_dict": {"0.weight": torch.ones(2, 2)}}):
        torch.save({**value, **changed}, path)
        with pytest.raises(BadInputError, match="is not as this project writes it"):
            read_network(path)
