"""What an operation of ONNX is made of, and the calls that it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Call, Constant, Ref


class Maker:
    """Makes the calls of one operation.

    Attributes:
        inputs: what it takes; None where it is left out.
        attributes: what it is told.
        outputs: names of what it gives.
        where: how a sentence calls it.
        constants: arrays that are known already, for what must be a number here.
        version: of the operations.
    """

    def __init__(
        self,
        inputs: Sequence[Ref | None],
        attributes: Mapping[str, Any],
        outputs: tuple[str, ...],
        where: str,
        known: tuple[Mapping[str, Constant], int],
    ) -> None:
        self.inputs, self.attributes, self.outputs = list(inputs), attributes, outputs
        self.where, (self.constants, self.version) = where, known
        self.calls: list[Call] = []

    def input(self, at: int) -> Any:
        """What it takes; None where that is left out."""
        return self.inputs[at] if at < len(self.inputs) else None

    def numbers(self, at: int, attribute: str = "") -> list[int] | None:
        """Whole numbers that are an input in newer versions, and an attribute in older ones.

        Raises:
            BadInputError: they are not in the file.
        """
        if attribute in self.attributes:
            found = self.attributes[attribute]
            return list(found) if isinstance(found, (list, tuple)) else [found]
        given = self.input(at)
        if given is None:
            return None
        constant = self.constants.get(given.name)
        if constant is None or constant.array.size > 4096:
            raise BadInputError(f"{self.where} takes sizes that are computed, not written down")
        return [int(one) for one in constant.array.reshape(-1).tolist()]

    def call(self, op: str, *args: Any, last: bool = False, **given: Any) -> Ref:
        """Another call; the last one gives what the operation gives."""
        outputs = self.outputs if last else (f"{self.outputs[0]}/{len(self.calls)}",)
        self.calls.append(Call(op, args, outputs, self.where, given))
        return Ref(outputs[0])
