"""In which precision a network can take raw units: float32 where that holds, else float64."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from torch import Tensor

from spinn_engine.artifacts.checkpoints import RawUnitsNetwork
from spinn_engine.export.comparison import TOLERANCE, Rows, largest_differences, outputs_of
from spinn_engine.export.folding import RawNetwork, fold
from spinn_engine.problems.problem import Floats
from spinn_engine.words import scientific, shortest


@dataclass(frozen=True)
class Folded:
    """A network with its scaling in it.

    Attributes:
        network: takes and gives raw units.
        dtype: of its weights and of the rows that it takes: ``float32`` or ``float64``.
        why: why it is this precision, in a sentence.
        expected: ``[rows, out]`` what the checkpoint gives for the test rows.
    """

    network: RawNetwork
    dtype: str
    why: str
    expected: Floats


def folded(whole: RawUnitsNetwork, rows: Rows) -> Folded:
    """Fold the scaling in, in float32 if the test rows come out the same, else in float64.

    A column that lies far from zero for its spread (a clock in seconds) loses its digits in
    float32, in the rows already. No class of torch's own turns float64 into float32 between two
    layers, so then all layers are float64.

    The float32 network has to keep half of the tolerance: other programs add up in another order.
    """
    expected = outputs_of(whole, rows.inputs)
    single = fold(whole, torch.float32)
    found = outputs_of(single.module, rows.inputs.astype(np.float32))
    share = float((largest_differences(found, expected) / rows.spread).max())
    if share <= TOLERANCE / 2:
        why = f"float32 is {scientific(share)} of a target's spread from the network at most"
        return Folded(single, "float32", why, expected)
    off = f"float32 would be {scientific(share)} of a target's spread from the network"
    why = f"{off}; {_farthest(whole)}"
    return Folded(fold(whole, torch.float64), "float64", why, expected)


def _farthest(whole: RawUnitsNetwork) -> str:
    """Which column lies farthest from zero for its spread."""
    mean, spread = (
        torch.cat([cast(Tensor, getattr(whole, f"{end}_{part}")) for end in "xy"])
        for part in ("mean", "std")
    )
    at = int((mean.abs() / spread).argmax())
    name = (*whole.input_names, *whole.target_names)[at]
    return (
        f"column {name!r} lies farthest from zero (mean {shortest(float(mean[at]), 3)}, "
        f"spread {shortest(float(spread[at]), 3)})"
    )
