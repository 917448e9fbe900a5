"""How much each hidden neuron matters. A criterion is one function and one line in CRITERIA."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from spinn_engine.training.network import Stack

Scores = list[Tensor]  # one [S, width] a hidden layer; a higher score is kept longer


def l1(stack: Stack) -> Scores:
    """Sum of the absolute incoming weights and bias of each neuron.

    Li et al. 2017, *Pruning filters for efficient ConvNets*, section 3.1, with the bias counted.
    """
    layers = list(zip(stack.weights, stack.biases, strict=True))[:-1]
    return [w.detach().abs().sum(dim=1) + b.detach().abs()[:, 0] for w, b in layers]


CRITERIA: dict[str, Callable[[Stack], Scores]] = {"l1": l1}


def strongest(scores: Tensor, count: int) -> Tensor:
    """Indices ``[S, count]``, rising, of the ``count`` highest of ``scores`` ``[S, width]``.

    Of neurons with equal scores the one with the lower index is kept.
    """
    order = torch.argsort(scores, dim=1, descending=True, stable=True)
    return order[:, :count].sort(dim=1).values
