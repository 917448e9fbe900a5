"""A network as a graph: from it follow its parameters, its sizes, and what is pruned together.

    graph = mlp((512, 512, 512, 256), inputs=18, outputs=2)
    graph.params(graph.hidden)              # 666882
    graph.smaller((256, 256, 256, 128))     # the same operations, fewer neurons

A dimension has a width. Values whose columns belong together, such as the two sides of a skip, have
the same dimension, so that its neurons are pruned in all of them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from spinn_engine.graph.labels import LAYER, chain_labels, labels_of
from spinn_engine.graph.ops import (
    INPUTS,
    LARGEST_WIDTH,
    ONE,
    AnyOperation,
    Dense,
    Dims,
    Function,
    Name,
    Parameter,
    Prelu,
    Product,
    Scale,
    Select,
    Sum,
)
from spinn_engine.graph.sizes import Size, Widths, size_of
from spinn_engine.words import counted, shown, shown_list

V = TypeVar("V")
Apply = Mapping[str, Callable[[AnyOperation, list[V]], V]]  # by kind, what an operation does
MOST_OPERATIONS = 1024


class Graph(BaseModel):
    """A network.

    Attributes:
        ops: its operations, each after those that it takes values of; the last gives the outputs.
        widths: by dimension, that of the inputs first.
        prunable: the dimensions whose neurons may be removed, from input to output.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    ops: Annotated[
        tuple[AnyOperation, ...], Field(strict=False, min_length=1, max_length=MOST_OPERATIONS)
    ]
    widths: dict[Name, Annotated[int, Field(ge=1, le=LARGEST_WIDTH)]]
    prunable: Annotated[tuple[Name, ...], Field(strict=False)]

    @model_validator(mode="after")
    def _that_fits(self) -> Self:
        names = [INPUTS, *(op.name for op in self.ops)]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"two values are called {twice}: name each once")
        for op in self.ops:
            if missing := [name for name in op.inputs if name not in self.dims]:
                raise ValueError(f"{op.name} takes {shown(missing[0])}, which no operation gives")
        used = {dim for dims in self.dims.values() for dim in dims} - {*ONE}
        if used != {*self.widths} - {*ONE}:
            raise ValueError(f"widths must be those of {shown_list(sorted(used))}")
        self._check_prunable()
        return self

    def _check_prunable(self) -> None:
        made = {dim for op in self.ops if isinstance(op, Dense) and op.trained for dim in [op.dim]}
        fixed = {INPUTS, *self.outputs_dims, *ONE}
        fixed |= {op.dim for op in self.ops if isinstance(op, Dense) and not op.trained}
        for op in self.ops:
            if isinstance(op, Select):
                fixed |= {*self.dims[op.inputs[0]], op.dim}
            if isinstance(op, Sum) and op.signs and len(op.signs) != len(op.inputs):
                raise ValueError(
                    f"{op.name} has {counted(len(op.signs), 'sign')} for "
                    f"{counted(len(op.inputs), 'value')}"
                )
        if wrong := [dim for dim in self.prunable if dim not in made or dim in fixed]:
            raise ValueError(f"the dimension {shown(wrong[0])} cannot be pruned")

    @cached_property
    def dims(self) -> dict[str, Dims]:
        """By value, the dimensions of its columns."""
        found: dict[str, Dims] = {INPUTS: (INPUTS,)}
        for op in self.ops:
            if all(name in found for name in op.inputs):
                found[op.name] = op.gives([found[name] for name in op.inputs])
        return found

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """All numbers, in the order of the operations."""
        return tuple(p for op in self.ops for p in self.parameters_of(op))

    def parameters_of(self, op: AnyOperation) -> tuple[Parameter, ...]:
        """Those of one operation."""
        return op.parameters([self.dims[name] for name in op.inputs])

    @cached_property
    def dense(self) -> tuple[Dense, ...]:
        """The operations that have a matrix, in order."""
        return tuple(op for op in self.ops if isinstance(op, Dense))

    @property
    def outputs_dims(self) -> Dims:
        """The dimensions of the outputs."""
        return self.dims[self.ops[-1].name]

    @property
    def inputs(self) -> int:
        """How many inputs it takes."""
        return self.widths[INPUTS]

    @property
    def outputs(self) -> int:
        """How many outputs it gives."""
        return self.columns(self.outputs_dims)

    @property
    def hidden(self) -> Widths:
        """Widths of the dimensions that may be pruned, from input to output."""
        return tuple(self.widths[dim] for dim in self.prunable)

    @cached_property
    def distances(self) -> dict[str, int]:
        """By value, the most layers that learn on a way from the inputs to it."""
        far = {INPUTS: 0}
        for op in self.ops:
            layer = isinstance(op, Dense) and op.trained
            far[op.name] = max(far[name] for name in op.inputs) + layer
        return far

    @property
    def activations(self) -> list[Function | Prelu]:
        """The functions that stand behind layers, in order."""
        kinds = (Function, Prelu)
        return [op for op in self.ops if isinstance(op, kinds) and self.distances[op.name]]

    @property
    def output_function(self) -> Function | None:
        """The function that stands behind the last layer, if one does."""
        by_name, value = {op.name: op for op in self.ops}, self.ops[-1].name
        while isinstance(op := by_name.get(value), Scale | Product):
            many = [name for name in op.inputs if self.dims[name] != ONE]
            value = (many or op.inputs)[0]
        behind = isinstance(op, Function) and self.distances[op.name]
        return op if isinstance(op, Function) and behind else None

    @property
    def activation(self) -> str:
        """The function that most layers have; ``identity`` where none has one."""
        names = self.activation_names
        return max(dict.fromkeys(names), key=names.count) if names else "identity"

    @property
    def activation_names(self) -> list[str]:
        """The names of the functions that stand behind layers, in order."""
        return [op.function if isinstance(op, Function) else op.kind for op in self.activations]

    @cached_property
    def is_chain(self) -> bool:
        """Whether every operation takes the value of the one before it, and no other."""
        before = [INPUTS, *(op.name for op in self.ops)]
        return all(op.inputs == (name,) for op, name in zip(self.ops, before, strict=False))

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """What people call the dimensions that may be pruned: ``hidden layer 2``, ``stream``."""
        if not self.is_chain:
            return labels_of(self.prunable)
        made = [op.dim for op in self.dense if op.trained]
        return chain_labels([made.index(dim) for dim in self.prunable])

    @property
    def layered(self) -> bool:
        """Whether all that may be pruned are hidden layers, one after another."""
        return all(label.startswith(LAYER) for label in self.labels)

    @property
    def short_labels(self) -> tuple[str, ...]:
        """The labels for the side of a picture: ``layer 2``, ``stream``."""
        return tuple(label.removeprefix("hidden ") for label in self.labels)

    @property
    def noun(self) -> str:
        """What each of them is: a layer, or a group of neurons that are pruned together."""
        return "layer" if self.layered else "group"

    def columns(self, dims: Dims) -> int:
        """How many columns a value of these dimensions has."""
        return sum(1 if dim in ONE else self.widths[dim] for dim in dims)

    def shape(self, parameter: Parameter) -> tuple[int, int]:
        """Rows and columns of a parameter."""
        rows = 1 if parameter.rows is None else self.columns(parameter.rows)
        return rows, self.columns(parameter.columns) if parameter.columns else 1

    def smaller(self, hidden: Sequence[int]) -> Graph:
        """The same operations with other widths of the dimensions that may be pruned."""
        widths = {**self.widths, **dict(zip(self.prunable, hidden, strict=True))}
        return Graph(ops=self.ops, widths=widths, prunable=self.prunable)

    def producers(self, dim: str) -> list[Dense]:
        """The operations that make the neurons of a dimension."""
        return [op for op in self.dense if op.dim == dim]

    def consumers(self, dim: str) -> list[Dense]:
        """The operations whose matrix takes the neurons of a dimension."""
        return [op for op in self.dense if dim in self.dims[op.inputs[0]]]

    def parts(self, dims: Dims) -> list[tuple[str, slice]]:
        """The dimensions of a value with where the columns of each stand; one may come twice."""
        found, start = [], 0
        for dim in dims:
            found.append((dim, slice(start, start + self.columns((dim,)))))
            start = found[-1][1].stop
        return found

    def taken(self, op: Dense, dim: str) -> list[slice]:
        """Where the neurons of a dimension stand in what a layer takes."""
        return [part for one, part in self.parts(self.dims[op.inputs[0]]) if one == dim]

    @cached_property
    def params(self) -> Size:
        """The number of parameters, as a function of the widths that may be pruned."""
        return size_of(self._products(lambda p: p.trained), self._fixed, self.prunable)

    @cached_property
    def numbers(self) -> Size:
        """The same with what is not learned: what a file has to hold."""
        return size_of(self._products(lambda _: True), self._fixed, self.prunable)

    @cached_property
    def macs(self) -> Size:
        """Multiply-accumulates of the matrices in one forward pass of one row."""
        matrices = self._products(lambda p: p.rows is not None)
        return size_of(matrices, self._fixed, self.prunable)

    def _fixed(self, dim: str) -> int:
        return 1 if dim in ONE else self.widths[dim]

    def _products(self, chosen: Callable[[Parameter], bool]) -> list[tuple[Dims, Dims]]:
        """Rows and columns of the chosen parameters; one of a single row has none of rows."""
        return [(p.rows or (), p.columns) for p in self.parameters if chosen(p)]

    def walk(self, x: V, apply: Apply[V]) -> dict[str, V]:
        """All values, by name, that come of ``x`` where operations do what ``apply`` says."""
        values = {INPUTS: x}
        for op in self.ops:
            values[op.name] = apply[op.kind](op, [values[name] for name in op.inputs])
        return values
