"""A graph while it is put together from the layers of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Dense,
    Function,
    LayerNorm,
    Prelu,
    Scale,
    Sum,
)
from spinn_engine.imported.recognition.layers import Layer
from spinn_engine.imported.recognition.matrices import Matrices
from spinn_engine.imported.recognition.norm_defaults import TORCH, NormDefaults
from spinn_engine.imported.recognition.pieces import ADAPTIVE, BATCH_NORM, PRELU, Piece

Floats64 = NDArray[np.float64]
Affine = tuple[Floats64, Floats64]  # scale and shift
OUTPUTS = "outputs"
LONGEST_NAME = 90


@dataclass(eq=False)
class Draft:
    """Operations and their numbers.

    Attributes:
        numbers: of the file.
        activation: of every function between layers, until another is known.
        eps: of norms by name, where the file tells it.
        usual: what eps is else.
        slope: what stands before a number in every activation, beside slopes of the file.
    """

    numbers: Matrices
    activation: str
    eps: dict[str, float] = field(default_factory=dict)
    usual: NormDefaults = TORCH
    slope: float = 1.0
    slopes: Sequence[Piece] = ()
    begins: Callable[[Draft], str] = lambda _: INPUTS
    ops: list[AnyOperation] = field(default_factory=list)
    widths: dict[str, int] = field(default_factory=dict)
    prunable: list[str] = field(default_factory=list)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    later: dict[str, Affine] = field(default_factory=dict)  # by value: what its takers do first
    acted: int = 0

    def begin(self) -> str:
        """The value that the first layers take."""
        return self.begins(self)

    def layer(
        self, layer: Layer, taken: str, dim: str | None = None, pruned: bool = True, name: str = ""
    ) -> str:
        """A layer of the file; the name of its value."""
        name = name or named(layer.name)
        dim = dim or name
        if self.widths.setdefault(dim, layer.outputs) != layer.outputs:
            raise BadInputError(f"its layer {layer} is not as wide as what it is added to")
        if pruned and dim not in self.prunable:
            self.prunable.append(dim)
        weight, bias = self.numbers.weights[layer.name], self.numbers.biases.get(layer.name)
        if taken in self.later:
            scale, shift = self.later[taken]
            more = shift @ weight.astype(np.float64)
            bias = as_narrow(more if bias is None else bias + more)
            weight = as_narrow(scale[:, None] * weight)
        self.arrays[f"{name}.weight"] = weight
        if bias is not None:
            self.arrays[f"{name}.bias"] = bias
        self.ops.append(Dense(name=name, inputs=(taken,), dim=dim, bias=bias is not None))
        return name

    def add(self, op: AnyOperation) -> str:
        """Any other operation; the name of its value."""
        self.ops.append(op)
        return op.name

    def sum(self, name: str, *values: str, signs: tuple[float, ...] = ()) -> str:
        """A sum of values."""
        return self.add(Sum(name=name, inputs=tuple(map(self.settled, values)), signs=signs))

    def act(self, value: str, name: str = "", slope: Piece | None = None) -> str:
        """The activation behind a value, which is that of a layer or a norm."""
        name, factors = name or f"{value}.act", [self.slope] if self.slopes else []
        slope = slope or (self.slopes[0] if len(self.slopes) == 1 else None)
        if slope is None and self.slopes:
            slope = self.slopes[min(self.acted, len(self.slopes) - 1)]
        self.acted += 1
        numbers = {} if slope is None else self._numbers(slope)
        one = np.ones(1)
        scale = numbers.get("slope", numbers.get("beta", one)) * (factors or [1.0])[0]
        value = self.affine(value, scale.ravel(), numbers.get("gamma", 0 * one).ravel())
        value = self.settled(value)
        self.add(Function(name=name, inputs=(value,), function=self.activation))
        if slope is not None and slope.kind == ADAPTIVE:
            return self.affine(name, numbers["alpha"].ravel(), 0 * one)
        return name

    def function(self, value: str, name: str, **how: Any) -> str:
        """A function that the file tells."""
        return self.add(Function(name=name, inputs=(self.settled(value),), **how))

    def norm(self, piece: Piece, value: str, name: str = "") -> str:
        """A norm or a PReLU behind a value."""
        name, numbers = name or named(piece.name), self._numbers(piece)
        if piece.kind == BATCH_NORM:
            eps = self.eps.get(piece.name, self.usual.batch)
            scale = numbers.get("weight", 1.0) / np.sqrt(numbers["running_var"] + eps)
            return self.affine(
                value, scale, numbers.get("bias", 0.0) - numbers["running_mean"] * scale
            )
        value = self.settled(value)
        self.arrays[f"{name}.weight"] = as_narrow(numbers["weight"])
        if piece.kind == PRELU:
            shared = piece.width == 1
            return self.add(Prelu(name=name, inputs=(value,), shared=shared))
        bias = numbers.get("bias", 0.0 * numbers["weight"])
        self.arrays[f"{name}.bias"] = as_narrow(bias)
        eps = self.eps.get(piece.name, self.usual.layer)
        return self.add(LayerNorm(name=name, inputs=(value,), eps=eps))

    def affine(self, value: str, scale: Floats64, shift: Floats64) -> str:
        """Scale and shift a value: in the numbers before or behind it, which is exact."""
        if (scale == 1).all() and not shift.any():
            return value
        op = self.ops[-1] if self.ops and self.ops[-1].name == value else None
        weight, bias = f"{value}.weight", f"{value}.bias"
        numbered = isinstance(op, Dense | LayerNorm) and weight in self.arrays
        if numbered and value not in self.later:
            self.arrays[weight] = as_narrow(self.arrays[weight] * scale)
            old = self.arrays.get(bias)
            if old is not None or shift.any():
                width = self.arrays[weight].shape[-1]
                new = (0.0 if old is None else old * scale) + shift
                self.arrays[bias] = as_narrow(np.broadcast_to(new, (width,)))
                if isinstance(op, Dense):
                    self.ops[-1] = op.model_copy(update={"bias": True})
            return value
        width = self._width(value)
        old_scale, old_shift = self.later.get(value, (np.ones(width), np.zeros(width)))
        self.later[value] = old_scale * scale, old_shift * scale + shift
        return value

    def settled(self, value: str) -> str:
        """A value of which nothing is left to be done by those who take it."""
        if value not in self.later:
            return value
        scale, shift = self.later.pop(value)
        return self.scale(f"{value}.rest", value, scale, shift)

    def scale(self, name: str, value: str, scale: Floats64, shift: Floats64) -> str:
        """``x scale + shift`` as an operation of its own."""
        width = self._width(value)
        self.arrays[f"{name}.scale"] = as_narrow(np.broadcast_to(scale, (width,)))
        self.arrays[f"{name}.shift"] = as_narrow(np.broadcast_to(shift, (width,)))
        return self.add(Scale(name=name, inputs=(value,)))

    def graph(self) -> Graph:
        """What was built."""
        return Graph(ops=tuple(self.ops), widths=self.widths, prunable=tuple(self.prunable))

    def _numbers(self, piece: Piece) -> dict[str, Floats64]:
        return {
            part: self.numbers.others[name]
            for part, name in piece.names.items()
            if name in self.numbers.others
        }

    def dim_of(self, value: str) -> str:
        """The one dimension of a value.

        Raises:
            BadInputError: it has several.
        """
        dims = self._graph().dims[value]
        if len(dims) != 1:
            raise BadInputError("its blocks begin with several values beside each other")
        return dims[0]

    def _graph(self) -> Graph:
        """What is built so far, not yet checked."""
        return Graph.model_construct(ops=tuple(self.ops), widths=self.widths, prunable=())

    def _width(self, value: str) -> int:
        draft = self._graph()
        return draft.columns(draft.dims[value])


@dataclass(eq=False)
class Structure:
    """What a network may be, by its names and shapes.

    Attributes:
        words: its kind.
        layers: those that it has.
        inputs: how many columns its first layers take.
        outputs: how many its last ones give.
        forms: what it may compute, the likeliest first: in words, and how it is built; the last
            value is that of its outputs.
        notes: what there is to say, in sentences.
        known: whether the file tells which form.
        acts: whether the file tells the functions between layers.
        ends: the layers that give outputs.
    """

    words: str
    layers: Sequence[Layer]
    inputs: int
    outputs: int
    forms: Sequence[tuple[str, Callable[[Draft], str]]]
    notes: Sequence[str] = ()
    known: bool = False
    acts: bool = False
    ends: Sequence[Layer] = ()


def named(name: str) -> str:
    """A name of a layer as one of an operation."""
    found = re.sub(r"[^A-Za-z0-9_.]", "_", name)[-LONGEST_NAME:].strip(".")
    return {"": "layer", INPUTS: "inputs_layer"}.get(found, found)


def as_narrow(values: Any) -> NDArray[np.float32]:
    """Numbers as float32.

    Raises:
        BadInputError: one became too large.
    """
    with np.errstate(over="ignore"):
        found = np.ascontiguousarray(values, np.float32)
    if not np.isfinite(found).all():
        raise BadInputError("what scales its layers makes numbers that are too large for float32")
    return found
