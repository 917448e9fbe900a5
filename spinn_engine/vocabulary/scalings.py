"""How the rows that a network takes, or the targets that it gives, may have been scaled."""

from __future__ import annotations

from dataclasses import dataclass

from spinn_engine.vocabulary.row import Row, table


@dataclass(frozen=True, kw_only=True)
class ScaleRow(Row):
    """A way of scaling columns by the training rows.

    Attributes:
        of_inputs: whether it is tried for inputs.
        of_targets: whether it is tried for targets.
        log: whether it is the logarithm that is scaled.
    """

    of_inputs: bool = True
    of_targets: bool = True
    log: bool = False


SCALES = table(
    ScaleRow(name="z", label="mean and spread", help="less the mean, by the standard deviation"),
    ScaleRow(name="raw", label="as they are", help="in their own units"),
    ScaleRow(name="minmax", label="0 to 1", help="least and largest value become 0 and 1"),
    ScaleRow(name="symmetric", label="-1 to 1", help="least and largest value become -1 and 1"),
    ScaleRow(name="largest", label="by the largest", help="divided by the largest absolute value"),
    ScaleRow(
        name="robust", label="median and quartiles", help="less the median, by the quartiles' range"
    ),
    ScaleRow(name="log", label="logarithm", help="their logarithm", of_inputs=False, log=True),
    ScaleRow(
        name="log_z",
        label="logarithm, mean and spread",
        help="their logarithm, less its mean, by its standard deviation",
        of_inputs=False,
        log=True,
    ),
)

# The words of ``dense_scaling`` for the usual pairs; others are written as inputs/targets.
USUAL_PAIRS: dict[str, tuple[str, str]] = {
    "both": ("z", "z"),
    "inputs": ("z", "raw"),
    "targets": ("raw", "z"),
    "none": ("raw", "raw"),
}
