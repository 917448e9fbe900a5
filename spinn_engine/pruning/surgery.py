"""Removing whole neurons: smaller tensors, nothing masked."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import Dims
from spinn_engine.training.network import Stack


@torch.no_grad()
def remove_neurons(stack: Stack, kept: Sequence[Tensor]) -> Stack:
    """A new stack with only the ``kept`` neurons.

    Its output equals that of ``stack`` with the outgoing weights of the removed neurons set to
    zero, but for a LayerNorm over them, which then has the statistics of those that are left. Each
    member keeps its own neurons; inputs and outputs are never removed.

    Args:
        stack: the networks to shrink; left as they are.
        kept: per dimension that may be pruned, indices ``[S, count]`` of the neurons that stay.
    """
    graph, tensors, found = stack.graph, stack.tensors, {}
    for parameter in graph.parameters:
        values = tensors[parameter.name].detach()
        for dims, axis in ((parameter.rows, 1), (parameter.columns, 2)):
            if dims and (index := columns_kept(graph, dims, kept)) is not None:
                values = take(values, index, axis)
        found[parameter.name] = values.clone()
    return Stack(graph.smaller([layer.shape[1] for layer in kept]), found)


def columns_kept(graph: Graph, dims: Dims, kept: Sequence[Tensor]) -> Tensor | None:
    """Which columns ``[S, count]`` of a value of ``dims`` stay; None where all do.

    Args:
        graph: of the networks before the neurons are removed.
        dims: the value's dimensions.
        kept: as in ``remove_neurons``.
    """
    place = {dim: at for at, dim in enumerate(graph.prunable)}
    if not {*dims} & {*place}:
        return None
    parts = []
    for dim, part in graph.parts(dims):
        if dim in place:
            parts.append(kept[place[dim]] + part.start)
        else:
            some = kept[0]
            whole = torch.arange(part.start, part.stop, device=some.device)
            parts.append(whole.expand(len(some), -1))
    return torch.cat(parts, dim=1)


def take(values: Tensor, index: Tensor, dim: int) -> Tensor:
    """``values`` ``[S, a, b]`` at each member's own ``index`` ``[S, count]`` along ``dim``."""
    view = index[:, :, None] if dim == 1 else index[:, None, :]
    shape = list(values.shape)
    shape[dim] = index.shape[1]
    return values.gather(dim, view.expand(shape))
