"""Removing whole neurons: smaller tensors, nothing masked."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spinn_engine.training.network import Stack


@torch.no_grad()
def remove_neurons(stack: Stack, kept: Sequence[Tensor]) -> Stack:
    """A new stack with only the ``kept`` neurons.

    Its output equals that of ``stack`` with the outgoing weights of the removed neurons set to
    zero. Each member keeps its own neurons; inputs and outputs are never removed.

    Args:
        stack: the networks to shrink; left as they are.
        kept: per hidden layer, indices ``[S, count]`` of the neurons that stay.
    """
    weights, biases = [], []
    for layer, (weight, bias) in enumerate(zip(stack.weights, stack.biases, strict=True)):
        if layer:
            weight = take(weight, kept[layer - 1], dim=1)  # [S, kept in, out]
        if layer < len(kept):
            weight = take(weight, kept[layer], dim=2)  # [S, in, kept out]
            bias = take(bias, kept[layer], dim=2)
        weights.append(weight.detach().clone())
        biases.append(bias.detach().clone())
    return Stack(weights, biases, stack.activation)


def take(values: Tensor, index: Tensor, dim: int) -> Tensor:
    """``values`` ``[S, a, b]`` at each member's own ``index`` ``[S, count]`` along ``dim``."""
    view = index[:, :, None] if dim == 1 else index[:, None, :]
    shape = list(values.shape)
    shape[dim] = index.shape[1]
    return values.gather(dim, view.expand(shape))
