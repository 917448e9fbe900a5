"""What stands before and behind a network that is trained anew, and does not learn.

graph = with_ends(core, inputs=3, ends=Ends(periodic=((1, 360.0),), function="softplus"))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    ONE,
    AnyOperation,
    Concat,
    Function,
    Product,
    Scale,
    Select,
)

PLAIN, ANGLES, EMBEDDED = "plain", "angles", "embedded"  # values before
WAVES = ("sin", "cos")


@dataclass(frozen=True)
class Ends:
    """What stands at the ends of a network.

    Attributes:
        periodic: inputs, counted from 0, with their periods in raw units: in the place of each
            stand its sine and its cosine.
        function: of every output; None where there is none.
        zeros: inputs with a value, in raw units, where all outputs are zero: they are multiplied
            by the distance from it.
    """

    periodic: tuple[tuple[int, float], ...] = ()
    function: str | None = None
    zeros: tuple[tuple[int, float], ...] = ()

    def added(self, columns: Sequence[int]) -> int:
        """How many more columns than these inputs the network behind them takes."""
        return sum(column in columns for column, _ in self.periodic)


def with_ends(core: Graph, inputs: int, ends: Ends) -> Graph:
    """A network between its ends.

    Args:
        core: a network whose inputs are those that are not periodic as they are, and in the place
            of each other one its sine and its cosine.
        inputs: how many inputs the whole takes.
        ends: what stands there.
    """
    ops, widths = list(core.ops), dict(core.widths)
    if ends.periodic:
        before, places = _embedding([column for column, _ in ends.periodic], inputs)
        ops = [*before, *(_behind(op, places) for op in ops)]
        counts = {PLAIN: inputs - len(ends.periodic), ANGLES: len(ends.periodic)}
        widths |= {INPUTS: inputs, **{dim: count for dim, count in counts.items() if count}}
    if ends.function:
        ops.append(Function(name=_next_name(core), inputs=(ops[-1].name,), function=ends.function))
    factors = [ops[-1].name]
    for number, (column, _) in enumerate(ends.zeros, start=1):
        place, off = f"place{number}", distance(number)
        ops.append(Select(name=place, inputs=(INPUTS,), columns=(column,), dim=ONE[0]))
        ops.append(Scale(name=off, inputs=(place,)))
        factors.append(off)
    if ends.zeros:
        ops.append(Product(name="bounded", inputs=tuple(factors)))
    return Graph(ops=tuple(ops), widths=widths, prunable=core.prunable)


def distance(number: int) -> str:
    """The value that is zero where the outputs have to be, for the first such place and so on."""
    return f"distance{number}"


def _embedding(periodic: list[int], inputs: int) -> tuple[list[AnyOperation], list[int]]:
    """The operations before the network, and where each column that it takes stands among them."""
    plain = [column for column in range(inputs) if column not in periodic]
    ops: list[AnyOperation] = []
    if plain:
        ops.append(Select(name=PLAIN, inputs=(INPUTS,), columns=tuple(plain), dim=PLAIN))
    ops.append(Select(name="turning", inputs=(INPUTS,), columns=tuple(periodic), dim=ANGLES))
    ops.append(Scale(name=ANGLES, inputs=("turning",)))
    waves = tuple(f"{ANGLES}_{name}" for name in WAVES)
    ops += [
        Function(name=wave, inputs=(ANGLES,), function=name)
        for wave, name in zip(waves, WAVES, strict=True)
    ]
    ops.append(Concat(name=EMBEDDED, inputs=(PLAIN, *waves) if plain else waves))
    places = []
    for column in range(inputs):
        if column in periodic:
            at = len(plain) + periodic.index(column)
            places += [at, at + len(periodic)]
        else:
            places.append(plain.index(column))
    return ops, places


def _behind(op: AnyOperation, places: Sequence[int]) -> AnyOperation:
    """An operation that takes what is embedded, in the place of the inputs."""
    if INPUTS not in op.inputs:
        return op
    changed: dict[str, Any] = {
        "inputs": tuple(EMBEDDED if name == INPUTS else name for name in op.inputs)
    }
    if isinstance(op, Select):
        changed["columns"] = tuple(places[column] for column in op.columns)
    return op.model_copy(update=changed)


def _next_name(core: Graph) -> str:
    """A name behind the last: the next number, so that a plain network stays a sequence."""
    last = core.ops[-1].name
    return str(int(last) + 1) if last.isdigit() else "end"
