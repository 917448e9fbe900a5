"""Which layers a stage prunes. How often each is pruned stands in ``pruning/schedule.py``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spinn_engine.vocabulary.row import Row, table

BUDGETS = ("param_reduction", "mac_reduction", "max_bytes")


@dataclass(frozen=True, kw_only=True)
class ScheduleRow(Row):
    """A schedule.

    Attributes:
        amounts: the fields of a spec in which it takes how much is removed.
        widths: where those of a stage come from: ``planned`` from how often each layer is pruned,
            ``given`` in the spec, ``ranked`` from the scores of all layers when the stage is made.
        between: how the stages on the way to a budget are found: ``size``, every stage divides the
            size of the whole network by the same factor; ``turns``, every pruning of a layer
            divides its width by the same factor, whenever it is that layer's turn.
        refusal: where it takes no ``pruning_ratio`` or budget: why, and what to give instead.
        methods: what goes on after "removed whole neurons in 4 stages: "; ``{every}`` is "each
            stage", or "it" of one stage; ``{again}`` tells of a second round over the layers;
            ``{layers}`` and ``{layer}`` name what is pruned: "hidden layers", or "groups of
            neurons"; ``{divided}`` tells by what scores were divided, if they were.
    """

    amounts: tuple[str, ...] = ("pruning_ratio", *BUDGETS)
    widths: Literal["planned", "given", "ranked"] = "planned"
    between: Literal["size", "turns"] = "turns"
    refusal: str = ""
    methods: str


SCHEDULES = table(
    ScheduleRow(
        name="uniform",
        label="uniform",
        help="every hidden layer in every stage",
        between="size",
        methods="{every} pruned all {layers} alike",
    ),
    ScheduleRow(
        name="sequential",
        label="sequential",
        help="stage 1 prunes hidden layer 1, stage 2 layer 2, then round again",
        methods="stage k pruned {layer} k alone{again}",
    ),
    ScheduleRow(
        name="global",
        label="global",
        help="one ranking of all neurons spends the budget where they matter least",
        amounts=BUDGETS,
        widths="ranked",
        between="size",
        refusal=(
            "the global schedule spends one budget over all layers: give param_reduction, "
            "mac_reduction or max_bytes instead of pruning_ratio"
        ),
        methods=("{every} took the neurons that ranked lowest over all {layers} together{divided}"),
    ),
    ScheduleRow(
        name="custom",
        label="custom",
        help="your own widths, stage by stage",
        amounts=("widths",),
        widths="given",
        methods="{every} cut the {layers} to widths that were given",
    ),
)
