"""Magnitude pruning: single weights set to zero, in tensors that stay as large as they were.

What is left of a layer then takes over, as after removed neurons (``reconstruction.py``). But every
output has a support of its own, so that there is no common factor: each column of a layer is a
least-squares problem on its own weights, and all are solved together by conjugate gradients
(Hestenes & Stiefel 1952) with the diagonal as preconditioner. How many steps is picked on held-out
rows, where few steps do as a large ridge does. A column of which the next direction hardly varies
over the rows, less than the rounding of their moments, goes no further.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spinn_engine.graph.ops import INPUTS, Dense
from spinn_engine.pruning.reconstruction import ROUNDING, Calibration, Choice, Moments
from spinn_engine.training.functions import step_of
from spinn_engine.training.network import Stack

STEPS = (5, 10, 20)
LEAST_DIAGONAL = 1e-8  # of the largest: an input that hardly varies is left alone


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


@torch.no_grad()
def reconstruct_masked(
    dense: Stack,
    masked: Stack,
    masks: Sequence[Tensor],
    rows: Calibration,
    steps: Sequence[int] = STEPS,
) -> None:
    """Solve every layer of ``masked`` anew, in place, from the first to the last.

    Args:
        dense: the networks ``[S]`` before the weights were zeroed.
        masked: the same with zeros; changed in place, where a mask is zero it stays zero.
        masks: per layer ``[S, in, out]``.
        rows: the calibration rows.
        steps: of conjugate gradients, rising: the choices.
    """
    graph, inputs = dense.graph, (rows.fit, rows.held_out)
    wanted = [dense.values(x) for x in inputs]
    have, tensors, left = [{INPUTS: x} for x in inputs], masked.tensors, iter(masks)
    for op in graph.ops:
        own = [tensors[p.name] for p in graph.parameters_of(op)]
        if isinstance(op, Dense) and op.trained:
            hidden = [values[op.inputs[0]] for values in have]
            target = [values[op.name] for values in wanted]
            _solve(op, own, hidden, target, next(left), steps)
        for values in have:
            values[op.name] = step_of(op)([values[name] for name in op.inputs], own)


def _solve(
    op: Dense,
    own: list[Tensor],
    hidden: list[Tensor],
    target: list[Tensor],
    mask: Tensor,
    steps: Sequence[int],
) -> None:
    """Solve one layer in place on its support; arguments as in ``reconstruction``."""
    missing = [t - step_of(op)([h], own) for h, t in zip(hidden, target, strict=True)]
    fit, held_out = (Moments(h, m, centred=op.bias) for h, m in zip(hidden, missing, strict=True))
    best = Choice(held_out, torch.zeros(own[0].shape, dtype=torch.float64))
    best.offer(torch.inf, torch.zeros_like(best.weight_change), fit.missing_mean)
    for count, change in _conjugate_gradients(fit, mask, steps):
        best.offer(count, change, fit.missing_mean - fit.hidden_mean @ change)
    best.apply(own)


def _conjugate_gradients(
    fit: Moments, mask: Tensor, steps: Sequence[int]
) -> list[tuple[int, Tensor]]:
    """The change of the weights ``[S, in, out]`` after each of ``steps``, zero off the support."""
    gram = fit.gram
    diagonal = gram.diagonal(dim1=1, dim2=2)[:, :, None]  # [S, in, 1]
    usable = (diagonal > LEAST_DIAGONAL * diagonal.amax(dim=1, keepdim=True)).double()
    support = mask.cpu().double() * usable
    scale = usable / torch.where(usable > 0, diagonal, 1.0)
    change = torch.zeros_like(support)
    residual = support * fit.cross
    direction = scale * residual
    power = (residual * direction).sum(dim=1, keepdim=True)  # [S, 1, out]
    goes_on = torch.ones_like(power, dtype=torch.bool)
    found = []
    for step in range(1, max(steps, default=0) + 1):
        turned = support * (gram @ direction)
        curvature = (direction * turned).sum(dim=1, keepdim=True)
        each = (diagonal * direction.square()).sum(dim=1, keepdim=True)  # were all independent
        goes_on = goes_on & (power > 0) & (curvature > ROUNDING * each)
        length = torch.where(goes_on, power / curvature, 0.0)
        change = change + length * direction
        residual = residual - length * turned
        preconditioned = scale * residual
        now = (residual * preconditioned).sum(dim=1, keepdim=True)
        direction = preconditioned + torch.where(goes_on, now / power, 0.0) * direction
        power = now
        if step in steps:
            found.append((step, change))
    return found
