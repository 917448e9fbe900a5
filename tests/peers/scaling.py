"""What a user does to rows before a network sees them, fitted on the training rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.peers.table import TRAIN, Floats


@dataclass(frozen=True, eq=False)
class Scaled:
    """``(value - offset) / divisor``, a column at a time.

    Attributes:
        kind: ``none``, ``z``, ``minmax``, ``plus_minus_one`` or ``robust``.
        offset: per column.
        divisor: per column.
    """

    kind: str
    offset: Floats
    divisor: Floats

    def do(self, values: Floats) -> Floats:
        """As the network takes or gives them."""
        return (values - self.offset) / self.divisor

    def undo(self, values: Floats) -> Floats:
        """In units of the table."""
        return values * self.divisor + self.offset


def scaled(kind: str, values: Floats) -> Scaled:
    """Fitted on the training rows of all rows.

    Args:
        kind: as in ``Scaled``.
        values: all rows, ``[300, columns]``.
    """
    known = values[TRAIN]
    low, high = known.min(axis=0), known.max(axis=0)
    quarter, half, most = np.quantile(known, [0.25, 0.5, 0.75], axis=0)
    offset, divisor = {
        "none": (np.zeros(values.shape[1]), np.ones(values.shape[1])),
        "z": (known.mean(axis=0), known.std(axis=0)),
        "minmax": (low, high - low),
        "plus_minus_one": ((low + high) / 2, (high - low) / 2),
        "robust": (half, most - quarter),
    }[kind]
    return Scaled(kind, offset, divisor)
