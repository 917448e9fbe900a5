"""A graph while a file is read: what is joined by a sum or product becomes one dimension.

Arrays are kept in double precision until the end, so that what is folded is exact.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from spinn_engine.errors import BadInputError, one_sentence
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    ONE,
    AnyOperation,
    Concat,
    Dense,
    Function,
    LayerNorm,
    Prelu,
    Product,
    Scale,
    Sum,
)
from spinn_engine.imported.others.folding import folded
from spinn_engine.words import shown, shown_list

Floats = NDArray[np.float64]
Places = tuple[int, ...]  # dimensions of a value, by number


@dataclass
class Assembly:
    """Operations, one after the other.

    Attributes:
        ops: what was added; dimensions stand in them by number.
        arrays: their numbers.
    """

    inputs: int
    ops: list[AnyOperation] = field(default_factory=list)
    arrays: dict[str, Floats] = field(default_factory=dict)
    _dims: dict[str, Places] = field(default_factory=dict)
    _same: list[int] = field(default_factory=lambda: [0])
    _widths: list[int] = field(default_factory=list)
    _single: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._widths.append(self.inputs)
        self._dims[INPUTS] = (0,)

    def width(self, value: str) -> int:
        """How many columns a value has."""
        return sum(self._widths[place] for place in self._dims[value])

    def name(self, wanted: str) -> str:
        """A name like the one of the file that no other value has."""
        clean = re.sub(r"[^A-Za-z0-9_.]+", "_", wanted)[:80] or "value"
        found, number = clean, 1
        while found in self._dims:
            number += 1
            found = f"{clean}_{number}"
        return found

    def dense(
        self, wanted: str, taken: str, weight: Floats, bias: Floats | None, trained: bool = True
    ) -> str:
        """``x W + b`` with ``W`` ``[in, out]``; the name of its value.

        Raises:
            BadInputError: the weight does not fit the value.
        """
        if weight.ndim != 2 or len(weight) != self.width(taken) or not weight.shape[1]:
            raise BadInputError(
                f"the weight of {shown(wanted)} has the shape {list(weight.shape)}, where "
                f"{self.width(taken)} columns come in"
            )
        name, place = self.name(wanted), self._new(weight.shape[1])
        self._put(f"{name}.weight", weight, weight.shape)
        if bias is not None:
            self._put(f"{name}.bias", bias, weight.shape[1:])
        dense = Dense(name=name, inputs=(taken,), dim=str(place), bias=bias is not None)
        return self._add(dense.model_copy(update={"trained": trained}), (place,))

    def function(
        self, wanted: str, taken: str, function: str, factor: float = 1.0,
        slope: float | None = None,
    ) -> str:  # fmt: skip
        """A function of ``FUNCTIONS``; the name of its value."""
        name = self.name(wanted)
        op = Function(name=name, inputs=(taken,), function=function, factor=factor, slope=slope)
        return self._add(op, self._dims[taken])

    def prelu(self, wanted: str, taken: str, slopes: Floats) -> str:
        """Slopes ``[columns]``, or one for all; the name of its value."""
        name = self.name(wanted)
        shared = slopes.size == 1 and self.width(taken) != 1
        slopes = slopes.reshape(()) if shared else slopes
        self._put(f"{name}.weight", slopes, () if shared else (self.width(taken),))
        return self._add(Prelu(name=name, inputs=(taken,), shared=shared), self._dims[taken])

    def layer_norm(
        self, wanted: str, taken: str, eps: float, weight: Floats | None, bias: Floats | None
    ) -> str:
        """Layer normalisation; the name of its value."""
        name, width = self.name(wanted), self.width(taken)
        affine = weight is not None or bias is not None
        if affine:
            self._put(f"{name}.weight", np.ones(width) if weight is None else weight, (width,))
            self._put(f"{name}.bias", np.zeros(width) if bias is None else bias, (width,))
        op = LayerNorm(name=name, inputs=(taken,), eps=eps, affine=affine)
        return self._add(op, self._dims[taken])

    def scale(self, wanted: str, taken: str, scale: Floats, shift: Floats) -> str:
        """``x scale + shift``, each ``[columns]`` or one for all; the name of its value."""
        name, width = self.name(wanted), self.width(taken)
        for part, values in (("scale", scale), ("shift", shift)):
            values = np.full(width, values.reshape(())) if values.size == 1 else values
            self._put(f"{name}.{part}", values, (width,))
        return self._add(Scale(name=name, inputs=(taken,)), self._dims[taken])

    def sum(self, wanted: str, taken: Sequence[str], signs: tuple[float, ...] = ()) -> str:
        """A sum of values, column by column; the name of its value.

        Raises:
            BadInputError: they have other columns.
        """
        places = self._joined(wanted, taken)
        return self._add(Sum(name=self.name(wanted), inputs=tuple(taken), signs=signs), places)

    def product(self, wanted: str, taken: Sequence[str]) -> str:
        """A product of values, column by column; the name of its value.

        Raises:
            BadInputError: they have other columns.
        """
        places = self._joined(wanted, taken)
        return self._add(Product(name=self.name(wanted), inputs=tuple(taken)), places)

    def concat(self, wanted: str, taken: Sequence[str]) -> str:
        """Values beside each other; the name of its value."""
        places = tuple(place for name in taken for place in self._dims[name])
        return self._add(Concat(name=self.name(wanted), inputs=tuple(taken)), places)

    def graph(self) -> tuple[Graph, dict[str, Floats]]:
        """What was built; the last operation gives the outputs.

        Raises:
            BadInputError: it is too large, or there is no operation in it.
        """
        if not self.ops:
            raise BadInputError("it has no layer")
        outputs = self._dims[self.ops[-1].name]
        self.ops, self.arrays = folded(self.ops, self.arrays)
        names = self._names(outputs)
        ops = tuple(
            op.model_copy(update={"dim": names[self._root(int(op.dim))]})
            if isinstance(op, Dense)
            else op
            for op in self.ops
        )
        widths = {name: self._widths[place] for place, name in names.items() if name not in ONE}
        prunable = tuple(name for name in widths if name.startswith("hidden_"))
        try:
            return Graph(ops=ops, widths=widths, prunable=prunable), self.arrays
        except ValidationError as error:
            raise BadInputError(one_sentence(error)) from None

    def _new(self, width: int) -> int:
        self._same.append(len(self._same))
        self._widths.append(width)
        return len(self._same) - 1

    def _root(self, place: int) -> int:
        while self._same[place] != place:
            place = self._same[place]
        return place

    def _put(self, name: str, values: Floats, shape: tuple[int, ...]) -> None:
        if values.shape != shape:
            raise BadInputError(
                f"{shown(name)} has the shape {list(values.shape)}, it must be {list(shape)}"
            )
        self.arrays[name] = values

    def _add(self, op: AnyOperation, places: Places) -> str:
        self.ops.append(op)
        self._dims[op.name] = places
        return op.name

    def _joined(self, wanted: str, taken: Sequence[str]) -> Places:
        """The dimensions of values that go together, made one; a single column fits all."""
        every = [self._dims[name] for name in taken]
        wide = [places for places in every if sum(self._widths[p] for p in places) > 1]
        for places in every if wide else ():
            if places not in wide:
                self._single |= {self._root(place) for place in places}
        chosen = wide or every
        for places in chosen[1:]:
            if [self._widths[p] for p in places] != [self._widths[p] for p in chosen[0]]:
                widths = [str(self.width(name)) for name in taken]
                raise BadInputError(
                    f"{shown(wanted)} joins values of {shown_list(widths)} columns, or of parts of "
                    "other widths, which is not read"
                )
            for one, other in zip(places, chosen[0], strict=True):
                first, second = sorted((self._root(one), self._root(other)))
                self._same[second] = first
        return chosen[0]

    def _names(self, outputs: Places) -> dict[int, str]:
        """Names of the dimensions; those that are hidden and learned are numbered."""
        ends = [self._root(place) for place in outputs]
        single = {self._root(place) for place in self._single}
        if 0 in single:
            raise BadInputError("its one input is added to or multiplied with many columns")
        made = [(self._root(int(op.dim)), op) for op in self.ops if isinstance(op, Dense)]
        fixed = {place for place, op in made if not op.trained}
        found, hidden = {0: INPUTS}, 0
        for place, op in made:
            if place in found:
                continue
            if place in single:
                found[place] = ONE[0]
            elif place in ends:
                number = ends.index(place) + 1
                found[place] = "outputs" if len(ends) == 1 else f"output_{number}"
            elif place in fixed:
                found[place] = f"fixed_{op.name}"
            else:
                hidden += 1
                found[place] = f"hidden_{hidden}"
        return found
