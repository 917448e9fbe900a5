"""A network as a module of torch's own classes, which loads and runs without this project."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import partial, reduce
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

# By function, its module, where it has one.
MODULES: dict[str, Callable[..., nn.Module]] = {
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "gelu_tanh": partial(nn.GELU, approximate="tanh"),
    "silu": nn.SiLU,
    "sigmoid": nn.Sigmoid,
    "elu": nn.ELU,
    "selu": nn.SELU,
    "leaky_relu": nn.LeakyReLU,
    "softplus": nn.Softplus,
    "mish": nn.Mish,
}
F = nn.functional
# By function, how it is called where it has no module or something stands before it.
CALLS: dict[str, tuple[Callable[..., Tensor], dict[str, Any]]] = {
    "tanh": (torch.tanh, {}),
    "relu": (F.relu, {}),
    "gelu": (F.gelu, {}),
    "gelu_tanh": (F.gelu, {"approximate": "tanh"}),
    "silu": (F.silu, {}),
    "sigmoid": (torch.sigmoid, {}),
    "elu": (F.elu, {}),
    "selu": (F.selu, {}),
    "leaky_relu": (F.leaky_relu, {}),
    "softplus": (F.softplus, {}),
    "mish": (F.mish, {}),
    "sin": (torch.sin, {}),
    "cos": (torch.cos, {}),
    "exp": (torch.exp, {}),
    "square": (torch.square, {}),
}
SLOPES = {"elu": "alpha", "leaky_relu": "negative_slope"}


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
    if graph.is_chain and len(made) == len(graph.ops) and _is_sequence(list(made)):
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
    if isinstance(op, Function) and op.factor == 1.0 and op.function in MODULES:
        make = MODULES[op.function]
        return make() if op.slope is None else make(op.slope)
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
        start, stop = op.columns[0], op.columns[-1] + 1
        together = op.columns == tuple(range(start, stop))
        columns = slice(start, stop) if together else list(op.columns)
        place: Any = (taken[0], (..., columns))
        return traced.call_function(operator.getitem, place)
    if isinstance(op, Sum):
        return _sum(traced, op, taken)
    if isinstance(op, Product):
        return reduce(lambda found, one: traced.call_function(torch.mul, (found, one)), taken)
    return traced.call_function(torch.cat, (taken,), {"dim": -1})


def _function(traced: fx.Graph, op: Function, x: Any) -> Any:
    if op.factor != 1.0:
        x = traced.call_function(torch.mul, (x, op.factor))
    how, given = CALLS[op.function]
    return traced.call_function(
        how, (x,), given if op.slope is None else {SLOPES[op.function]: op.slope}
    )


def _sum(traced: fx.Graph, op: Sum, taken: list[Any]) -> Any:
    signs = op.signs or (1.0,) * len(taken)
    found = taken[0] if signs[0] == 1.0 else traced.call_function(torch.mul, (taken[0], signs[0]))
    for sign, one in zip(signs[1:], taken[1:], strict=True):
        found = traced.call_function(torch.add, (found, one), {"alpha": sign})
    return found
