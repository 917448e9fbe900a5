"""The plain loop that most projects of torch have."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

from tests.peers.record import Task
from tests.peers.table import TRAIN


def fit(network: nn.Module, work: Task, steps: int = 1500, rate: float = 0.01) -> nn.Module:
    """Adam on all training rows at once; the network comes back at rest."""
    x, y = torch.from_numpy(work.x[TRAIN]), torch.from_numpy(work.y[TRAIN])
    optimizer = torch.optim.Adam(network.parameters(), lr=rate)
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    scale = y.std(dim=0)
    network.train()
    for _ in range(steps):
        optimizer.zero_grad()
        loss = (((network(x) - y) / scale) ** 2).mean()
        loss.backward()
        optimizer.step()
        falling.step()
    return network.eval()


def predicted_by(network: nn.Module) -> Callable[[np.ndarray], np.ndarray]:
    """What a network of torch gives for rows of NumPy, without gradients."""

    def predict(x: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            out: np.ndarray = network(torch.from_numpy(x)).numpy()
        return out

    return predict


def parameters(network: nn.Module) -> int:
    """How many numbers it learned."""
    return sum(one.numel() for one in network.parameters())
