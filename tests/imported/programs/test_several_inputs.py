"""Programs of several tensors of rows, as PINNs and DeepONets have them: their columns in order."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import StoredNetwork, read_network
from spinn_engine.pruning.importance import CRITERIA, ScoringData
from spinn_engine.pruning.stage import select
from spinn_engine.pruning.surgery import remove_neurons
from spinn_engine.training.network import Stack

ROWS = 9


def layers(*widths: int) -> nn.Sequential:
    made: list[nn.Module] = []
    for into, out in zip(widths, widths[1:], strict=False):
        made += [nn.Linear(into, out), nn.Tanh()]
    return nn.Sequential(*made[:-1])


class Pinn(nn.Module):
    """Of a place and a time."""

    def __init__(self) -> None:
        super().__init__()
        self.net = layers(2, 8, 6, 1)

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return self.net(torch.cat([x, t], dim=1))  # type: ignore[no-any-return]


class Turned(Pinn):
    """Takes the time first."""

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return super().forward(t, x)


class Hard(Pinn):
    """Zero at both ends, as it is built."""

    def forward(self, x: Tensor, t: Tensor) -> Tensor:
        return x * (1 - x) * super().forward((x - 0.5) / 2, t)


class DeepONet(nn.Module):
    """A branch of a function's values, a trunk of a place, and their product."""

    def __init__(self) -> None:
        super().__init__()
        self.branch, self.trunk = layers(3, 8, 5), layers(1, 7, 5)
        self.bias = nn.Parameter(torch.tensor([0.3]))

    def forward(self, u: Tensor, y: Tensor) -> Tensor:
        made = torch.einsum("bi,bi->b", self.branch(u), self.trunk(y))
        return made[:, None] + self.bias


class Joined(nn.Module):
    """Two layers of inputs of their own, added."""

    def __init__(self) -> None:
        super().__init__()
        self.a, self.b, self.last = nn.Linear(2, 8), nn.Linear(3, 8), nn.Linear(8, 2)

    def forward(self, u: Tensor, y: Tensor) -> Tensor:
        return self.last(torch.tanh(self.a(u) + self.b(y)))  # type: ignore[no-any-return]


CASES: dict[type[nn.Module], tuple[tuple[int, int], tuple[int, ...]]] = {
    Pinn: ((1, 1), (8, 6)),
    Turned: ((1, 1), (8, 6)),
    Hard: ((1, 1), (8, 6)),
    DeepONet: ((3, 1), (8, 5, 7)),  # the five that are multiplied are pruned together
    Joined: ((2, 3), (8,)),
}


def written(module: nn.Module, given: tuple[Tensor, ...], path: Path) -> StoredNetwork:
    if path.suffix == ".pt2":
        rows = torch.export.Dim("rows")
        program = torch.export.export(module, given, dynamic_shapes=({0: rows},) * len(given))
        torch.export.save(program, path)
    else:
        free = {"u": {0: "rows"}, "y": {0: "rows"}}
        torch.onnx.export(
            module, given, str(path), input_names=["u", "y"], dynamic_axes=free, dynamo=False
        )
    return read_network(path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("ending", [".pt2", ".onnx"])
@pytest.mark.parametrize("kind", CASES)
def test_their_columns_stand_beside_each_other(
    kind: type[nn.Module], ending: str, tmp_path: Path
) -> None:
    torch.manual_seed(1)
    (widths, hidden), module = CASES[kind], kind().eval()
    given = tuple(torch.randn(ROWS, width) for width in widths)
    network = written(module, given, tmp_path / f"a{ending}")
    with torch.no_grad():
        wanted = module(*given).numpy()
    x = torch.cat(given, dim=1)
    np.testing.assert_allclose(
        outputs_of(network.graph, network.arrays, x.numpy()), wanted, atol=1e-5
    )
    assert network.hidden == hidden
    assert network.params == sum(one.numel() for one in module.parameters())
    assert "their columns are its inputs, in this order" in network.notes[0]

    tensors = {p.name: torch.tensor(network.arrays[p.name]) for p in network.graph.parameters}
    shapes = {p.name: network.graph.shape(p) for p in network.graph.parameters}
    stack = Stack(network.graph, {n: one.reshape(1, *shapes[n]) for n, one in tensors.items()})
    scores = CRITERIA["l1"](stack, ScoringData(torch.empty(0), torch.empty(0), ()))
    smaller = remove_neurons(stack, select(scores, [width - 1 for width in hidden]))
    assert smaller(x[None]).shape == (1, *wanted.shape)
    assert smaller.graph.params(smaller.hidden) < network.params
