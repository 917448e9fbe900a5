"""How a run is adapted. Imports no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from spinn_engine.errors import BadInputError
from spinn_engine.words import shortest

ARMS = ("none", "full", "frozen", "last_layer")
MEANING = {
    "none": "the networks stay as the run left them",
    "full": "all layers learn, from all training rows and all new rows so far",
    "frozen": "the same, but the early layers are frozen",
    "last_layer": "the last layer, of several heads that of each, is solved again in closed form, "
    "by recursive least squares",
}
BATCHES = 20  # where the user says nothing


@dataclass(frozen=True)
class AdaptSettings:
    """What a user may choose.

    Attributes:
        batch_rows: new rows that come at once; by default a twentieth of all.
        frozen: share of the dense layers that the arm ``frozen`` leaves as they are; layers that
            are equally far from the inputs stay or learn together.
        arms: ways to learn; ``none``, which all are compared with, is always there.
    """

    batch_rows: int | None = None
    frozen: float = 0.5
    arms: tuple[str, ...] = ARMS

    def __post_init__(self) -> None:
        if not 0.0 <= self.frozen <= 1.0:
            raise BadInputError(
                f"--frozen must be a share of the layers from 0 to 1 but got "
                f"{shortest(self.frozen)}"
            )
        if self.batch_rows is not None and self.batch_rows < 1:
            raise BadInputError(f"--batch-rows must be at least 1 but got {self.batch_rows}")
        for arm in self.arms:
            if arm not in ARMS:
                raise BadInputError(f"--arms must be among {', '.join(ARMS)} but got {arm!r}")

    def chosen(self) -> tuple[str, ...]:
        """The arms in their usual order, each once."""
        return tuple(arm for arm in ARMS if arm == "none" or arm in self.arms)

    def frozen_layers(self, layers: int) -> int:
        """How many of so many layers stay: the nearest to the share, but the last one learns."""
        return min(math.floor(self.frozen * layers + 0.5), layers - 1)

    def batches(self, rows: int) -> list[range]:
        """The rows of each batch, in order; the last may be shorter.

        Raises:
            BadInputError: no rows would come after the first batch.
        """
        if rows < 2:
            raise BadInputError(f"there is {rows} new row, at least 2 are needed: one comes first")
        size = max(1, rows // BATCHES) if self.batch_rows is None else self.batch_rows
        if size >= rows:
            raise BadInputError(
                f"--batch-rows is {size:,} but there are {rows:,} new rows: use at most "
                f"{rows // 2:,}, so that rows still come after the networks have learned"
            )
        return [range(start, min(start + size, rows)) for start in range(0, rows, size)]
