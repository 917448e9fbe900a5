"""The one form in which data reaches training: rows, names, groups and a split."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.problems.matrix import Matrix, Stored

FLOAT = np.dtype(np.float64).str
LEAST_SPREAD = 1e-12  # of the largest value: what varies less is constant, but for rounding

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class RateLaw:
    """How fast a target changes: d(target)/d(time) = coefficient * (gain - loss * target).

    Attributes:
        name: ``wear_law``, ``heat_balance``.
        target: the target that obeys it.
        gain: ``[rows]``, the target's unit a unit of time.
        loss: ``[rows]``, one a unit of time.
        coefficient: where it is known; None where it can only be fitted.
        bounds: lowest and highest value that a fit may give it.
        formula: the law in words and where it comes from.
    """

    name: str
    target: str
    gain: Floats
    loss: Floats
    coefficient: float | None
    bounds: tuple[float, float]
    formula: str


def order_of(times: Floats | None, rows: int) -> Indices:
    """So many rows in the order of their ``times`` ``[rows]``, or of the file without these."""
    return np.arange(rows) if times is None else np.argsort(times, kind="stable")


@dataclass(frozen=True)
class Problem:
    """A regression problem with its split.

    Attributes:
        source: the source as the user named it, e.g. ``milling-sim`` or ``table:runs.csv``.
        input_names: ``in`` column names.
        target_names: ``out`` column names; a unit, where known, is in ``units``.
        inputs: ``[rows, in]`` raw units, finite; those of a large table stay in its file.
        targets: ``[rows, out]`` raw units, finite, none of them constant on the training rows.
        groups: ``[rows]`` integer group of each row (a tool life, an experiment), or None.
        train: row numbers that training may see.
        val: row numbers for every selection (best epoch, delivered seed).
        test: row numbers that are read once, at the end.
        units: column name to unit, where known.
        simulated: whether the rows come from a simulator.
        ceiling: target name to the best test R2 that any model can expect, where it is known.
        notes: what was done to the rows, in sentences ("12 of 900 rows had missing cells ...").
        times: ``[rows]`` when each row was taken, never falling within a group, or None.
        left_out: rows that were read but lack a finite number, or a text, in a used column.
        missing: such a column to how many of its cells lack one.
        named_once: the group column, where it stands only in the first row of each group.
        modelled: targets that were computed from a model, not measured.
        split: by what rows were told apart: ``group``, ``block``, ``time``, ``row``, or ``file``.
        split_chosen: whether somebody asked for that.
        never_negative: targets that cannot be below zero.
        never_falling: targets that cannot fall as time goes on within a group.
        laws: how fast targets must change.
        reading: how the files of a table were read (see ``proposal.readings_of``).
        equation: the differential equation whose residual is the loss; the targets then are a
            reference solution, for validation and test alone.
    """

    source: str
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    inputs: Matrix
    targets: Floats
    groups: Indices | None
    train: Indices
    val: Indices
    test: Indices
    units: dict[str, str] = field(default_factory=dict)
    simulated: bool = False
    ceiling: dict[str, float] | None = None
    notes: tuple[str, ...] = ()
    times: Floats | None = None
    left_out: int = 0
    missing: dict[str, int] = field(default_factory=dict)
    named_once: str | None = None
    modelled: tuple[str, ...] = ()
    split: str = "group"
    split_chosen: bool = False
    never_negative: tuple[str, ...] = ()
    never_falling: tuple[str, ...] = ()
    laws: tuple[RateLaw, ...] = ()
    equation: str | None = None
    reading: tuple[Mapping[str, Any], ...] = ()

    def order(self) -> Indices:
        """The rows in the order of time, or of the file where there are no times."""
        return order_of(self.times, len(self.inputs))

    def sha256(self) -> str:
        """Hash of names, values, groups, split and laws: equal exactly when training would be.

        What a law says of each row follows from the rows, and its last bit from the processor.
        """
        laws = [
            (law.name, law.target, law.coefficient, law.bounds, law.formula) for law in self.laws
        ]
        digest = self._rows_hash()
        if laws:
            digest.update(repr(laws).encode())
        return digest.hexdigest()

    def known_hashes(self) -> frozenset[str]:
        """That, and the hash of earlier versions, which hashed what the laws say of each row."""
        found = {self.sha256()}
        if self.laws:
            earlier = self._rows_hash()
            for law in self.laws:
                _update(earlier, law.gain, law.loss)
            found.add(earlier.hexdigest())
        return frozenset(found)

    def _rows_hash(self) -> hashlib._Hash:
        digest = hashlib.sha256()
        digest.update(repr((self.input_names, self.target_names)).encode())
        _update(digest, self.inputs, self.targets, self.train, self.val, self.test)
        _update(digest, *(array for array in (self.groups, self.times) if array is not None))
        return digest


def without_last(problem: Problem) -> Problem:
    """A problem without its last row, and without laws."""
    last = len(problem.inputs) - 1
    return replace(
        problem,
        inputs=problem.inputs[:last],
        targets=problem.targets[:last],
        groups=None if problem.groups is None else problem.groups[:last],
        times=None if problem.times is None else problem.times[:last],
        train=problem.train[problem.train < last],
        val=problem.val[problem.val < last],
        test=problem.test[problem.test < last],
        laws=(),
    )


def _update(digest: hashlib._Hash, *arrays: Matrix | Indices) -> None:
    for array in arrays:
        blocks = array.blocks() if isinstance(array, Stored) else iter((array,))
        kind = FLOAT if isinstance(array, Stored) else array.dtype.str
        digest.update(repr((kind, array.shape)).encode())
        for block in blocks:
            digest.update(np.ascontiguousarray(block).reshape(-1).data.cast("B"))  # no copy
