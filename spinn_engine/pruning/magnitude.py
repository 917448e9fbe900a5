"""Magnitude pruning: single weights set to zero, in tensors that stay as large as they were."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spinn_engine.training.network import Stack


@torch.no_grad()
def global_masks(stack: Stack, members: Sequence[int], weights_left: int) -> list[Tensor]:
    """Masks per layer ``[M, in, out]``: one where a weight stays, one everywhere in other members.

    In each of ``members`` exactly the ``weights_left`` largest weights of all layers together stay
    (Han et al. 2015, *Learning both weights and connections*, with one threshold for the whole
    network); biases are not pruned. Weights that are zero already are the first to stay zero.
    """
    masks = [torch.ones_like(weight) for weight in stack.weights]
    counts = [weight[0].numel() for weight in stack.weights]
    for member in members:
        flat = torch.cat([weight[member].abs().flatten() for weight in stack.weights])
        left = torch.zeros_like(flat)
        left[flat.topk(min(weights_left, len(flat))).indices] = 1.0
        for mask, part in zip(masks, torch.split_with_sizes(left, counts), strict=True):
            mask[member] = part.view_as(mask[member])
    return masks
