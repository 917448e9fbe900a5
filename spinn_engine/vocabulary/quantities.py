"""What a claim can state a number of: ``claims/arithmetic.py`` and ``claims/measured.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from spinn_engine.vocabulary.row import Row, table

Units = Mapping[str, Fraction]

ONES: Units = {"": Fraction(1)}
SHARES: Units = {"": Fraction(1), "%": Fraction(1, 100)}
BYTES: Units = {
    "B": Fraction(1),
    **{f"{prefix}B": Fraction(1000**power) for power, prefix in enumerate("KMG", start=1)},
    **{f"{prefix}iB": Fraction(1024**power) for power, prefix in enumerate("KMG", start=1)},
}
MICROSECONDS: Units = {"us": Fraction(1), "ms": Fraction(1000), "s": Fraction(1_000_000)}


@dataclass(frozen=True, kw_only=True)
class QuantityRow(Row):
    """A quantity.

    Attributes:
        units: by name, how much one is; the first is meant where a claim names none.
        names: what a claim has to name, so that the value follows.
        may_name: what it can name beside that.
        of_run: whether it takes a finished run to tell.
        of_two: whether its ``numbers`` are two, of which the first is not zero.
        alike: at which value of it two networks are alike; None where it is of one.
        of_layer: whether ``before`` and ``after`` are the two widths of one layer.
    """

    units: Units = field(default_factory=lambda: ONES)
    names: tuple[str, ...] = ()
    may_name: tuple[str, ...] = ()
    of_run: bool = False
    of_layer: bool = False
    of_two: bool = False
    alike: int | None = None

    def one(self, unit: str) -> Fraction:
        """How much one of a unit is."""
        return self.units[unit or next(iter(self.units))]


NETWORK = ("inputs", "hidden", "outputs")
BOTH = ("inputs", "before", "after", "outputs")
QUANTITIES = table(
    QuantityRow(
        name="params",
        label="parameters",
        help="weights and biases of a fully connected network",
        names=NETWORK,
    ),
    QuantityRow(
        name="macs",
        label="MACs",
        help="multiply-accumulates of one forward pass of one row",
        names=NETWORK,
    ),
    QuantityRow(
        name="bytes",
        label="bytes",
        help="the float32 parameters, without the file around them",
        units=BYTES,
        names=NETWORK,
    ),
    QuantityRow(
        name="param_reduction",
        label="parameters removed",
        help="one minus the parameters after over those before",
        units=SHARES,
        names=BOTH,
    ),
    QuantityRow(
        name="neuron_reduction",
        label="neurons removed",
        help="the same for hidden neurons",
        units=SHARES,
        names=("before", "after"),
    ),
    QuantityRow(
        name="layer_reduction",
        label="weights of a layer removed",
        help="the same for the weights between two layers",
        units=SHARES,
        names=("before", "after"),
        of_layer=True,
    ),
    QuantityRow(
        name="layer_speed_up",
        label="speed-up of a layer",
        help="time of one layer before over that after, which no run measures",
        names=("before", "after"),
        of_layer=True,
    ),
    QuantityRow(
        name="compounded_reduction",
        label="removed by equal stages",
        help="what stages that each remove the same share of what is left remove together",
        units=SHARES,
        names=("pruning_ratio", "stages"),
        may_name=NETWORK,
    ),
    QuantityRow(
        name="mac_ratio",
        label="ratio of MACs",
        help="multiply-accumulates before over those after",
        names=BOTH,
    ),
    QuantityRow(
        name="mean",
        label="mean of numbers",
        help="of numbers that the claim names; of one, that number",
        names=("numbers",),
    ),
    QuantityRow(
        name="share_removed",
        label="share removed",
        help="one minus the second of two numbers over the first",
        units=SHARES,
        names=("numbers",),
        of_two=True,
    ),
    QuantityRow(
        name="r2",
        label="R²",
        help="on the test rows, of one target or the mean over targets",
        may_name=("arm", "target"),
        of_run=True,
    ),
    QuantityRow(
        name="r2_difference",
        label="difference of R²",
        help="of an arm to another, seed by seed",
        may_name=("arm", "against", "target"),
        of_run=True,
        alike=0,
    ),
    QuantityRow(
        name="run_param_reduction",
        label="parameters removed in a run",
        help="one minus the parameters of its last stage over those of its dense network",
        units=SHARES,
        of_run=True,
    ),
    QuantityRow(
        name="file_bytes",
        label="bytes of a file",
        help="the checkpoint of a stage, or of an arm as it is at the end",
        units=BYTES,
        may_name=("arm", "stage"),
        of_run=True,
    ),
    QuantityRow(
        name="speed_up",
        label="speed-up",
        help="time of the dense network over that of an arm, at one batch size or at each",
        may_name=("arm", "batch"),
        of_run=True,
        alike=1,
    ),
    QuantityRow(
        name="latency",
        label="latency",
        help="median time of one forward pass of an arm, at one batch size or at each",
        units=MICROSECONDS,
        may_name=("arm", "batch"),
        of_run=True,
    ),
    QuantityRow(
        name="peak_memory_share",
        label="share of peak memory",
        help="peak memory of a pass of the largest batch, of an arm over that of dense",
        units=SHARES,
        may_name=("arm",),
        of_run=True,
    ),
)
