"""From a list of calls to the expression that they compute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import (
    MOST_CALLS,
    Array,
    Call,
    Constant,
    Program,
    Ref,
    as_constant,
)
from spinn_engine.imported.programs.nodes import Node, affine, concat, matmul
from spinn_engine.imported.programs.numbers import ELEMENTWISE, check_size, folded
from spinn_engine.imported.programs.values import (
    ANY,
    COLUMNS,
    NUMBER_OF_ROWS,
    ONE,
    ROWS,
    Tensor,
    Value,
    aligned,
    axis_of,
    reshaped,
    sliced,
    value,
    vector,
)
from spinn_engine.words import counted, shown

LARGEST_POWER = 4


def computed(program: Program) -> list[Value]:
    """What a program gives, as expressions of its rows.

    Raises:
        BadInputError: an operation is unknown, or makes rows of other rows.
    """
    if len(program.calls) > MOST_CALLS:
        raise BadInputError(
            f"it has {counted(len(program.calls), 'operation')}, more than the {MOST_CALLS:,} that "
            "are read"
        )
    return Reading(program).outputs()


class Reading:
    """A program while its calls are followed."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.fixed_rows = program.shape[0]
        start = Node("input", (), int(program.shape[1] or 0), "the input")
        self.known: dict[str, Tensor] = {**program.constants}
        self.known[program.input] = value(start, (ROWS, COLUMNS), viewed=True)

    def outputs(self) -> list[Value]:
        """The expressions of the program's outputs."""
        for call in self.program.calls:
            self._follow(call)
        found = [self._named(name, "the output") for name in self.program.outputs]
        if still := [one for one in found if isinstance(one, Constant)]:
            raise BadInputError(f"{counted(len(still), 'output')} of it does not depend on its rows")
        return [one for one in found if isinstance(one, Value)]

    def _follow(self, call: Call) -> None:
        how = MEANINGS.get(call.op)
        if how is None:
            raise BadInputError(
                f"it has the operation {call.where}, which no network here can have"
            )
        args = [self._argument(one, call.where) for one in call.args]
        if call.given.get("in_place"):
            self._check_in_place(call, args[0])
        made = how(self, call, args)
        parts = made if isinstance(made, list) else [made]
        for name, one in zip(call.outputs, parts, strict=False):
            self.known[name] = one
        if call.given.get("in_place") and isinstance(call.args[0], Ref):
            self.known[call.args[0].name] = parts[0]

    def _check_in_place(self, call: Call, taken: Any) -> None:
        shared = sum(1 for one in self.known.values() if one is taken)
        if not isinstance(taken, Value) or taken.viewed or shared > 1:
            raise BadInputError(
                f"{call.where} changes a tensor that others share: write it without '_' or inplace"
            )

    def _named(self, name: str, where: str) -> Tensor:
        if name not in self.known:
            raise BadInputError(
                f"{where} takes {shown(name)}, which no operation before it gives: the operations "
                "must stand in their order, in no circle"
            )
        return self.known[name]

    def _argument(self, one: Any, where: str) -> Any:
        if isinstance(one, Ref):
            return self._named(one.name, where)
        if isinstance(one, list) and any(isinstance(part, Ref) for part in one):
            return [self._argument(part, where) for part in one]
        return one


def as_tensor(one: Any) -> Tensor:
    """An argument as a tensor; numbers become constants."""
    return one if isinstance(one, (Value, Constant)) else as_constant(one)


def as_numbers(one: Any, where: str) -> list[int]:
    """An argument as whole numbers, such as a shape.

    Raises:
        BadInputError: it depends on the rows.
    """
    if isinstance(one, Value):
        raise BadInputError(f"{where} has a size that depends on the numbers in the rows")
    if isinstance(one, list):
        return [number for part in one for number in as_numbers(part, where)]
    array = one.array if isinstance(one, Constant) else np.asarray(one)
    if array.size > 64:
        raise BadInputError(f"{where} has {array.size:,} sizes")
    return [int(number) for number in np.atleast_1d(array).reshape(-1).tolist()]


def _merged(op: str, constants: Sequence[Constant], array: Array) -> Constant:
    """What is made of constants: learned where one of them is, and called like the largest."""
    named = [one for one in constants if one.trained is not False]
    most = max(named, key=lambda one: one.array.size, default=None)
    if most is None:
        return Constant(array)
    return Constant(array, most.name, True if any(one.trained for one in named) else most.trained)


def elementwise(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    """An operation number by number."""
    taken = [as_tensor(one) for one in args]
    options = dict(call.given.get("options", {}))
    nodes = [one for one in taken if isinstance(one, Value)]
    still = [one for one in taken if isinstance(one, Constant)]
    if not nodes:
        arrays = [one.array for one in still]
        return _merged(call.op, still, folded(call.op, arrays, options, call.where))
    axes = aligned(nodes, [one.array.ndim for one in still if one.array.size > 1], call.where)
    parts: list[Any] = [
        one.node if isinstance(one, Value) else vector(one, axes, call.where) for one in taken
    ]
    widths = {one.width if isinstance(one, Node) else one.size for one in parts} - {1}
    if len(widths) > 1:
        raise BadInputError(f"{call.where} joins {' and '.join(map(str, sorted(widths)))} columns")
    width = widths.pop() if widths else 1
    trained = any(one.trained is not False for one in still)
    return value(_joined(call, parts, width, options, trained), axes)


def _joined(call: Call, parts: list[Any], width: int, options: Any, trained: bool) -> Node:
    pair = [isinstance(one, Node) for one in parts]
    special = SPECIAL.get(call.op)
    if special is not None and (found := special(parts, pair, call.where, trained)) is not None:
        return found
    kept = tuple(parts)
    return Node(call.op, kept, width, call.where, {"options": options} if options else {})


def _add(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if all(is_node):
        return Node("sum", tuple(p), max(one.width for one in p), where, {"signs": (1.0, 1.0)})
    x, c = (p[0], p[1]) if is_node[0] else (p[1], p[0])
    return affine(x, 1.0, c, where, trained=trained)


def _sub(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if all(is_node):
        return Node("sum", tuple(p), max(one.width for one in p), where, {"signs": (1.0, -1.0)})
    if is_node[0]:
        return affine(p[0], 1.0, -p[1], where, trained=trained)
    return affine(p[1], -1.0, p[0], where, trained=trained)


def _mul(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if all(is_node):
        return Node("product", tuple(p), max(one.width for one in p), where)
    x, a = (p[0], p[1]) if is_node[0] else (p[1], p[0])
    return affine(x, a, 0.0, where, trained=trained)


def _div(p: list[Any], is_node: list[bool], where: str, trained: bool) -> Node | None:
    if is_node != [True, False]:
        return None
    if not np.all(p[1]):
        raise BadInputError(f"{where} divides by zero")
    return affine(p[0], 1 / p[1], 0.0, where, trained=trained)


def _pow(p: list[Any], is_node: list[bool], where: str, _: bool) -> Node | None:
    if is_node != [True, False] or p[1].ndim or p[1] not in range(1, LARGEST_POWER + 1):
        return None
    squared = Node("square", (p[0],), p[0].width, where)
    if p[1] == 3:
        return Node("product", (p[0], squared), p[0].width, where)
    return {1: p[0], 2: squared}.get(int(p[1])) or Node("square", (squared,), p[0].width, where)


def _neg(p: list[Any], _: list[bool], where: str, _trained: bool) -> Node | None:
    return affine(p[0], -1.0, 0.0, where)


SPECIAL: dict[str, Callable[[list[Any], list[bool], str, bool], Node | None]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "pow": _pow,
    "neg": _neg,
}


def _matmul(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    x, w = (as_tensor(one) for one in args)
    if isinstance(x, Constant) and isinstance(w, Constant):
        check_size((*x.array.shape[:-1], *w.array.shape[-1:]), call.where)
        try:
            return _merged("matmul", (x, w), np.asarray(x.array @ w.array))
        except ValueError:
            raise BadInputError(f"{call.where} multiplies arrays that do not fit") from None
    if isinstance(x, Value) and isinstance(w, Value):
        raise BadInputError(f"{call.where} multiplies two matrices that both depend on the rows")
    left = isinstance(x, Constant)
    of, by = (w, x) if left else (x, w)
    assert isinstance(of, Value)
    assert isinstance(by, Constant)
    array = by.array.reshape(by.array.shape[-2:]) if by.array.size and by.array.ndim > 2 else by.array
    if array.size != by.array.size or array.ndim not in (1, 2):
        raise BadInputError(f"{call.where} has an array of the shape {list(by.array.shape)}")
    if left and array.ndim == 2:
        array = array.T
    place = -2 if left and len(of.axes) > 1 else -1
    if of.axes[place] != COLUMNS or array.shape[0] != of.node.width:
        raise BadInputError(
            f"{call.where} multiplies {counted(of.node.width, 'column')} with an array of the shape "
            f"{list(by.array.shape)}"
        )
    axes = of.axes
    if array.ndim == 1:
        array = array[:, None]
        axes = tuple(one for one in axes if one != COLUMNS)
    return value(matmul(of.node, Constant(array, by.name, by.trained), call.where), axes)


def _concat(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    parts, number = [as_tensor(one) for one in args[0]], call.given["axis"]
    still = [one for one in parts if isinstance(one, Constant)]
    if len(still) == len(parts):
        try:
            joined = np.concatenate([np.atleast_1d(one.array) for one in still], number)
        except ValueError:
            raise BadInputError(f"{call.where} joins arrays that do not fit") from None
        check_size(joined.shape, call.where)
        return _merged("concat", still, joined)
    values = [one for one in parts if isinstance(one, Value)]
    axes = {one.axes for one in values}
    if still or len(axes) > 1 or values[0].axes[axis_of(values[0], number, call.where)] != COLUMNS:
        raise BadInputError(f"{call.where} puts something else than columns beside each other")
    joined_node = concat([one.node for one in values], call.where)
    if joined_node.width > LARGEST_WIDTH:
        raise BadInputError(f"{call.where} makes {joined_node.width:,} columns")
    return value(joined_node, values[0].axes)


LARGEST_WIDTH = 65_536


def _slice(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    number, places = call.given["axis"], call.given["places"]
    of = as_tensor(args[0])
    if isinstance(of, Value):
        return sliced(of, number, places, call.where)
    index: list[Any] = [slice(None)] * of.array.ndim
    try:
        index[number] = places
        return Constant(np.asarray(of.array[tuple(index)]), of.name, of.trained)
    except IndexError:
        raise BadInputError(f"{call.where} takes what an array does not have") from None


def _reshape(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    of, sizes = as_tensor(args[0]), as_numbers(args[1], call.where)
    if isinstance(of, Value):
        if call.given.get("zero_copies"):
            sizes = [
                _size(of, at) if size == 0 and at < len(of.axes) else size
                for at, size in enumerate(sizes)
            ]
        if sizes == [ANY, 1] and call.outputs[0] in reading.program.outputs:
            return of  # scikit-learn's exporter writes it behind any number of targets
        return reshaped(of, sizes, call.where, reading.fixed_rows)
    try:
        return Constant(of.array.reshape(sizes), of.name, of.trained)
    except ValueError:
        raise BadInputError(f"{call.where} gives an array a shape of another size") from None


def _size(of: Value, at: int) -> int:
    return {ROWS: NUMBER_OF_ROWS, COLUMNS: of.node.width, ONE: 1}[of.axes[at]]


def _shape(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    of = as_tensor(args[0])
    sizes = (
        list(of.array.shape)
        if isinstance(of, Constant)
        else [_size(of, at) for at in range(len(of.axes))]
    )
    if "axis" in call.given:
        return as_constant(sizes[call.given["axis"]])
    return as_constant(sizes)


def _transpose(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    of = as_tensor(args[0])
    rank = of.array.ndim if isinstance(of, Constant) else len(of.axes)
    order = call.given.get("order") or list(range(rank))[::-1]
    if "swap" in call.given:
        order = list(range(rank))
        one, other = call.given["swap"]
        order[one], order[other] = order[other], order[one]
    if sorted(at % max(rank, 1) for at in order) != list(range(rank)):
        raise BadInputError(f"{call.where} orders axes that are not there")
    if isinstance(of, Constant):
        return Constant(np.transpose(of.array, order), of.name, of.trained)
    return Value(of.node, tuple(of.axes[at] for at in order), viewed=True)


def _squeeze(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    of, axes = as_tensor(args[0]), call.given.get("axes")
    if isinstance(of, Constant):
        sizes = [
            size
            for at, size in enumerate(of.array.shape)
            if size != 1 or not (axes is None or at in axes or at - of.array.ndim in axes)
        ]
        return Constant(of.array.reshape(sizes), of.name, of.trained)
    gone = (
        {at for at in range(len(of.axes)) if of.axes[at] != ROWS}
        if axes is None
        else {axis_of(of, at, call.where) for at in axes}
    )
    left = [
        axis
        for at, axis in enumerate(of.axes)
        if at not in gone or axis == ROWS or (axis == COLUMNS and of.node.width > 1)
    ]
    return Value(of.node, tuple(left), viewed=True)


def _unsqueeze(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    of, axes = as_tensor(args[0]), call.given["axes"]
    if isinstance(of, Constant):
        return Constant(np.expand_dims(of.array, tuple(axes)), of.name, of.trained)
    rank = len(of.axes) + len(axes)
    new, left = {at % rank for at in axes}, list(of.axes)
    return value(of.node, [ONE if at in new else left.pop(0) for at in range(rank)], viewed=True)


def _reduce(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    """The mean or sum of the columns."""
    of, axes, keep = as_tensor(args[0]), call.given["axes"], call.given["keep"]
    mean = call.op == "mean"
    if isinstance(of, Constant):
        how = np.mean if mean else np.sum
        over = tuple(axes) if axes else None
        return Constant(np.asarray(how(of.array, axis=over, keepdims=keep)), of.name, of.trained)
    places = {axis_of(of, at, call.where) for at in axes or range(len(of.axes))}
    if any(of.axes[at] == ROWS for at in places):
        raise BadInputError(f"{call.where} takes the {call.op} over rows: they must stay apart")
    node = of.node
    if any(of.axes[at] == COLUMNS for at in places) and node.width > 1:
        node = Node("mean", (node,), 1, call.where)
        if not mean:
            node = affine(node, float(of.node.width), 0.0, call.where)
    axes = [axis for at, axis in enumerate(of.axes) if keep or at not in places]
    return Value(node, tuple(axes))


def _layer_norm(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    of, width = args[0], call.given.get("width")
    if not isinstance(of, Value) or of.axes[-1] != COLUMNS or width not in (None, of.node.width):
        raise BadInputError(f"{call.where} normalises something else than each row")
    node = Node("norm", (of.node,), of.node.width, call.where, {"eps": call.given["eps"]})
    made: Tensor = value(node, of.axes)
    for op, by in zip(("mul", "add"), args[1:], strict=False):
        if by is not None:
            made = elementwise(reading, Call(op, (), call.outputs, call.where), [made, by])
    return made


def _same(reading: Reading, call: Call, args: list[Any]) -> Tensor:
    return as_tensor(args[0])


Meaning = Callable[[Reading, Call, list[Any]], Any]
MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(ELEMENTWISE, elementwise),
    "matmul": _matmul,
    "concat": _concat,
    "slice": _slice,
    "reshape": _reshape,
    "shape": _shape,
    "transpose": _transpose,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "mean": _reduce,
    "total": _reduce,
    "layer_norm": _layer_norm,
    "same": _same,
}
