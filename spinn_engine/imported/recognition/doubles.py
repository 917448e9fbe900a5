"""What a file holds twice: layers under two names, and numbers that several layers share."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from spinn_engine.graph.graph import Graph
from spinn_engine.imported.files.tensors import Numbers, plain_claim, stored
from spinn_engine.imported.files.values import Tensor, TensorClaim
from spinn_engine.imported.network import Floats32
from spinn_engine.words import shown_list


def without_doubles(
    tensors: Mapping[str, Tensor], file: Numbers
) -> tuple[dict[str, Tensor], list[str]]:
    """Tensors of which none is there twice, and what is to be said of them.

    neuromancer's layers keep a layer inside, ``linear.0.weight`` and ``linear.0.linear.weight``, of
    the same numbers.
    """
    left, dropped = dict(tensors), []
    for name in tensors:
        prefix, _, part = name.rpartition(".")
        parent = prefix.rpartition(".")[0]
        outer = f"{parent}.{part}"
        if parent and outer in tensors and _same(outer, name, tensors, file):
            del left[name]
            dropped.append(name)
    if not dropped:
        return left, []
    return left, [f"Layers that stand in it twice were read once: {shown_list(dropped)}."]


def tied_layers(graph: Graph, arrays: Mapping[str, Floats32]) -> list[str]:
    """What is to be said of layers that have the same weights, as where one is used twice."""
    alike: dict[bytes, list[str]] = {}
    for op in graph.dense:
        weight = arrays[f"{op.name}.weight"]
        if op.trained and weight.size > 1 and weight.any():
            key = repr(weight.shape).encode() + weight.tobytes()
            alike.setdefault(key, []).append(op.name)
    return [
        f"The layers {shown_list(names)} have the same weights (tied): here each is a layer of its "
        "own, is pruned and learns alone, and counts with all its parameters."
        for names in alike.values()
        if len(names) > 1
    ]


def _same(one: str, other: str, tensors: Mapping[str, Tensor], file: Numbers) -> bool:
    first, second = tensors[one], tensors[other]
    if not isinstance(first, TensorClaim) or not isinstance(second, TensorClaim):
        return False
    if _places(first) == _places(second):
        return True
    if (first.shape, first.dtype) != (second.shape, second.dtype) or not first.shape:
        return False
    a, b = (stored(file, plain_claim(name, tensors[name])) for name in (one, other))
    return bool(np.array_equal(a, b))


def _places(claim: TensorClaim) -> tuple[object, ...]:
    return claim.storage, claim.dtype, claim.offset, claim.shape, claim.strides
