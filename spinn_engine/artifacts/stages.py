"""The table of a run's stages, finished or not; imports no torch."""

from __future__ import annotations

from typing import Any

from spinn_engine.evaluation.intervals import of_members
from spinn_engine.pruning.schedule import plan
from spinn_engine.pruning.sizes import Stage
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import main_arm


def planned_stages(folder: RunFolder) -> list[Stage]:
    """The stages that a run has or will have, from its spec."""
    spec = folder.spec()
    return plan(spec.prune, spec.model.graph_for(*folder.inputs_and_outputs()))


def stage_rows(folder: RunFolder) -> list[dict[str, Any]]:
    """One row a finished stage.

    Of a finished run these are the rows of its result, with R2 on the test rows. Before that a row
    has the same sizes, and only ``val_r2``, from the best epoch of each seed so far.
    """
    result = folder.result()
    if result is not None:
        return list(result["stages"])
    lines, folds = folder.metrics(), folder.spec().compare.folds
    return [
        {
            "stage": stage.stage,
            "hidden": list(stage.hidden),
            "params": stage.params,
            "macs": stage.macs,
            "file_bytes": None,
            "param_reduction": stage.param_reduction,
            "r2": None,
            "per_output": None,
            "val_r2": of_members(_best_val_r2(lines, stage.stage), folds),
        }
        for stage in planned_stages(folder)
        if folder.stage_is_done(stage.stage)
    ]


def _best_val_r2(lines: list[dict[str, Any]], stage: int) -> list[float]:
    """Validation R2 of a stage's delivered arm, each member in its epoch of least loss."""
    lines = [line for line in lines if (line["stage"], line["arm"]) == (stage, main_arm(stage))]
    best = []
    for seed in range(len(lines[0]["val_loss"])):
        losses = [line["val_loss"][seed] for line in lines]
        best.append(lines[losses.index(min(losses))]["val_r2"][seed])
    return best
