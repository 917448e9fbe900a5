"""Values with their derivatives, forward through a graph: what an equation needs of networks.

Beside the value of every neuron two more numbers go forward through the layers: its derivative by
x, and what the operator ``D = d/dt - nu d2/dx2`` makes of it. Both are exact: a linear layer maps
them as it maps the values, a function f obeys the chain rule, and a product the product rule

    (f(z))_x = f'(z) z_x,   D f(z) = f'(z) D z - nu f''(z) z_x^2,
    (u v)_x = u_x v + u v_x,   D (u v) = u D v + v D u - 2 nu u_x v_x.

That costs three forward passes, a third of nested ``torch.func.jvp`` (Li et al. 2024, *A
computational framework for neural network-based variational Monte Carlo with Forward Laplacian*,
Nature Machine Intelligence 6).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import cast

import torch
from torch import Tensor

from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Dense,
    Function,
    LayerNorm,
    Select,
    Sum,
)
from spinn_engine.problems.burgers import VISCOSITY
from spinn_engine.training.network import Stack, gate_of


@dataclass(frozen=True)
class Jet:
    """Values, their ``_x`` and what ``D`` makes of them, each ``[M, B, width]``.

    A derivative that is the same in all rows may be ``[M, 1, width]``.
    """

    value: Tensor
    slope: Tensor
    heat: Tensor

    def map(self, linear: Callable[[Tensor], Tensor]) -> Jet:
        """What a linear map makes of all three."""
        return Jet(linear(self.value), linear(self.slope), linear(self.heat))

    def __add__(self, other: Jet) -> Jet:
        """The sum."""
        return Jet(self.value + other.value, self.slope + other.slope, self.heat + other.heat)

    def __mul__(self, other: Jet) -> Jet:
        """The product."""
        crossed = 2 * VISCOSITY * self.slope * other.slope
        return Jet(
            self.value * other.value,
            self.slope * other.value + self.value * other.slope,
            self.value * other.heat + other.value * self.heat - crossed,
        )

    def through(self, value: Tensor, first: Tensor, second: Tensor) -> Jet:
        """A function of the values, with its first and second derivative there."""
        heat = first * self.heat - VISCOSITY * second * self.slope.square()
        return Jet(value, first * self.slope, heat)


def propagate(
    stack: Stack, x: Tensor, scale: Tensor, gates: Sequence[Tensor] | None = None
) -> dict[str, Jet]:
    """All values of networks with the inputs x and t, by name, with their derivatives.

    Args:
        stack: ``M`` networks.
        x: standardised inputs ``[M, B, 2]``.
        scale: ``[M, 2]`` what one raw unit of x and of t is in standardised ones.
        gates: per dimension that may be pruned ``[M, B, width]``, factors of its neurons.
    """
    graph, tensors = stack.graph, stack.tensors
    slope, heat = torch.diag_embed(scale)[:, :, None].unbind(dim=1)  # [M, 1, 2] each
    values = {INPUTS: Jet(x, slope, heat)}
    for op in graph.ops:
        taken = [values[name] for name in op.inputs]
        if isinstance(op, Dense) and gates is not None:
            gate = gate_of(graph, op, gates)
            taken = taken if gate is None else [taken[0].map(lambda part, g=gate: part * g)]  # type: ignore[misc]
        own = [tensors[p.name] for p in graph.parameters_of(op)]
        values[op.name] = RULES[op.kind](op, taken, own)
    return values


def _dense(op: AnyOperation, taken: list[Jet], own: list[Tensor]) -> Jet:
    (jet,), weight, rows = taken, own[0], taken[0].value.shape[1]
    if jet.slope.shape[1] == jet.heat.shape[1] == rows:
        parts = [jet.value, jet.slope, jet.heat]
        made = Jet(*torch.split(torch.cat(parts, dim=1) @ weight, rows, dim=1))
    else:
        made = jet.map(lambda part: part @ weight)
    return Jet(made.value + own[1], made.slope, made.heat) if cast(Dense, op).bias else made


def _function(op: AnyOperation, taken: list[Jet], _: list[Tensor]) -> Jet:
    function, (jet,) = cast(Function, op), taken
    if function.factor != 1.0:
        jet = jet.map(lambda part: function.factor * part)
    return jet.through(*DERIVATIVES[function.function](jet.value))


def _layer_norm(op: AnyOperation, taken: list[Jet], own: list[Tensor]) -> Jet:
    norm = cast(LayerNorm, op)
    centred = taken[0].map(lambda part: part - part.mean(dim=2, keepdim=True))
    spread = (centred * centred).map(lambda part: part.mean(dim=2, keepdim=True))
    square = spread.value + norm.eps
    root = square.rsqrt()
    scaled = centred * spread.through(root, -root / (2 * square), 3 * root / (4 * square.square()))
    return _affine(scaled, *own) if norm.affine else scaled


def _affine(jet: Jet, scale: Tensor, shift: Tensor) -> Jet:
    made = jet.map(lambda part: part * scale)
    return Jet(made.value + shift, made.slope, made.heat)


def _sum(op: AnyOperation, taken: list[Jet], _: list[Tensor]) -> Jet:
    signs = cast(Sum, op).signs or (1.0,) * len(taken)
    pairs = zip(signs, taken, strict=True)
    return reduce(
        Jet.__add__,
        [jet.map(lambda part, by=sign: by * part) for sign, jet in pairs],  # type: ignore[misc]
    )


def _concat(_: AnyOperation, taken: list[Jet], _own: list[Tensor]) -> Jet:
    def beside(parts: list[Tensor]) -> Tensor:
        rows = max(part.shape[1] for part in parts)
        return torch.cat([part.expand(-1, rows, -1) for part in parts], dim=2)

    return Jet(
        beside([jet.value for jet in taken]),
        beside([jet.slope for jet in taken]),
        beside([jet.heat for jet in taken]),
    )


# By kind of operation; one that is not here has no second derivatives.
RULES: dict[str, Callable[[AnyOperation, list[Jet], list[Tensor]], Jet]] = {
    "dense": _dense,
    "function": _function,
    "layer_norm": _layer_norm,
    "scale": lambda _, taken, own: _affine(taken[0], *own),
    "select": lambda op, taken, _: taken[0].map(
        lambda part: part[..., list(cast(Select, op).columns)]
    ),
    "sum": _sum,
    "product": lambda _, taken, _own: reduce(Jet.__mul__, taken),
    "concat": _concat,
}


def _tanh(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value = torch.tanh(z)
    slope = 1 - value.square()
    return value, slope, -2 * value * slope


def _sigmoid(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value = torch.sigmoid(z)
    slope = value * (1 - value)
    return value, slope, slope * (1 - 2 * value)


def _silu(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    gate, slope, curvature = _sigmoid(z)
    return z * gate, gate + z * slope, 2 * slope + z * curvature


def _gelu(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    gate = torch.special.ndtr(z)
    slope = torch.exp(-0.5 * z.square()) / math.sqrt(2 * math.pi)
    return z * gate, gate + z * slope, (2 - z.square()) * slope


def _softplus(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    slope = torch.sigmoid(z)
    return torch.nn.functional.softplus(z), slope, slope * (1 - slope)


def _mish(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value, slope, curvature = _softplus(z)
    gate = torch.tanh(value)
    rest = 1 - gate.square()
    first = rest * slope  # of the gate
    second = rest * curvature - 2 * gate * first * slope
    return z * gate, gate + z * first, 2 * first + z * second


def _gelu_tanh(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    root, cube = math.sqrt(2 / math.pi), 0.044715
    gate, slope, curvature = _tanh(root * (z + cube * z**3))
    inner, bend = root * (1 + 3 * cube * z.square()), 6 * root * cube * z
    first = slope * inner  # of the gate
    second = curvature * inner.square() + slope * bend
    return z * (1 + gate) / 2, (1 + gate + z * first) / 2, first + z * second / 2


def _sin(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value = torch.sin(z)
    return value, torch.cos(z), -value


def _cos(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value = torch.cos(z)
    return value, -torch.sin(z), -value


def _exp(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    value = torch.exp(z)
    return value, value, value


def _square(z: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return z.square(), 2 * z, torch.full_like(z, 2.0)


# Each function with its first and second derivative; one that has none cannot solve the equation.
DERIVATIVES: dict[str, Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]] = {
    "tanh": _tanh,
    "sigmoid": _sigmoid,
    "silu": _silu,
    "gelu": _gelu,
    "softplus": _softplus,
    "mish": _mish,
    "gelu_tanh": _gelu_tanh,
    "sin": _sin,
    "cos": _cos,
    "exp": _exp,
    "square": _square,
}
