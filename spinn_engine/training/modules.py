"""A network as a module of torch's own classes, which loads and runs without this project."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import torch
from torch import Tensor, fx, nn

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Dense,
    Function,
    LayerNorm,
    Prelu,
    Product,
    Scale,
    Select,
    Sum,
)
from spinn_engine.training.network import Stack

F = nn.functional


@dataclass(frozen=True)
class TorchFunction:
    """A function of single numbers as torch has it.

    Attributes:
        call: the function.
        given: what it is called with beside the numbers.
        module: its module, where it has one.
        slope: what both call the slope below zero, where it can be chosen.
    """

    call: Callable[..., Tensor]
    given: Mapping[str, Any] = field(default_factory=dict)
    module: Callable[..., nn.Module] | None = None
    slope: str = ""

    def __call__(self, x: Tensor) -> Tensor:
        """The function of every number."""
        return self.call(x, **self.given)

    def with_slope(self, slope: float | None) -> dict[str, Any]:
        """What it is called with, with another slope if one is given."""
        return dict(self.given) if slope is None else {**self.given, self.slope: slope}


CALLS: dict[str, TorchFunction] = {
    "tanh": TorchFunction(torch.tanh, module=nn.Tanh),
    "relu": TorchFunction(F.relu, module=nn.ReLU),
    "gelu": TorchFunction(F.gelu, module=nn.GELU),
    "gelu_tanh": TorchFunction(F.gelu, {"approximate": "tanh"}, nn.GELU),
    "silu": TorchFunction(F.silu, module=nn.SiLU),
    "sigmoid": TorchFunction(torch.sigmoid, module=nn.Sigmoid),
    "elu": TorchFunction(F.elu, module=nn.ELU, slope="alpha"),
    "selu": TorchFunction(F.selu, module=nn.SELU),
    "leaky_relu": TorchFunction(F.leaky_relu, module=nn.LeakyReLU, slope="negative_slope"),
    "softplus": TorchFunction(F.softplus, module=nn.Softplus),
    "mish": TorchFunction(F.mish, module=nn.Mish),
    "sin": TorchFunction(torch.sin),
    "cos": TorchFunction(torch.cos),
    "exp": TorchFunction(torch.exp),
    "square": TorchFunction(torch.square),
}


def state_dict(stack: Stack, member: int) -> dict[str, Tensor]:
    """One member's parameters as the modules of torch name and shape them, on the CPU."""
    graph, found = stack.graph, {}
    for parameter in graph.parameters:
        values = stack.tensors[parameter.name][member].detach().cpu()
        values = values[0] if parameter.rows is None else values.T
        found[parameter.name] = values.contiguous().clone()
    return found


def module_of(graph: Graph, weights: Mapping[str, Tensor]) -> nn.Module:
    """A network for rows ``[B, in]``, ready for inference.

    A ``torch.nn.Sequential`` where every operation is a module that follows the one before, else a
    ``torch.fx.GraphModule``; in both the modules are called as the operations are.

    Args:
        graph: what it is.
        weights: as ``state_dict`` gives them.
    """
    made = {op.name: module for op in graph.ops if (module := _module(graph, op)) is not None}
    called = [op for op in graph.ops if op.name in made and not isinstance(op, Scale)]
    if graph.is_chain and len(called) == len(graph.ops) and _is_sequence(list(made)):
        network: nn.Module = nn.Sequential(*_gaps_filled(made))
    else:
        network = fx.GraphModule(_nested(made), _traced(graph, made))
    network.load_state_dict(dict(weights), assign=True)  # in the precision that they have
    return network.eval()


def module_of_member(stack: Stack, member: int) -> nn.Module:
    """One member of a stack as a network for standardised rows, on the CPU."""
    return module_of(stack.graph, state_dict(stack, member))


def _module(graph: Graph, op: AnyOperation) -> nn.Module | None:
    """The module of an operation that has one."""
    width = graph.columns(graph.dims[op.inputs[0]])
    if isinstance(op, Dense):
        layer = nn.Linear(width, graph.widths[op.dim], bias=op.bias)
        layer.weight.requires_grad_(op.trained)
        return layer
    if isinstance(op, LayerNorm):
        return nn.LayerNorm(width, op.eps, op.affine)
    if isinstance(op, Prelu):
        return nn.PReLU(1 if op.shared else width)
    if isinstance(op, Scale):
        return _numbers({"scale": torch.ones(width), "shift": torch.zeros(width)}, op.trained)
    if isinstance(op, Function) and op.factor == 1.0:
        how = CALLS[op.function]
        return how.module and how.module(**how.with_slope(op.slope))
    return None


def _numbers(tensors: Mapping[str, Tensor], trained: bool) -> nn.Module:
    """A module that only holds numbers."""
    holder = nn.Module()
    for name, one in tensors.items():
        if trained:
            holder.register_parameter(name, nn.Parameter(one))
        else:
            holder.register_buffer(name, one)
    return holder


def _is_sequence(names: list[str]) -> bool:
    numbers = [int(name) if name.isdigit() else -1 for name in names]
    return numbers[0] == 0 and numbers == sorted(numbers)


def _gaps_filled(made: Mapping[str, nn.Module]) -> list[nn.Module]:
    """The modules at the places that their names say; nothing happens in the gaps."""
    last = int(list(made)[-1])
    return [made.get(str(at), nn.Identity()) for at in range(last + 1)]


def _nested(made: Mapping[str, nn.Module]) -> nn.Module:
    """A module with the others below it, by names with dots."""
    root = nn.Module()
    for name, module in made.items():
        *path, last = name.split(".")
        place = root
        for part in path:
            if part not in place._modules:
                place.add_module(part, nn.Module())
            place = place.get_submodule(part)
        place.add_module(last, module)
    return root


def _traced(graph: Graph, made: Mapping[str, nn.Module]) -> fx.Graph:
    """The operations as a graph of torch's own."""
    traced = fx.Graph()
    values: dict[str, Any] = {INPUTS: traced.placeholder(INPUTS)}
    for op in graph.ops:
        taken = [values[name] for name in op.inputs]
        if isinstance(op, Scale):
            scale, shift = (traced.get_attr(f"{op.name}.{n}") for n in ("scale", "shift"))
            scaled = traced.call_function(torch.mul, (taken[0], scale))
            values[op.name] = traced.call_function(torch.add, (scaled, shift))
        elif op.name in made:
            values[op.name] = traced.call_module(op.name, (taken[0],))
        else:
            values[op.name] = _call(traced, op, taken)
    traced.output(values[graph.ops[-1].name])
    return traced


def _call(traced: fx.Graph, op: AnyOperation, taken: list[Any]) -> Any:
    """An operation without numbers of its own."""
    if isinstance(op, Function):
        return _function(traced, op, taken[0])
    if isinstance(op, Select):
        return _select(traced, op, taken[0])
    if isinstance(op, Sum):
        return _sum(traced, op, taken)
    if isinstance(op, Product):
        return reduce(lambda found, one: traced.call_function(torch.mul, (found, one)), taken)
    return traced.call_function(torch.cat, (taken,), {"dim": -1})


def _select(traced: fx.Graph, op: Select, x: Any) -> Any:
    """Columns that follow one another are a slice; several slices are put beside each other."""
    runs: list[list[int]] = []
    for column in op.columns:
        if runs and column == runs[-1][-1] + 1:
            runs[-1].append(column)
        else:
            runs.append([column])
    places: list[Any] = [(..., slice(run[0], run[-1] + 1)) for run in runs]
    parts = [traced.call_function(operator.getitem, (x, place)) for place in places]
    return parts[0] if len(parts) == 1 else traced.call_function(torch.cat, (parts,), {"dim": -1})


def _function(traced: fx.Graph, op: Function, x: Any) -> Any:
    if op.factor != 1.0:
        x = traced.call_function(torch.mul, (x, op.factor))
    how = CALLS[op.function]
    return traced.call_function(how.call, (x,), how.with_slope(op.slope))


def _sum(traced: fx.Graph, op: Sum, taken: list[Any]) -> Any:
    signs = op.signs or (1.0,) * len(taken)
    found = taken[0] if signs[0] == 1.0 else traced.call_function(torch.mul, (taken[0], signs[0]))
    for sign, one in zip(signs[1:], taken[1:], strict=True):
        found = traced.call_function(torch.add, (found, one), {"alpha": sign})
    return found
