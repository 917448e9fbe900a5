"""A training step of a stack against the same chain of layers written out by hand, in turn.

    python -m tests.benchmarks.step

What a graph costs: the ratio of the two, for the reference network and for small ones.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from spinn_engine.graph.kinds import mlp
from spinn_engine.training.network import Stack, new_stack

SIZES = (
    ((512, 512, 512, 256), 256, 1, 60),
    ((16, 16, 16, 8), 64, 20, 200),
    ((64, 64), 64, 20, 200),
)
ENDS, SEEDS = (18, 2), (0, 1, 2)


class ByHand(nn.Module):
    """The chain that a stack of plain networks is, without a graph."""

    def __init__(self, stack: Stack) -> None:
        super().__init__()
        tensors = stack.tensors
        names = [op.name for op in stack.graph.dense]
        self.weights = nn.ParameterList([tensors[f"{n}.weight"].detach().clone() for n in names])
        self.biases = nn.ParameterList([tensors[f"{n}.bias"].detach().clone() for n in names])

    def forward(self, x: Tensor) -> Tensor:
        """Outputs ``[S, B, out]`` for ``x`` ``[S, B, in]``."""
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, torch.tanh(x) if layer else x, weight)
        return x


def step_of(network: nn.Module, x: Tensor, y: Tensor) -> Callable[[], None]:
    """One update by Adam."""
    optimizer = torch.optim.Adam(network.parameters(), fused=True)

    def step() -> None:
        optimizer.zero_grad()
        loss = (network(x) - y).square().mean(dim=(1, 2)).sum()
        torch.autograd.backward(loss)
        optimizer.step()

    return step


def ratio(hidden: Sequence[int], batch: int, steps: int, rounds: int) -> tuple[float, float]:
    """The median of the ratios of one round each, and microseconds of a step by hand."""
    stack = new_stack(mlp(hidden, *ENDS), SEEDS)
    x, y = torch.randn(len(SEEDS), batch, ENDS[0]), torch.randn(len(SEEDS), batch, ENDS[1])
    ways = [step_of(ByHand(stack), x, y), step_of(stack, x, y)]
    times: list[list[float]] = [[], []]
    for turn in range(rounds + 2):
        for way in (0, 1) if turn % 2 else (1, 0):
            start = time.perf_counter()
            for _ in range(steps):
                ways[way]()
            times[way].append((time.perf_counter() - start) / steps)
    each = [graph / hand for hand, graph in zip(*(t[2:] for t in times), strict=True)]
    return statistics.median(each), 1e6 * min(times[0])


def main() -> None:
    """Print one line a size."""
    for hidden, batch, steps, rounds in SIZES:
        found, alone = ratio(hidden, batch, steps, rounds)
        sys.stdout.write(f"{hidden}: {found:.3f} of a step by hand, which takes {alone:.0f} us\n")


if __name__ == "__main__":
    main()
