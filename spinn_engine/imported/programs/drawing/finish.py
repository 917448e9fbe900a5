"""A graph that is drawn, without what nothing takes, with names, and with what may be pruned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import INPUTS, ONE, AnyOperation, Dense, Dims, Select
from spinn_engine.imported.programs.drawing.dimensions import Dimensions
from spinn_engine.imported.programs.drawing.drawing import Arrays, Drawing


def finished(drawing: Drawing, last: str) -> tuple[Graph, Arrays]:
    """The graph whose last value is ``last``, and its numbers.

    Raises:
        BadInputError: there is no operation in it.
    """
    if last == INPUTS:
        raise BadInputError("it gives its inputs as they are, there is no network in it")
    ops = _needed(drawing.ops, last)
    names = _names(ops)
    shared = drawing.shared
    ops = [
        op.model_copy(
            update={
                "name": names[op.name],
                "inputs": tuple(names.get(one, one) for one in op.inputs),
            }
            | ({"dim": shared.name(op.dim)} if isinstance(op, (Dense, Select)) else {})
        )
        for op in ops
    ]
    arrays = {}
    for name, array in drawing.arrays.items():
        owner, _, part = name.rpartition(".")
        if owner in names:
            arrays[f"{names[owner]}.{part}"] = array
    return _with_dimensions(ops, shared), arrays


def _needed(ops: Sequence[AnyOperation], last: str) -> list[AnyOperation]:
    """The operations that the last value is made of, and it at the end."""
    needed = {last}
    for op in reversed(ops):
        if op.name in needed:
            needed.update(op.inputs)
    kept = [op for op in ops if op.name in needed]
    return [op for op in kept if op.name != last] + [op for op in kept if op.name == last]


def _names(ops: Sequence[AnyOperation]) -> dict[str, str]:
    """Names by old names: of a chain the numbers that ``torch.nn.Sequential`` gives."""
    before = [INPUTS, *(op.name for op in ops)]
    chain = all(op.inputs == (name,) for op, name in zip(ops, before, strict=False))
    return {op.name: str(at) if chain else op.name for at, op in enumerate(ops)}


def _with_dimensions(ops: Sequence[AnyOperation], shared: Dimensions) -> Graph:
    """The graph with its dimensions named, and those found that may be pruned."""
    dims: dict[str, Dims] = {INPUTS: (INPUTS,)}
    for op in ops:
        dims[op.name] = op.gives([dims[name] for name in op.inputs])
    outputs = dims[ops[-1].name]
    final = _final_names(_prunable(ops, dims), outputs)
    widths = {INPUTS: shared.widths[INPUTS]}
    for dim in (dim for of_value in dims.values() for dim in of_value):
        widths.setdefault(final.get(dim, dim), shared.width(dim))
    renamed = [
        op.model_copy(update={"dim": final.get(op.dim, op.dim)})
        if isinstance(op, (Dense, Select))
        else op
        for op in ops
    ]
    prunable = tuple(name for name in final.values() if name != OUTPUTS)
    return Graph(ops=tuple(renamed), widths=widths, prunable=prunable)


OUTPUTS = "outputs"


def _prunable(ops: Sequence[AnyOperation], dims: Mapping[str, Dims]) -> list[str]:
    """The dimensions that only layers make which are learned, and that nothing else holds."""
    fixed = {INPUTS, *ONE, *dims[ops[-1].name]}
    learned: dict[str, None] = {}
    for op in ops:
        if isinstance(op, Select):
            fixed |= {*dims[op.inputs[0]], op.dim}
        if isinstance(op, Dense):
            learned[op.dim] = None
            if not op.trained:
                fixed.add(op.dim)
    return [dim for dim in learned if dim not in fixed]


def _final_names(prunable: Sequence[str], outputs: Dims) -> dict[str, str]:
    final = {dim: f"hidden_{number}" for number, dim in enumerate(prunable, 1)}
    if len(outputs) == 1 and outputs[0] not in (INPUTS, *ONE):
        final[outputs[0]] = OUTPUTS
    return final
