"""What a run has to tell of every stage and arm, as one flat table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spinn_engine.artifacts.stages import planned_stages
from spinn_engine.report.facts import validation_by_stage
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.vocabulary import ARMS, REFERENCE, main_arm

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]

COLUMNS = (
    "run_id", "stage", "arm", "hidden", "params", "param_reduction", "nonzero", "macs",
    "file_bytes", "updates", "val_r2", "val_r2_low", "val_r2_high", "r2", "r2_low", "r2_high", "n",
)  # fmt: skip
DERIVATIVES = ("derivative_error_before_fine_tuning", "derivative_error")
COUNTS = ("stage", "params", "nonzero", "macs", "file_bytes", "updates", "n")


def stage_table(folder: RunFolder) -> pd.DataFrame:
    """One row a stage and arm, as far as the run has come; what was not measured is missing.

    Columns, in this order:
        run_id, stage, arm: which row it is; stage 0 is the dense network.
        hidden: widths from the inputs on, as ``512,512,256``; empty for a straight line.
        params: weights and biases of the network as it stands.
        param_reduction: one minus params over those of the dense network.
        nonzero: of params, those that are not zero.
        macs: multiply-accumulates of one row.
        file_bytes: of its checkpoint.
        updates: of Adam in this stage; of scratch in all of its training.
        val_r2, val_r2_low, val_r2_high: R2 on the validation rows, the mean over seeds and folds
            and its 95 % interval.
        r2, r2_low, r2_high: the same on the test rows, which are read once, at the end: of every
            stage of the pruned network, and of the other arms where they end.
        n: seeds and folds behind a mean.
        derivative_error_before, derivative_error: where derivatives are kept, how far those of the
            pruned network are from the dense one's, relative in L2, after the cut and at the end.
        relative_l2: of an equation alone, the error on its solution.
        TARGET.r2, TARGET.rmse, TARGET.mae: the means for each target, in its unit.
        latency_us.BATCH: median microseconds of a pass of so many rows, of the arms as they end.

    Raises:
        BadInputError: the spec is of another version.
        CorruptArtifactError: a file is broken.
    """
    import pandas as pd

    rows = {(row["stage"], row["arm"]): row for row in _trained(folder)}
    for row in _measured(folder):
        rows.setdefault((row["stage"], row["arm"]), {}).update(row)
    order = {name: place for place, name in enumerate(ARMS)}
    ordered = sorted(rows, key=lambda key: (key[0], order[key[1]]))
    frame = pd.DataFrame([{"run_id": folder.run_id, **rows[key]} for key in ordered])
    others = [name for name in frame.columns if name not in COLUMNS]
    frame = frame.reindex(columns=[*COLUMNS, *others])
    return frame.astype(dict.fromkeys(COUNTS, "Int64"))


def _trained(folder: RunFolder) -> list[Row]:
    """The arms of every finished stage, with R2 on the validation rows."""
    spec, planned = folder.spec(), planned_stages(folder)
    found = validation_by_stage(folder.metrics(), spec.compare.folds)
    rows = []
    for stage in planned:
        if not folder.stage_is_done(stage.stage) and not folder.is_complete():
            break
        for arm in (arm for arms in spec.blocks(stage.stage).values() for arm in arms):
            size = planned[0] if ARMS[arm].keeps_widths else stage
            rows.append(
                {
                    "stage": stage.stage,
                    "arm": arm,
                    "hidden": _hidden(size.hidden),
                    "params": size.params,
                    "macs": size.macs,
                    "param_reduction": size.param_reduction,
                    **_estimate("val_r2", found.get(arm, {}).get(stage.stage)),
                }
            )
    return rows


def _measured(folder: RunFolder) -> list[Row]:
    """The arms as they end, and every stage of the pruned network, with what the test rows say."""
    result = folder.result()
    if result is None:
        return []
    stages, dense = result["stages"], result["dense_params"]
    rows = [{**_sizes(one, dense), **_scores(one), "arm": main_arm(one["stage"])} for one in stages]
    for arm in result["arms"]:
        ends = 0 if arm["arm"] == REFERENCE else len(stages) - 1
        timed = arm["latency_us"].items()
        rows.append(
            {
                "stage": ends,
                "arm": arm["arm"],
                "nonzero": arm["nonzero"],
                **_sizes(arm, dense),
                **_scores(arm),
                **{f"latency_us.{batch}": one["median"] for batch, one in timed},
            }
        )
        own = [one for one in arm["trainings"] or () if one["stage"] or ends == 0]
        for one in own:  # all begin with the dense network, whose training is its own
            rows.append({"stage": one["stage"], "arm": arm["arm"], "updates": one["updates"]})
    return rows


def _sizes(one: Row, dense_params: int) -> Row:
    same: Row = {
        name: one[name] for name in ("stage", "params", "macs", "file_bytes") if name in one
    }
    less = 1 - one["params"] / dense_params
    return {**same, "hidden": _hidden(one["hidden"]), "param_reduction": less}


def _scores(one: Row) -> Row:
    """R2, and the errors of every target."""
    by_target = {
        f"{target}.{score}": estimate["mean"]
        for target, scores in one["per_output"].items()
        for score, estimate in scores.items()
    }
    error = {} if one.get("relative_l2") is None else {"relative_l2": one["relative_l2"]["mean"]}
    derivatives = {
        name.removesuffix("_fine_tuning"): one[name]["mean"] for name in DERIVATIVES if name in one
    }
    found = {**_estimate("r2", one["r2"]), "n": one["r2"]["n"]}
    return {**found, **derivatives, **error, **by_target}


def _estimate(name: str, found: Mapping[str, Any] | None) -> Row:
    if found is None:
        return {}
    return {name: found["mean"], f"{name}_low": found["low"], f"{name}_high": found["high"]}


def _hidden(widths: Sequence[int]) -> str:
    return ",".join(map(str, widths))
