"""How much each hidden neuron matters: one function a criterion, by its name in ``CRITERIA``.

A neuron of a dimension that several layers make or take, such as the stream between skips, has the
sum over them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import torch
from torch import Tensor

from spinn_engine.graph.ops import Dense
from spinn_engine.pruning.elimination import Taker, directions, order_for
from spinn_engine.spec import Criterion
from spinn_engine.training.network import Felt, Stack, felt_by_outputs, gated, traced
from spinn_engine.training.objective import Asked

Scores = list[Tensor]  # [S, width] of each dimension; a higher score is kept longer


@dataclass(frozen=True)
class ScoringData:
    """What criteria may look at besides the weights.

    Attributes:
        x: each member's standardised calibration inputs ``[S, rows, in]``.
        y: standardised targets of the same rows ``[S, rows, out]``.
        seeds: one a member, for the ``random`` criterion.
        equation: whose loss is not about ``y``, where there is one.
        hidden: the widths that the networks will be cut to, where they are known.
    """

    x: Tensor
    y: Tensor
    seeds: Sequence[int]
    equation: Asked | None = None
    hidden: Sequence[int] | None = None


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
    found = data.equation.effects(stack) if data.equation else _effects_on_error(stack, data)
    return [effect.abs().mean(dim=1) for effect in found]


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


def hessian(stack: Stack, data: ScoringData) -> Scores:
    """Sum over all weights and biases that make or take the neuron of ``w^2 h``.

    ``h`` is the mean over rows of the squared gradient of that row's loss, as the diagonal of the
    Hessian is near a minimum. LeCun et al. 1990, *Optimal brain damage*, eq. 5, summed over what
    goes with a neuron. Of an equation it is the same of one factor before each neuron.
    """
    if data.equation:
        return [effect.square().mean(dim=1) for effect in data.equation.effects(stack)]
    graph, tensors, values = stack.graph, stack.tensors, traced(stack, data.x)
    layers = [values[op.name] for op in graph.dense]
    loss = (values[graph.ops[-1].name] - data.y).square().mean(dim=2).sum()
    gradients = torch.autograd.grad(loss, layers)
    weight, bias = {}, {}
    for op, gradient in zip(graph.dense, gradients, strict=True):
        squared, taken = gradient.square(), values[op.inputs[0]].detach().square()
        own = tensors[f"{op.name}.weight"].detach().square()
        weight[op.name] = own * (taken.mT @ squared) / squared.shape[1]  # [S, in, out]
        if op.bias:
            own = tensors[f"{op.name}.bias"].detach().square()
            bias[op.name] = (own * squared.mean(dim=1, keepdim=True)).sum(dim=1)
    return [
        _sum(
            [
                *(weight[op.name].sum(dim=1) for op in graph.producers(dim)),
                *(bias[op.name] for op in graph.producers(dim) if op.bias),
                *(
                    weight[op.name][:, part].sum(dim=2)
                    for op in graph.consumers(dim)
                    for part in graph.taken(op, dim)
                ),
            ]
        )
        for dim in graph.prunable
    ]


def fpgm(stack: Stack, _: ScoringData) -> Scores:
    """Sum of the Euclidean distances of its incoming weights from those of all others.

    Low scores stand near the geometric median, where others can do the same. He et al. 2019,
    *Filter pruning via geometric median*, eq. 6.
    """
    graph, tensors = stack.graph, stack.tensors
    incoming = [
        torch.cat([tensors[f"{op.name}.weight"].detach() for op in graph.producers(dim)], dim=1)
        for dim in graph.prunable
    ]
    return [torch.cdist(weight.mT, weight.mT).sum(dim=2) for weight in incoming]


def lamp(stack: Stack, data: ScoringData) -> Scores:
    """The square of its weights over that of all neurons that do not go before it.

    Of all weights and biases that make or take a neuron. Lee et al. 2021, *Layer-adaptive sparsity
    for the magnitude-based pruning*, eq. 4, for neurons: within a layer the order of ``w^2``, made
    to be held against that of other layers.
    """
    graph, tensors, found = stack.graph, stack.tensors, []
    for dim, own in zip(graph.prunable, _incoming(stack, torch.square), strict=True):
        outgoing = (
            tensors[f"{op.name}.weight"].detach()[:, part].square().sum(dim=2)
            for op in graph.consumers(dim)
            for part in graph.taken(op, dim)
        )
        squares = _sum([own, *outgoing])
        rising, order = squares.sort(dim=1, stable=True)
        left = rising.flip(1).cumsum(dim=1).flip(1)
        found.append(torch.empty_like(rising).scatter_(1, order, rising / left))
    return found


def obs(stack: Stack, data: ScoringData) -> Scores:
    """What the outputs lose when the neuron goes in its turn and the rest takes over.

    See ``elimination``; in mean squared error of the standardised outputs, whatever the layer. Of
    an equation, its residual counts beside them.
    """
    graph = stack.graph
    felt = data.equation.felt(stack) if data.equation else felt_by_outputs(stack, data.x)
    weights = {op.name: _doubles(stack.tensors[f"{op.name}.weight"]) for op in graph.dense}

    def taker(member: int, op: Dense, dim: str, one: Felt) -> Taker:
        taken = _doubles(one.taken[member])
        if one.mended:
            taken = taken - taken.mean(dim=0)
        gradients = [_doubles(gradient[member]) for gradient in one.gradients]
        followed = _sum(rows.mT @ rows for rows in gradients) / len(taken)
        weight = weights[op.name][member] @ torch.from_numpy(directions(followed.numpy()))
        places = [np.arange(part.start, part.stop) for part in graph.taken(op, dim)]
        return Taker((taken.mT @ taken / len(taken)).numpy(), weight.numpy(), places)

    def scores(member: int, dim: str, keep: int | None) -> Tensor:
        consumers = graph.consumers(dim)
        takers = [taker(member, op, dim, one) for op in consumers for one in felt[op.name]]
        return torch.from_numpy(order_for(takers, graph.widths[dim], keep).scores())

    return [
        torch.stack([scores(member, dim, keep) for member in range(stack.size)]).to(data.x.device)
        for dim, keep in zip(graph.prunable, data.hidden or repeat(None), strict=False)
    ]


def _doubles(values: Tensor) -> Tensor:
    """The same on the CPU, as some devices have no float64."""
    return values.detach().cpu().double()


CRITERIA: dict[Criterion, Callable[[Stack, ScoringData], Scores]] = {
    "l1": l1,
    "obs": obs,
    "l1_out": l1_out,
    "l1_in_out": l1_in_out,
    "l2": l2,
    "activation": activation,
    "taylor": taylor,
    "hessian": hessian,
    "fpgm": fpgm,
    "lamp": lamp,
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
