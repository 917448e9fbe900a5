"""The operations of a graph: what each takes, what it gives, and the numbers that it holds.

Values are rows of numbers; what a value's columns are is told by its dimensions, one after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from spinn_engine.vocabulary import FUNCTIONS, unknown

Dims = tuple[str, ...]  # the dimensions of a value's columns, in their order
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,100}$")]
NameList = Annotated[tuple[Name, ...], Field(strict=False, min_length=1, max_length=64)]
INPUTS = "inputs"  # the value that a network is given, and the dimension of its columns
LARGEST_WIDTH = 65_536

Numbers = Annotated[tuple[float, ...], Field(strict=False, max_length=64)]
Columns = Annotated[
    tuple[Annotated[int, Field(ge=0)], ...], Field(strict=False, min_length=1, max_length=4096)
]


@dataclass(frozen=True)
class Parameter:
    """Numbers of an operation, ``[S, rows, columns]`` in a stack.

    Attributes:
        name: the operation's and its own, as in ``0.weight``.
        rows: the dimensions of its rows; None where it has one row only.
        columns: the dimensions of its columns; none where it is a single number.
        trained: whether it is a parameter of the network; else it stays as it is.
        start: what all its numbers are in a new network; None where they are drawn.
    """

    name: str
    rows: Dims | None
    columns: Dims
    trained: bool = True
    start: float | None = None


class Operation(BaseModel):
    """Base of all operations.

    Attributes:
        name: of the operation, and of the value that it gives.
        inputs: the values that it takes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=True)

    name: Name
    inputs: NameList

    def gives(self, taken: Sequence[Dims]) -> Dims:
        """The dimensions of its value, given those of the values that it takes.

        Raises:
            ValueError: the values do not fit together.
        """
        raise NotImplementedError

    def parameters(self, taken: Sequence[Dims]) -> tuple[Parameter, ...]:
        """The numbers that it holds."""
        return ()


class OneInput(Operation):
    """An operation on one value."""

    inputs: Annotated[tuple[Name], Field(strict=False)]

    def gives(self, taken: Sequence[Dims]) -> Dims:
        """The same dimensions."""
        return taken[0]


class Dense(OneInput):
    """``x W + b``.

    Attributes:
        dim: the dimension that it gives.
        bias: whether there is a ``b``.
        trained: whether ``W`` is learned; else it is a fixed map.
    """

    kind: Literal["dense"] = "dense"
    dim: Name
    bias: bool = True
    trained: bool = True

    def gives(self, taken: Sequence[Dims]) -> Dims:
        """Its own dimension."""
        return (self.dim,)

    def parameters(self, taken: Sequence[Dims]) -> tuple[Parameter, ...]:
        """``weight`` and ``bias``."""
        weight = Parameter(f"{self.name}.weight", taken[0], (self.dim,), self.trained)
        if not self.bias:
            return (weight,)
        return weight, Parameter(f"{self.name}.bias", None, (self.dim,), start=0.0)


class Function(OneInput):
    """``f(factor x)`` of every number by itself.

    Attributes:
        function: a name of ``FUNCTIONS``.
        factor: before the number, such as the frequency of a sine.
        slope: of the functions that have one, such as leaky_relu's below zero.
    """

    kind: Literal["function"] = "function"
    function: str
    factor: float = 1.0
    slope: float | None = None

    @field_validator("function")
    @classmethod
    def _known(cls, name: str) -> str:
        if name not in FUNCTIONS:
            raise ValueError(unknown("function", name, FUNCTIONS))
        return name


class Prelu(OneInput):
    """``x`` above zero, ``slope x`` below (He et al. 2015), with learned slopes.

    Attributes:
        shared: one slope for all columns, not one each.
    """

    kind: Literal["prelu"] = "prelu"
    shared: bool = False

    def parameters(self, taken: Sequence[Dims]) -> tuple[Parameter, ...]:
        """``weight``: the slopes."""
        columns = () if self.shared else taken[0]
        return (Parameter(f"{self.name}.weight", None, columns, start=0.25),)


class LayerNorm(OneInput):
    """Layer normalisation (Ba et al. 2016): each row to mean 0 and variance 1, then ``x w + b``.

    Attributes:
        eps: added to the variance.
        affine: whether there are ``w`` and ``b``.
    """

    kind: Literal["layer_norm"] = "layer_norm"
    eps: float = 1e-5
    affine: bool = True

    def parameters(self, taken: Sequence[Dims]) -> tuple[Parameter, ...]:
        """``weight`` and ``bias``."""
        if not self.affine:
            return ()
        return (
            Parameter(f"{self.name}.weight", None, taken[0], start=1.0),
            Parameter(f"{self.name}.bias", None, taken[0], start=0.0),
        )


class Scale(OneInput):
    """``x scale + shift`` of every column by itself: a fixed map, or a norm at rest.

    Attributes:
        trained: whether both are learned.
    """

    kind: Literal["scale"] = "scale"
    trained: bool = False

    def parameters(self, taken: Sequence[Dims]) -> tuple[Parameter, ...]:
        """``scale`` and ``shift``."""
        return (
            Parameter(f"{self.name}.scale", None, taken[0], self.trained, start=1.0),
            Parameter(f"{self.name}.shift", None, taken[0], self.trained, start=0.0),
        )


class Select(OneInput):
    """Some columns of a value whose dimensions are never pruned.

    Attributes:
        columns: which, from 0.
        dim: the dimension that they make.
    """

    kind: Literal["select"] = "select"
    columns: Columns
    dim: Name

    def gives(self, taken: Sequence[Dims]) -> Dims:
        """Its own dimension."""
        return (self.dim,)


class Alike(Operation):
    """An operation on values of the same dimensions, column by column; one column fits all."""

    def gives(self, taken: Sequence[Dims]) -> Dims:
        """The same dimensions."""
        many = [dims for dims in taken if dims != ONE]
        if not many:
            return ONE
        if len(set(many)) > 1:
            raise ValueError(f"{self.name} joins values of other dimensions: {list(set(many))}")
        return many[0]


ONE: Dims = ("one",)  # a dimension of width 1, which goes with all others


class Sum(Alike):
    """The sum of values, as a skip makes it.

    Attributes:
        signs: the factor of each, one where none are given.
    """

    kind: Literal["sum"] = "sum"
    signs: Numbers = ()


class Product(Alike):
    """The product of values, as a gate makes it."""

    kind: Literal["product"] = "product"


class Concat(Operation):
    """Values beside each other."""

    kind: Literal["concat"] = "concat"

    def gives(self, taken: Sequence[Dims]) -> Dims:
        """All dimensions, in order."""
        return tuple(dim for dims in taken for dim in dims)


AnyOperation = Annotated[
    Dense | Function | Prelu | LayerNorm | Scale | Select | Sum | Product | Concat,
    Field(discriminator="kind"),
]
