"""How long three lines take that prune a residual network with LayerNorm which is in memory.

python -m tests.benchmarks.prune_module
"""

from __future__ import annotations

import tempfile
import time

import numpy as np
import torch
from torch import Tensor, nn

from spinn_engine.api.modules.prune import prune

WIDTH, UPDATES, ROWS = 64, 600, 2000


class Block(nn.Module):
    """What two layers make of a row, added to it."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(WIDTH)
        self.layers = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        """The sum."""
        return x + self.layers(self.norm(x))  # type: ignore[no-any-return]


def trained() -> tuple[nn.Module, np.ndarray, np.ndarray]:
    """A network of two blocks, and the rows that it was trained on."""
    torch.manual_seed(0)
    x = np.random.default_rng(0).normal(size=(ROWS, 6))
    y = np.stack([np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2], np.tanh(x[:, 3]) * x[:, 4]], 1)
    model = nn.Sequential(
        nn.Linear(6, WIDTH), Block(), Block(), nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 2)
    )
    rows, wanted = (torch.tensor(part, dtype=torch.float32) for part in (x, y))
    optimizer = torch.optim.Adam(model.parameters(), 3e-3)
    for _ in range(UPDATES):
        some = torch.randint(0, ROWS, (128,))
        optimizer.zero_grad()
        nn.functional.mse_loss(model(rows[some]), wanted[some]).backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return model, x, y


def main() -> None:
    """Print the seconds and what came out, with targets and without."""
    model, x, y = trained()
    for targets in (y, None):
        began, used = time.perf_counter(), time.process_time()
        pruned = prune(model, x, targets, param_reduction=0.685, progress=False)
        taken, used = time.perf_counter() - began, time.process_time() - used
        print(f"{taken:.0f} s ({used:.0f} s of CPU): {pruned.headline}")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        import os

        os.environ["SPINN_RESULTS"] = folder
        main()
