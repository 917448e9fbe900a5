"""Scales multiplied into the layers beside them, exactly, in double precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from spinn_engine.graph.ops import INPUTS, AnyOperation, Dense, Scale

Floats = NDArray[np.float64]
Named = dict[str, Floats]


def folded(
    ops: Sequence[AnyOperation], arrays: Mapping[str, Floats]
) -> tuple[list[AnyOperation], Named]:
    """The operations without the scales that a layer before or all layers behind can take over.

    A scale of the inputs stays, as it tells in which units they come.
    """
    left, numbers = list(ops), dict(arrays)
    for op in [one for one in ops if isinstance(one, Scale)]:
        taken = op.inputs[0]
        before = [one for one in left if one.name == taken]
        takers = sum(one.inputs.count(taken) for one in left)
        behind = [one for one in left if op.name in one.inputs]
        if takers == 1 and all(map(_learns, before)) and before:
            _into_the_one_before(op, before[0].name, left, numbers)
        elif taken != INPUTS and behind and all(map(_learns, behind)):
            for one in behind:
                _into_one_behind(op, one.name, left, numbers)
        else:
            continue
        left = [_without(one, op) for one in left if one.name != op.name]
        del numbers[f"{op.name}.scale"], numbers[f"{op.name}.shift"]
    return left, numbers


def _learns(op: AnyOperation) -> bool:
    return isinstance(op, Dense) and op.trained


def _into_the_one_before(op: Scale, layer: str, ops: list[AnyOperation], arrays: Named) -> None:
    scale, shift = arrays[f"{op.name}.scale"], arrays[f"{op.name}.shift"]
    bias = arrays.get(f"{layer}.bias", np.zeros(len(shift)))
    arrays[f"{layer}.weight"] = arrays[f"{layer}.weight"] * scale
    _set_bias(layer, bias * scale + shift, ops, arrays)


def _into_one_behind(op: Scale, layer: str, ops: list[AnyOperation], arrays: Named) -> None:
    scale, shift = arrays[f"{op.name}.scale"], arrays[f"{op.name}.shift"]
    weight = arrays[f"{layer}.weight"]
    bias = arrays.get(f"{layer}.bias", np.zeros(weight.shape[1]))
    arrays[f"{layer}.weight"] = scale[:, None] * weight
    _set_bias(layer, bias + shift @ weight, ops, arrays)


def _set_bias(layer: str, bias: Floats, ops: list[AnyOperation], arrays: Named) -> None:
    arrays[f"{layer}.bias"] = bias
    at = [one.name for one in ops].index(layer)
    ops[at] = ops[at].model_copy(update={"bias": True})


def _without(op: AnyOperation, gone: Scale) -> AnyOperation:
    taken = tuple(gone.inputs[0] if name == gone.name else name for name in op.inputs)
    return op.model_copy(update={"inputs": taken})
