"""How much each hidden neuron matters: one function a criterion, by its name in ``CRITERIA``.

A neuron of a dimension that several layers make or take, such as the stream between skips, has the
sum over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from spinn_engine.graph.ops import Dense
from spinn_engine.spec import Criterion
from spinn_engine.training.network import Stack, gated

Scores = list[Tensor]  # [S, width] of each dimension; a higher score is kept longer


@dataclass(frozen=True)
class ScoringData:
    """What criteria may look at besides the weights.

    Attributes:
        x: each member's standardised calibration inputs ``[S, rows, in]``.
        y: standardised targets of the same rows ``[S, rows, out]``.
        seeds: one a member, for the ``random`` criterion.
        effects: of an equation, whose loss is not about ``y``: every neuron's output times the
            gradient of the row's loss, per dimension ``[S, rows, width]``.
    """

    x: Tensor
    y: Tensor
    seeds: Sequence[int]
    effects: Callable[[Stack], list[Tensor]] | None = None


def l1(stack: Stack, _: ScoringData) -> Scores:
    """Sum of the absolute incoming weights and bias of each neuron.

    Li et al. 2017, *Pruning filters for efficient ConvNets*, section 3.1, with the bias counted.
    """
    return _incoming(stack, torch.abs)


def l1_out(stack: Stack, _: ScoringData) -> Scores:
    """Sum of the absolute outgoing weights of each neuron."""
    graph, tensors = stack.graph, stack.tensors
    return [
        _sum(
            tensors[f"{op.name}.weight"].detach()[:, part].abs().sum(dim=2)
            for op in graph.consumers(dim)
            for part in graph.taken(op, dim)
        )
        for dim in graph.prunable
    ]


def l1_in_out(stack: Stack, data: ScoringData) -> Scores:
    """Product of the incoming and the outgoing L1 norm."""
    pairs = zip(l1(stack, data), l1_out(stack, data), strict=True)
    return [incoming * outgoing for incoming, outgoing in pairs]


def l2(stack: Stack, _: ScoringData) -> Scores:
    """Euclidean norm of the incoming weights and bias of each neuron."""
    return [layer.sqrt() for layer in _incoming(stack, torch.square)]


@torch.no_grad()
def activation(stack: Stack, data: ScoringData) -> Scores:
    """Standard deviation of the neuron's output over the rows, times its outgoing L1 norm.

    A neuron whose output never changes does nothing that the next bias could not do.
    """
    graph, tensors, values = stack.graph, stack.tensors, stack.values(data.x)

    def spread(op: Dense, dim: str) -> Tensor:
        weight, value = tensors[f"{op.name}.weight"], values[op.inputs[0]]
        return _sum(
            value[..., part].std(dim=1, correction=0) * weight[:, part].abs().sum(dim=2)
            for part in graph.taken(op, dim)
        )

    return [_sum(spread(op, dim) for op in graph.consumers(dim)) for dim in graph.prunable]


def taylor(stack: Stack, data: ScoringData) -> Scores:
    """Mean over rows of |output x gradient of that row's loss|, the loss as in training.

    Molchanov et al. 2017, *Pruning convolutional neural networks for resource efficient inference*,
    eq. 8: to first order, how much the loss changes when the neuron's output becomes zero for all
    layers that take it.
    """
    effects = data.effects or partial(_effects_on_error, data=data)
    return [effect.abs().mean(dim=1) for effect in effects(stack)]


def _effects_on_error(stack: Stack, data: ScoringData) -> list[Tensor]:
    """Output times gradient of the row's squared error, per dimension ``[S, rows, width]``."""
    gates = [data.x.new_ones(*data.x.shape[:2], width) for width in stack.hidden]
    with torch.enable_grad():
        for gate in gates:
            gate.requires_grad_()
        predicted = gated(stack, data.x, gates)
        loss = (predicted - data.y).square().mean(dim=2).sum()  # rows and members are separate
        return list(torch.autograd.grad(loss, gates))


def random(stack: Stack, data: ScoringData) -> Scores:
    """Uniform random numbers, the control that every criterion must beat."""
    generators = [torch.Generator().manual_seed(seed) for seed in data.seeds]
    return [
        torch.stack([torch.rand(width, generator=g) for g in generators]).to(data.x)
        for width in stack.hidden
    ]


CRITERIA: dict[Criterion, Callable[[Stack, ScoringData], Scores]] = {
    "l1": l1,
    "l1_out": l1_out,
    "l1_in_out": l1_in_out,
    "l2": l2,
    "activation": activation,
    "taylor": taylor,
    "random": random,
}


def _incoming(stack: Stack, of_each: Callable[[Tensor], Tensor]) -> Scores:
    """Per dimension ``[S, width]``, the sum over all weights and biases that make its neurons."""
    graph, tensors = stack.graph, stack.tensors
    return [
        _sum(
            of_each(tensors[p.name].detach()).sum(dim=1)
            for op in graph.producers(dim)
            for p in graph.parameters_of(op)
        )
        for dim in graph.prunable
    ]


def _sum(values: Iterable[Tensor]) -> Tensor:
    first, *rest = values
    for one in rest:
        first = first + one
    return first


def strongest(scores: Tensor, count: int) -> Tensor:
    """Indices ``[S, count]``, rising, of the ``count`` highest of ``scores`` ``[S, width]``.

    Of neurons with equal scores the one with the lower index is kept.
    """
    order = torch.argsort(scores, dim=1, descending=True, stable=True)
    return order[:, :count].sort(dim=1).values
