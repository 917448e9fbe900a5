"""The stack: S networks of equal widths, held as ``[S, in, out]`` tensors and run together.

S = 1 is not a special case. Member s of the stack never sees another member's weights, rows or
gradient; batched matrix products only make many small networks cheaper than one after another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from spinn_engine.spec import Activation

ACTIVATIONS: dict[Activation, Callable[[Tensor], Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": nn.functional.gelu,
    "silu": nn.functional.silu,
    "sigmoid": torch.sigmoid,
    "elu": nn.functional.elu,
    "selu": nn.functional.selu,
    "leaky_relu": nn.functional.leaky_relu,
    "softplus": nn.functional.softplus,
    "mish": nn.functional.mish,
}

LEAST_ROWS = 8192  # that go through networks together, where there are as many
ACTIVATIONS_AT_ONCE = 2**21  # of one layer


class Stack(nn.Module):
    """S fully connected networks of equal widths.

    Attributes:
        weights: per layer ``[S, in, out]``.
        biases: per layer ``[S, 1, out]``.
        activation: name of the function after every layer but the last.
    """

    def __init__(
        self, weights: Sequence[Tensor], biases: Sequence[Tensor], activation: Activation
    ) -> None:
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(w) for w in weights])
        self.biases = nn.ParameterList([nn.Parameter(b) for b in biases])
        self.activation: Activation = activation

    @property
    def size(self) -> int:
        """How many networks the stack holds (S)."""
        return int(self.weights[0].shape[0])

    @property
    def widths(self) -> tuple[int, ...]:
        """Inputs, hidden widths, outputs."""
        return (self.weights[0].shape[1], *(int(w.shape[2]) for w in self.weights))

    @property
    def hidden(self) -> tuple[int, ...]:
        """Hidden widths."""
        return self.widths[1:-1]

    @torch.no_grad()
    def subset(self, members: Sequence[int]) -> Stack:
        """A copy of some of the networks, in the given order; one may stand in it twice."""
        index = list(members)
        weights = [w.detach()[index].clone() for w in self.weights]
        return Stack(weights, [b.detach()[index].clone() for b in self.biases], self.activation)

    def forward(self, x: Tensor) -> Tensor:
        """Outputs ``[S, B, out]`` for standardised inputs ``[S, B, in]`` or shared ``[B, in]``."""
        if x.dim() == 2:
            x = x.expand(self.size, *x.shape)  # [S, B, in]
        return self.pre_activations(x)[-1]

    def pre_activations(self, x: Tensor) -> list[Tensor]:
        """Per layer ``[S, B, width]`` before the activation, for ``x`` ``[S, B, in]``."""
        act, values = ACTIVATIONS[self.activation], []
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = torch.baddbmm(bias, act(x) if layer else x, weight)  # [S, B, out]
            values.append(x)
        return values


@torch.no_grad()
def outputs_of(stack: Stack, rows: int, inputs: Callable[[slice], Tensor]) -> Tensor:
    """Outputs ``[S, rows, out]`` for rows that go through the networks part by part.

    Args:
        stack: the networks.
        rows: how many rows there are.
        inputs: gives some of them, ``[S, n, in]``.
    """
    most = max(LEAST_ROWS, ACTIVATIONS_AT_ONCE // (stack.size * max(stack.widths)))
    parts = [slice(start, min(start + most, rows)) for start in range(0, rows, most)]
    return torch.cat([stack(inputs(part)) for part in parts], dim=1)


@torch.no_grad()
def join(stacks: Sequence[Stack]) -> Stack:
    """One stack of the networks of several, which must have the same widths."""
    weights = zip(*(stack.weights for stack in stacks), strict=True)
    biases = zip(*(stack.biases for stack in stacks), strict=True)
    return Stack(
        [torch.cat(layer) for layer in weights],
        [torch.cat(layer) for layer in biases],
        stacks[0].activation,
    )


def new_stack(widths: Sequence[int], activation: Activation, seeds: Sequence[int]) -> Stack:
    """Freshly drawn networks, one a seed, each the same whatever stands beside it in the stack.

    Weights are Glorot-normal (Glorot & Bengio 2010, *Understanding the difficulty of training deep
    feedforward neural networks*, eq. 12 with a normal law), biases zero.
    """
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    weights, biases = [], []
    for fan_in, fan_out in pairwise(widths):
        scale = (2.0 / (fan_in + fan_out)) ** 0.5
        drawn = [torch.randn(fan_in, fan_out, generator=g) * scale for g in generators]
        weights.append(torch.stack(drawn))  # [S, in, out]
        biases.append(torch.zeros(len(seeds), 1, fan_out))
    return Stack(weights, biases, activation)
