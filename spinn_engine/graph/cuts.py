"""A network in two parts, one that stays as it is and one that learns; and its last layers.

cut = early_frozen(graph, 2)    # the first two layers stay
cut.kept                        # the values that are calculated once and kept
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import AnyOperation, Concat, Dense, Scale, Select


@dataclass(frozen=True)
class Cut:
    """A network in two parts.

    Attributes:
        graph: the network.
        learning: the operations whose parameters learn.
    """

    graph: Graph
    learning: frozenset[str]

    @cached_property
    def above(self) -> tuple[AnyOperation, ...]:
        """The operations that learn, and those that follow on them."""
        moved, found = set(self.learning), []
        for op in self.graph.ops:
            if op.name in moved or moved & {*op.inputs}:
                moved.add(op.name)
                found.append(op)
        return tuple(found)

    @cached_property
    def kept(self) -> tuple[str, ...]:
        """The values that no learning changes and from which all that is ``above`` follows."""
        own = {op.name for op in self.above}
        return tuple(dict.fromkeys(n for op in self.above for n in op.inputs if n not in own))

    @cached_property
    def below(self) -> tuple[AnyOperation, ...]:
        """The operations that give the values that are kept."""
        needed, found = {*self.kept}, []
        for op in reversed(self.graph.ops):
            if op.name in needed:
                needed |= {*op.inputs}
                found.append(op)
        return tuple(reversed(found))

    @property
    def columns(self) -> int:
        """How many columns the values that are kept have together."""
        return sum(self.graph.columns(self.graph.dims[name]) for name in self.kept)

    @property
    def params(self) -> int:
        """How many parameters learn."""
        shapes = [
            self.graph.shape(parameter)
            for op in self.above
            if op.name in self.learning
            for parameter in self.graph.parameters_of(op)
            if parameter.trained
        ]
        return sum(rows * columns for rows, columns in shapes)

    @property
    def frozen_layers(self) -> int:
        """How many of ``layers`` stay as they are."""
        return sum(op.name not in self.learning for op in layers(self.graph))


def layers(graph: Graph) -> tuple[Dense, ...]:
    """The dense layers that a network learns with, in order."""
    return tuple(op for op in graph.dense if op.trained)


def early_frozen(graph: Graph, count: int) -> Cut:
    """The cut that leaves so many dense layers as they are: those nearest to the inputs.

    Layers that are equally far from the inputs stay or learn together, so of a graph that is no
    chain it may be the next number to ``count`` that can be had. One that no other layer follows
    always learns. What is no layer, such as a norm, stays where all that it takes does.
    """
    far, follows = graph.distances, _followed(graph)
    early = [op.name for op in layers(graph) if op.name in follows]
    reached = [0, *sorted({far[name] for name in early})]
    choices = [{name for name in early if far[name] <= limit} for limit in reached]
    frozen = min(choices, key=lambda names: abs(len(names) - count))
    learning: set[str] = set()
    moved: set[str] = set()  # values that learning changes
    for op in graph.ops:
        own = any(parameter.trained for parameter in graph.parameters_of(op))
        layer = isinstance(op, Dense) and op.trained
        if own and (op.name not in frozen if layer else not frozen or moved & {*op.inputs}):
            learning.add(op.name)
        if op.name in learning or moved & {*op.inputs}:
            moved.add(op.name)
    return Cut(graph, frozenset(learning))


def _followed(graph: Graph) -> set[str]:
    """The values that some later layer follows on."""
    found: set[str] = set()
    for op in reversed(graph.ops):
        if op.name in found or (isinstance(op, Dense) and op.trained):
            found |= {*op.inputs}
    return found


@dataclass(frozen=True)
class Last:
    """A dense layer whose columns are outputs, but for fixed scales.

    Attributes:
        op: the layer.
        columns: its columns that are outputs, and for each of them
        outputs: which output it is, and
        scales: the fixed scales behind it with the column that it has there, the first one first.
    """

    op: Dense
    columns: tuple[int, ...]
    outputs: tuple[int, ...]
    scales: tuple[tuple[tuple[str, int], ...], ...]


class NoLastLayer(ValueError):
    """The outputs of a network are not those of dense layers, for the reason that it says."""


def last_layers(graph: Graph, value: str | None = None) -> tuple[Last, ...]:
    """The layers that give the outputs, or another value of as many columns: one, or one a head.

    Raises:
        NoLastLayer: something that is not linear stands behind them, or they are no layers that
            can be solved each by itself.
    """
    value = value or graph.ops[-1].name
    ends = [_end(graph, value, column, ()) for column in range(graph.outputs)]
    by_layer: dict[str, list[int]] = {}
    for output, (op, _, _) in enumerate(ends):
        by_layer.setdefault(op.name, []).append(output)
    found = []
    for outputs in by_layer.values():
        columns = tuple(ends[output][1] for output in outputs)
        if len(set(columns)) < len(columns):
            raise NoLastLayer("two outputs are the same column of a layer")
        scales = tuple(ends[output][2] for output in outputs)
        found.append(Last(ends[outputs[0]][0], columns, tuple(outputs), scales))
    cut = before_last(graph, found)
    if taken := [last.op.name for last in found if last.op.inputs[0] not in cut.kept]:
        raise NoLastLayer(f"the layer {taken[0]} takes what another last layer gives")
    return tuple(found)


def before_last(graph: Graph, last: Sequence[Last]) -> Cut:
    """The cut before the last layers, which alone learn."""
    return Cut(graph, frozenset(one.op.name for one in last))


End = tuple[Dense, int, tuple[tuple[str, int], ...]]


def _end(graph: Graph, value: str, column: int, scales: tuple[tuple[str, int], ...]) -> End:
    """The layer, and the column of it, that one column of a value is."""
    op = next((op for op in graph.ops if op.name == value), None)
    if isinstance(op, Dense) and op.trained:
        return op, column, scales
    if isinstance(op, Scale) and not op.trained:
        return _end(graph, op.inputs[0], column, ((op.name, column), *scales))
    if isinstance(op, Select):
        return _end(graph, op.inputs[0], op.columns[column], scales)
    if isinstance(op, Concat):
        for name in op.inputs:
            width = graph.columns(graph.dims[name])
            if column < width:
                return _end(graph, name, column, scales)
            column -= width
    raise NoLastLayer(f"{_kind(op)} gives the outputs, not a dense layer")


def _kind(op: AnyOperation | None) -> str:
    if op is None:
        return "no operation"
    if op.kind == "function":
        return f"the function {op.function} ({op.name})"
    return f"the {op.kind.replace('_', ' ')} {op.name}"
