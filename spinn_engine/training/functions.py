"""What operations do to the tensors of a stack, ``[S, B, width]``, and what outputs change with."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.autograd.forward_ad import dual_level, make_dual, unpack_dual

from spinn_engine.graph.arrays import added, multiplied
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    AnyOperation,
    Dense,
    Function,
    LayerNorm,
    Prelu,
    Scale,
    Select,
    Sum,
)

F = nn.functional
FUNCTIONS: dict[str, Callable[..., Tensor]] = {
    "tanh": torch.tanh,
    "relu": torch.relu,
    "gelu": F.gelu,
    "gelu_tanh": partial(F.gelu, approximate="tanh"),
    "silu": F.silu,
    "sigmoid": torch.sigmoid,
    "elu": lambda x, slope=1.0: F.elu(x, slope),
    "selu": F.selu,
    "leaky_relu": lambda x, slope=0.01: F.leaky_relu(x, slope),
    "softplus": F.softplus,
    "mish": F.mish,
    "sin": torch.sin,
    "cos": torch.cos,
    "exp": torch.exp,
    "square": torch.square,
}

# One operation on the values that it takes and the parameters that it holds, in their order.
Step = Callable[[list[Tensor], list[Tensor]], Tensor]


def step_of(op: AnyOperation) -> Step:
    """What an operation does."""
    return STEPS[op.kind](op)


def function_of(op: Function) -> Callable[[Tensor], Tensor]:
    """One function of every number."""
    how, factor = FUNCTIONS[op.function], op.factor
    if op.slope is not None:
        how = partial(how, slope=op.slope)
    return how if factor == 1.0 else lambda x: how(factor * x)


def _dense(op: Dense) -> Step:
    if op.bias:
        return lambda taken, own: torch.baddbmm(own[1], taken[0], own[0])
    return lambda taken, own: torch.bmm(taken[0], own[0])


def _function(op: Function) -> Step:
    how = function_of(op)
    return lambda taken, _: how(taken[0])


def _prelu(_: Prelu) -> Step:
    return lambda taken, own: torch.where(taken[0] > 0, taken[0], own[0] * taken[0])


def _layer_norm(op: LayerNorm) -> Step:
    def step(taken: list[Tensor], own: list[Tensor]) -> Tensor:
        x = F.layer_norm(taken[0], taken[0].shape[-1:], eps=op.eps)
        return x * own[0] + own[1] if op.affine else x

    return step


def _scale(_: Scale) -> Step:
    return lambda taken, own: taken[0] * own[0] + own[1]


def _select(op: Select) -> Step:
    return lambda taken, _: taken[0][..., list(op.columns)]


def _sum(op: Sum) -> Step:
    return lambda taken, _: cast(Tensor, added(op, taken))


STEPS: dict[str, Callable[[Any], Step]] = {
    "dense": _dense,
    "function": _function,
    "prelu": _prelu,
    "layer_norm": _layer_norm,
    "scale": _scale,
    "select": _select,
    "sum": _sum,
    "product": lambda _: lambda taken, _own: cast(Tensor, multiplied(taken)),
    "concat": lambda _: lambda taken, _own: torch.cat(taken, dim=-1),
}


def last_uses(graph: Graph) -> list[list[str]]:
    """By operation, the values that no later one takes."""
    last: dict[str, int] = {}
    for number, op in enumerate(graph.ops):
        last |= dict.fromkeys(op.inputs, number)
    return [
        [n for n in dict.fromkeys(op.inputs) if last[n] == at] for at, op in enumerate(graph.ops)
    ]


def signs(shape: Sequence[int], draw: torch.Generator) -> Tensor:
    """Numbers of ``shape`` that are +1 or -1."""
    return 2.0 * torch.randint(0, 2, tuple(shape), generator=draw) - 1.0


def dual(x: Tensor, directions: Tensor) -> Tensor:
    """Values that carry along what they change with, within a ``dual_level``."""
    with warnings.catch_warnings():  # torch compiles rules at first, in a way that it warns of
        warnings.simplefilter("ignore", DeprecationWarning)
        made: Tensor = make_dual(x, directions)  # type: ignore[no-untyped-call]
    return made


def parts_of(x: Tensor) -> tuple[Tensor, Tensor | None]:
    """Values, and what they change along the directions; None where that is nothing."""
    value, tangent = unpack_dual(x)  # type: ignore[no-untyped-call]
    return value, tangent


def along(network: Callable[[Tensor], Tensor], x: Tensor, directions: Tensor) -> Tensor:
    """What the outputs ``[S, B, out]`` change with ``x`` along ``directions``, ``[S, B, in]`` both.

    By forward differentiation: at the cost of one further pass, whatever the numbers of inputs and
    outputs; gradients go through it.
    """
    with dual_level():
        value, tangent = parts_of(network(dual(x, directions)))
    return torch.zeros_like(value) if tangent is None else tangent


def jacobians(network: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """The derivatives ``[S, B, out, in]`` of the outputs by the inputs ``x`` ``[S, B, in]``."""
    units = torch.eye(x.shape[2], device=x.device, dtype=x.dtype)
    return torch.stack([along(network, x, unit.expand_as(x)) for unit in units], dim=3)
