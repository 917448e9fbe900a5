"""A layer that a program uses twice: two layers here, and it is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spinn_engine import api
from spinn_engine.api.modules.prune import prune

TOLD = "have the same weights (tied)"


class Twice(nn.Module):
    """The middle layer runs twice, unless there are two."""

    def __init__(self, layers: int = 1) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.last = nn.Linear(3, 8), nn.Linear(8, 1)
        self.middle = nn.ModuleList([nn.Linear(8, 8) for _ in range(layers)])

    def forward(self, x: Tensor) -> Tensor:
        h = torch.tanh(self.first(x))
        for layer in (self.middle[0], self.middle[-1]):
            h = torch.tanh(layer(h))
        return torch.as_tensor(self.last(h))


def exported(module: nn.Module, path: Path) -> Path:
    program = torch.export.export(module, (torch.zeros(4, 3),))
    torch.export.save(program, path)
    return path


def test_it_is_told_of_a_program(tmp_path: Path) -> None:
    network = api.inspect(exported(Twice(), tmp_path / "net.pt2"))
    [note] = [note for note in network.notes if TOLD in note]
    assert network.params == 3 * 8 + 8 + 2 * (8 * 8 + 8) + 9
    for op in [
        op for op in network.graph.dense if network.arrays[f"{op.name}.weight"].shape == (8, 8)
    ]:
        assert op.name in note
    alone = api.inspect(exported(Twice(2), tmp_path / "two.pt2"))
    assert not any(TOLD in note for note in alone.notes)


def test_the_result_of_a_module_in_memory_tells_it(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (300, 3))
    pruned = prune(Twice(), x, param_reduction=0.5, stages=1, epochs=1)
    result = api.open_run(pruned.run.run_id).result()
    assert result is not None
    assert any(TOLD in note for note in result["notes"])
    assert any(
        "The targets are what the imported network itself gives" in n for n in result["notes"]
    )
    assert not any("is too good" in note for note in result["notes"])
