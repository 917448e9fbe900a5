"""From a list of calls to the expression that they compute."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import MOST_CALLS, Call, Constant, Program, Ref
from spinn_engine.imported.programs.meaning.arguments import as_tensor
from spinn_engine.imported.programs.meaning.columns import concat, conv, layer_norm, matmul, reduce
from spinn_engine.imported.programs.meaning.elementwise import elementwise
from spinn_engine.imported.programs.meaning.nodes import Node, select
from spinn_engine.imported.programs.meaning.numbers import ELEMENTWISE, check_size
from spinn_engine.imported.programs.meaning.shapes import (
    channels_call,
    chunk_call,
    reshape_call,
    shape_call,
    slice_call,
    squeeze_call,
    transpose_call,
    unsqueeze_call,
)
from spinn_engine.imported.programs.meaning.values import COLUMNS, ONE, ROWS, Tensor, Value, value
from spinn_engine.words import counted, shown


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
        self.program, self.made = program, 0
        self.known: dict[str, Tensor] = {**program.constants}
        whole = sum(one.width or 0 for one in program.inputs)
        start, first = Node("input", (), whole, "the input"), 0
        for one in program.inputs:
            axes = [COLUMNS if at == one.columns else ONE for at in range(len(one.shape))]
            columns = range(first, first := first + (one.width or 0))
            node = select(start, columns, "the input")
            self.known[one.name] = value(node, [ROWS, *axes[1:]], viewed=True)

    def outputs(self) -> list[Value]:
        """The expressions of the program's outputs."""
        for at, call in enumerate(self.program.calls):
            self._follow(at, call)
        found = [self._named(name, "the output") for name in self.program.outputs]
        if still := [one for one in found if isinstance(one, Constant)]:
            raise BadInputError(
                f"{counted(len(still), 'output')} of it does not depend on its rows"
            )
        return [one for one in found if isinstance(one, Value)]

    def _follow(self, at: int, call: Call) -> None:
        how = MEANINGS.get(call.op)
        if how is None:
            raise BadInputError(
                f"it has the operation {call.where}, which no network here can have"
            )
        args = [self._argument(one, call.where) for one in call.args]
        if call.given.get("in_place"):
            self._check_in_place(at, call, args[0])
        made = how(call, args, self.program)
        parts = made if isinstance(made, list) else [made]
        for name, one in zip(call.outputs, parts, strict=False):
            self.known[name] = one
            if isinstance(one, Constant) and one.array.base is None:
                self.made += one.array.size
                check_size((self.made,), call.where)
        if call.given.get("in_place") and isinstance(call.args[0], Ref):
            self.known[call.args[0].name] = parts[0]

    def _check_in_place(self, at: int, call: Call, taken: Any) -> None:
        """A tensor may be changed where nothing that shares its numbers is asked for later."""
        own = call.args[0].name if isinstance(call.args[0], Ref) else ""
        shared = {name for name, one in self.known.items() if one is taken and name != own}
        if not isinstance(taken, Value) or taken.viewed or shared & self._asked_after(at):
            raise BadInputError(
                f"{call.where} changes a tensor that others share: write it without '_' or inplace"
            )

    def _asked_after(self, at: int) -> set[str]:
        """The names that calls after one, or the outputs, take."""
        later = [one for call in self.program.calls[at + 1 :] for one in call.args]
        parts = [part for one in later for part in (one if isinstance(one, list) else [one])]
        return {part.name for part in parts if isinstance(part, Ref)} | {*self.program.outputs}

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


def _same(call: Call, args: list[Any], program: Program) -> Tensor:
    return as_tensor(args[0])


Meaning = Callable[[Call, list[Any], Program], Any]
MEANINGS: dict[str, Meaning] = {
    **dict.fromkeys(ELEMENTWISE, elementwise),
    "matmul": matmul,
    "conv": conv,
    "concat": concat,
    "slice": slice_call,
    "chunk": chunk_call,
    "channels": channels_call,
    "reshape": reshape_call,
    "shape": shape_call,
    "transpose": transpose_call,
    "squeeze": squeeze_call,
    "unsqueeze": unsqueeze_call,
    "mean": reduce,
    "total": reduce,
    "layer_norm": layer_norm,
    "same": _same,
}
