"""What a program is, whatever format it came in: a list of calls on named tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.words import shown

Array = NDArray[Any]
MOST_CALLS = 8192
LARGEST_CONSTANT = 2**25  # numbers, of all arrays that are computed


@dataclass(frozen=True, eq=False)
class Constant:
    """An array that does not depend on the rows.

    Attributes:
        array: its numbers.
        name: of the parameter that it is, or was made of; empty where it is none.
        trained: whether it is learned; None where the file does not tell.
    """

    array: Array
    name: str = ""
    trained: bool | None = False


@dataclass(frozen=True)
class Ref:
    """The name of a tensor, as an argument."""

    name: str


@dataclass(frozen=True)
class Call:
    """An operation.

    Attributes:
        op: its name here: a key of ``meaning.MEANINGS``.
        args: tensors, numbers, or lists of them.
        outputs: names of what it gives.
        where: how its file calls it, for sentences.
        given: what else it is told.
    """

    op: str
    args: tuple[Any, ...]
    outputs: tuple[str, ...]
    where: str
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """A tensor of rows that a program is given.

    Attributes:
        name: of it.
        shape: ``[rows, inputs]``, or with axes of size one beside these, as the images of one line
            that MATLAB makes of rows; what is no whole number is any number of rows.
    """

    name: str
    shape: tuple[int | None, ...]

    @property
    def columns(self) -> int | None:
        """Which axis has the inputs; None where there is no single one."""
        wide = [at for at, size in enumerate(self.shape[1:], 1) if size != 1]
        if len(wide) > 1 or len(self.shape) < 2:
            return None
        return wide[0] if wide else len(self.shape) - 1

    @property
    def width(self) -> int | None:
        """How many inputs it has; None where that is not told."""
        return None if self.columns is None else self.shape[self.columns]


@dataclass(frozen=True, eq=False)
class Program:
    """A network as a file has it.

    Attributes:
        calls: in an order in which they can be done.
        inputs: what it is given; the network takes their columns beside each other.
        outputs: names of what it gives.
        constants: arrays by name.
    """

    calls: tuple[Call, ...]
    inputs: tuple[Taken, ...]
    outputs: tuple[str, ...]
    constants: Mapping[str, Constant]


def place(kind: str, name: str) -> str:
    """How a sentence calls an operation of a file."""
    return f"{shown(kind)} ({shown(name)})" if name and name != kind else shown(kind)


def as_constant(value: Any) -> Constant:
    """A number, or a list of numbers, as an array."""
    return Constant(np.asarray(value))
