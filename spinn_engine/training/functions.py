"""What the operations of a graph do to the tensors of a stack, ``[S, B, width]``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, cast

import torch
from torch import Tensor, nn

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
