"""A network that has the column of the groups among its inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import save_file
from sklearn.metrics import r2_score
from torch import nn

from spinn_engine import api
from spinn_engine.artifacts.imported_dense import import_network
from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.spec import RunSpec


@pytest.fixture
def table(tmp_path: Path) -> Path:
    draw = np.random.default_rng(1)
    frame = pd.DataFrame({"tool": np.repeat(np.arange(20.0), 20), "a": draw.uniform(0, 1, 400)})
    frame["y"] = np.sin(frame.tool / 3) + frame.a**2
    frame.to_csv(tmp_path / "rows.csv", index=False)
    return tmp_path / "rows.csv"


def asked(table: Path, **data: bool) -> RunSpec:
    part = {"source": f"table:{table}", "targets": ["y"], "group": "tool", **data}
    dense = table.with_name("net.safetensors")
    return RunSpec.from_dict({"data": part, "model": {"dense": str(dense)}})


def test_it_is_advised_to_keep_it_and_then_the_network_is_as_it_was(table: Path) -> None:
    kept = asked(table, keep_group=True)
    problem = load_problem(kept.data)
    x, y = problem.inputs, problem.targets
    mean, spread = x[problem.train].mean(axis=0), x[problem.train].std(axis=0)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(2, 24), nn.Tanh(), nn.Linear(24, 24), nn.Tanh())
    network.append(nn.Linear(24, 1))
    rows, wanted = torch.tensor((x - mean) / spread).float(), torch.tensor(y).float()
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(400):
        optimizer.zero_grad()
        off = network(rows[problem.train]) - wanted[problem.train]
        off.square().mean().backward()
        optimizer.step()
    save_file(network.state_dict(), table.with_name("net.safetensors"))

    with pytest.raises(BadInputError, match=r"leave 'tool', .* \(--keep-group\)") as said:
        api.import_network(asked(table))
    assert "\n" not in str(said.value)
    found = import_network(kept, problem)
    val = problem.val
    expected = r2_score(y[val], network(rows[val]).detach().numpy())
    assert found.mean_r2() == pytest.approx(expected, abs=1e-4)
