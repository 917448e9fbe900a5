"""How far networks are from the targets of their validation rows."""

from __future__ import annotations

import torch
from torch import Tensor

from spinn_engine.training.data import PlacedData
from spinn_engine.training.network import Stack, outputs_of


@torch.no_grad()
def validate(stack: Stack, data: PlacedData, folds: Tensor) -> tuple[list[float], list[float]]:
    """Mean squared error and mean R2 over targets on validation rows, in standardised units.

    Args:
        stack: ``M`` networks.
        data: the rows.
        folds: ``[M]`` whose validation rows a member is judged on.
    """
    rows = data.val.rows[folds]  # [M, n]
    y = data.y[folds[:, None], rows]
    predicted = outputs_of(stack, rows.shape[1], lambda part: data.take(folds, rows[:, part])[0])
    weight = data.val.weight[folds][:, :, None]  # [M, n, 1]
    squared = predicted.sub_(y).square_().mul_(weight).sum(dim=1)  # [M, out]; of many rows no copy
    mean = (y * weight).sum(dim=1, keepdim=True)
    variance = y.sub_(mean).square_().mul_(weight).sum(dim=1).clamp_min(1e-30)  # [M, out]
    return squared.mean(dim=1).tolist(), (1 - squared / variance).mean(dim=1).tolist()
