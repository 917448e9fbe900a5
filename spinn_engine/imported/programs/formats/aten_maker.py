"""What an operation of ATen is made of, and the calls that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Call, Ref

Args = Mapping[str, Any]


class Maker:
    """Makes the calls of one operation.

    Attributes:
        args: by name, as the program gives them.
        outputs: names of what the operation gives.
        where: how the program calls it.
        op: its name without overload and ``_``.
    """

    def __init__(self, op: str, args: Args, outputs: tuple[str, ...], where: str) -> None:
        self.op, self.args, self.outputs, self.where = op, args, outputs, where
        self.calls: list[Call] = []

    def get(self, name: str, default: Any = None) -> Any:
        """An argument, or what stands for it where it is left out."""
        found = self.args.get(name)
        return default if found is None else found

    def call(self, op: str, *args: Any, last: bool = False, **given: Any) -> Ref:
        """Another call; the last one gives what the operation gives."""
        outputs = self.outputs if last else (f"{self.outputs[0]}/{len(self.calls)}",)
        self.calls.append(Call(op, args, outputs, self.where, given))
        return Ref(outputs[0])

    def refuse(self, why: str) -> BadInputError:
        """The error that says what of it cannot be read."""
        return BadInputError(f"it has the operation {self.where} {why}")
