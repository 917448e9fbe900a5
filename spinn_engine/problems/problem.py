"""The one form in which data reaches training: rows, names, groups and a split."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """A regression problem with its split.

    Attributes:
        source: the source as the user named it, e.g. ``milling-sim`` or ``table:runs.csv``.
        input_names: ``in`` column names.
        target_names: ``out`` column names; a unit, where known, is in ``units``.
        inputs: ``[rows, in]`` raw units, finite.
        targets: ``[rows, out]`` raw units, finite, none of them constant on the training rows.
        groups: ``[rows]`` integer group of each row (a tool life, an experiment), or None.
        train: row numbers that training may see.
        val: row numbers for every selection (best epoch, delivered seed).
        test: row numbers that are read once, at the end.
        units: column name to unit, where known.
        simulated: whether the rows come from a simulator.
        ceiling: target name to the best test R2 that any model can expect, where it is known.
        notes: what was done to the rows, in sentences ("12 of 900 rows had missing cells ...").
    """

    source: str
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    inputs: Floats
    targets: Floats
    groups: Indices | None
    train: Indices
    val: Indices
    test: Indices
    units: dict[str, str] = field(default_factory=dict)
    simulated: bool = False
    ceiling: dict[str, float] | None = None
    notes: tuple[str, ...] = ()

    def sha256(self) -> str:
        """Hash of names, values, groups and split: equal exactly when training would be equal."""
        digest = hashlib.sha256()
        digest.update(repr((self.input_names, self.target_names)).encode())
        arrays = [self.inputs, self.targets, self.train, self.val, self.test]
        for array in arrays if self.groups is None else [*arrays, self.groups]:
            digest.update(repr((array.dtype.str, array.shape)).encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()
