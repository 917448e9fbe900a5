"""How much each hidden neuron matters: one function a criterion, by its name in ``CRITERIA``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from spinn_engine.spec import Criterion
from spinn_engine.training.network import ACTIVATIONS, Stack

Scores = list[Tensor]  # one [S, width] a hidden layer; a higher score is kept longer


@dataclass(frozen=True)
class ScoringData:
    """What criteria may look at besides the weights.

    Attributes:
        x: each member's standardised calibration inputs ``[S, rows, in]``.
        y: standardised targets of the same rows ``[S, rows, out]``.
        seeds: one a member, for the ``random`` criterion.
        effects: of an equation, whose loss is not about ``y``: every neuron's output times the
            gradient of the row's loss, per hidden layer ``[S, rows, width]``.
    """

    x: Tensor
    y: Tensor
    seeds: Sequence[int]
    effects: Callable[[Stack], list[Tensor]] | None = None


def l1(stack: Stack, _: ScoringData) -> Scores:
    """Sum of the absolute incoming weights and bias of each neuron.

    Li et al. 2017, *Pruning filters for efficient ConvNets*, section 3.1, with the bias counted.
    """
    return [w.detach().abs().sum(dim=1) + b.detach().abs()[:, 0] for w, b in _hidden(stack)]


def l1_out(stack: Stack, _: ScoringData) -> Scores:
    """Sum of the absolute outgoing weights of each neuron."""
    return [w.detach().abs().sum(dim=2) for w in list(stack.weights)[1:]]


def l1_in_out(stack: Stack, data: ScoringData) -> Scores:
    """Product of the incoming and the outgoing L1 norm."""
    pairs = zip(l1(stack, data), l1_out(stack, data), strict=True)
    return [incoming * outgoing for incoming, outgoing in pairs]


def l2(stack: Stack, _: ScoringData) -> Scores:
    """Euclidean norm of the incoming weights and bias of each neuron."""
    squares = [(w.detach().square(), b.detach().square()) for w, b in _hidden(stack)]
    return [(w.sum(dim=1) + b[:, 0]).sqrt() for w, b in squares]


@torch.no_grad()
def activation(stack: Stack, data: ScoringData) -> Scores:
    """Standard deviation of the neuron's output over the rows, times its outgoing L1 norm.

    A neuron whose output never changes does nothing that the next bias could not do.
    """
    act = ACTIVATIONS[stack.activation]
    hidden = stack.pre_activations(data.x)[:-1]
    spreads = [act(z).std(dim=1, correction=0) for z in hidden]
    pairs = zip(spreads, l1_out(stack, data), strict=True)
    return [spread * outgoing for spread, outgoing in pairs]


def taylor(stack: Stack, data: ScoringData) -> Scores:
    """Mean over rows of |output x gradient of that row's loss|, the loss as in training.

    Molchanov et al. 2017, *Pruning convolutional neural networks for resource efficient inference*,
    eq. 8: to first order, how much the loss changes when the neuron's output becomes zero.
    """
    effects = data.effects or partial(_effects_on_error, data=data)
    return [effect.abs().mean(dim=1) for effect in effects(stack)]


def _effects_on_error(stack: Stack, data: ScoringData) -> list[Tensor]:
    """Output times gradient of the row's squared error, per hidden layer ``[S, rows, width]``."""
    act = ACTIVATIONS[stack.activation]
    x = data.x
    outputs: list[Tensor] = []
    layers = list(zip(stack.weights, stack.biases, strict=True))
    with torch.enable_grad():
        for weight, bias in layers[:-1]:
            x = act(torch.baddbmm(bias, x, weight))  # [S, rows, width]
            outputs.append(x)
        predicted = torch.baddbmm(layers[-1][1], x, layers[-1][0])
        loss = (predicted - data.y).square().mean(dim=2).sum()  # rows and members are separate
        gradients = torch.autograd.grad(loss, outputs)
    pairs = zip(outputs, gradients, strict=True)
    return [output.detach() * gradient for output, gradient in pairs]


def random(stack: Stack, data: ScoringData) -> Scores:
    """Uniform random numbers, the control that every criterion must beat."""
    generators = [torch.Generator().manual_seed(seed) for seed in data.seeds]
    return [
        torch.stack([torch.rand(width, generator=g) for g in generators]).to(stack.weights[0])
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


def _hidden(stack: Stack) -> list[tuple[Tensor, Tensor]]:
    """Incoming weights and biases of the hidden layers."""
    return list(zip(stack.weights, stack.biases, strict=True))[:-1]


def strongest(scores: Tensor, count: int) -> Tensor:
    """Indices ``[S, count]``, rising, of the ``count`` highest of ``scores`` ``[S, width]``.

    Of neurons with equal scores the one with the lower index is kept.
    """
    order = torch.argsort(scores, dim=1, descending=True, stable=True)
    return order[:, :count].sort(dim=1).values
