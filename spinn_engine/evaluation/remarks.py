"""What a reader must know of the rows and the training behind a verdict. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spinn_engine.training.course import patience
from spinn_engine.vocabulary import ARMS, CHECKS, REFERENCE, main_arm
from spinn_engine.words import capitalised, counted, fixed, listed, percent

UNLIKE = 0.1  # R2 between validation and test rows
MOST_CONTROLS = 2  # that are named; more are counted


def training_remarks(result: Mapping[str, Any]) -> list[str]:
    """What limits a verdict: rows, one dense network for all, training that was hardly any or cut.

    Args:
        result: ``spinn_structured_metrics.json``; one of an earlier version has no remarks.
    """
    if "training_remarks" in result:
        return list(result["training_remarks"])
    arms = {arm["arm"]: arm for arm in result["arms"]}
    if "trainings" not in arms[REFERENCE]:
        return []
    unlike = [] if "relative_l2" in arms[REFERENCE] else _unlike_rows(result["stages"])
    few = [
        one["message"]
        for one in result["checks"]
        if one["severity"] != "info" and CHECKS[one["check"]].of_scores
    ]
    trained = [*_hardly_trained(arms), *_still_improving(arms)]
    if "relative_l2" not in arms[REFERENCE]:  # L-BFGS goes on to improve for as long as it may
        trained += _last_epoch_kept(arms)
    derivatives = derivative_remarks(result["stages"][-1])
    return [*few, *unlike, *_one_network(result), *trained, *derivatives]


def derivative_remarks(last: Mapping[str, Any]) -> list[str]:
    """What became of derivatives that were to be kept."""
    if "derivative_error" not in last:
        return []
    before, after = (
        percent(last[name]["mean"])
        for name in ("derivative_error_before_fine_tuning", "derivative_error")
    )
    return [
        "The derivatives of the outputs by the inputs differ from the dense network's by "
        f"{before} after the last cut and by {after} after fine-tuning (relative L2 on validation "
        "rows, in standardised units)."
    ]


def _one_network(result: Mapping[str, Any]) -> list[str]:
    """Repetitions that all begin with the same dense network, which was brought."""
    if not result.get("brought") or len(result["seeds"]) == 1:
        return []
    return [
        "All seeds begin with the one dense network that was brought: the intervals show how much "
        "training on differs, not how much another dense network would."
    ]


def _hardly_trained(arms: Mapping[str, Any]) -> list[str]:
    """Trainings of which most networks kept the state before them, or the first epoch."""
    by_stages: dict[tuple[int, ...], list[str]] = {}
    for name, arm in arms.items():
        stages = tuple(
            one["stage"]
            for one in arm.get("trainings", ())
            if one["epochs"] > 1
            and np.mean(np.asarray(one["kept_epoch"]) <= 1) > 0.5
            and (one["stage"] or name == REFERENCE)
        )
        if stages:
            by_stages.setdefault(stages, []).append(name)
    if not by_stages:
        return []
    each = [f"{_arms(names)} in {_stages(stages)}" for stages, names in by_stages.items()]
    return [
        "By the validation rows, training on hardly helped: most networks kept no later epoch than "
        f"the first, {'; '.join(each)}."
    ]


def _arms(names: Sequence[str]) -> str:
    """The arms by name; more than two controls are counted."""
    main = [name for name in names if not ARMS[name].control]
    controls = [name for name in names if ARMS[name].control]
    told = [ARMS[name].spoken for name in [*main, *controls]]
    if len(controls) > MOST_CONTROLS:
        told = [ARMS[name].spoken for name in main] + [counted(len(controls), "control")]
    return listed(told)


def _stages(stages: Sequence[int]) -> str:
    """Stages as a list, or where they follow one another as a range.

    >>> _stages([1]), _stages([1, 3]), _stages([1, 2, 3])
    ('stage 1', 'stages 1 and 3', 'stages 1 to 3')
    """
    if len(stages) == 1:
        return f"stage {stages[0]}"
    if len(stages) > 2 and stages[-1] - stages[0] == len(stages) - 1:
        return f"stages {stages[0]} to {stages[-1]}"
    return f"stages {listed(map(str, stages))}"


def _delivered(arms: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The trainings of the networks that a run delivers, by stage."""
    own = (
        one
        for name, arm in arms.items()
        for one in arm.get("trainings", ())
        if name == main_arm(one["stage"])
    )
    return sorted(own, key=lambda one: int(one["stage"]))


def _still_improving(arms: Mapping[str, Any]) -> list[str]:
    """Trainings of the networks that a run delivers which their budget ended, not validation.

    One whose networks all kept an epoch from before the patience had stopped improving by then,
    though its rate fell because the budget ended.
    """
    cut = [
        one["stage"]
        for one in _delivered(arms)
        if one["stalled"] is False
        and max(one["kept_epoch"]) > one["epochs"] - patience(one["epochs"])
    ]
    if not cut:
        return []
    dense, later = cut[0] == 0, [stage for stage in cut if stage]
    parts = ["the dense network"] * dense + ([_stages(later)] if later else [])
    budgets = ["--max-updates"] * dense + ["--fine-tune-max-updates"] * bool(later)
    return [
        f"{capitalised(listed(parts))} {'was' if len(cut) == 1 else 'were'} still improving on the "
        "validation rows when the budget of updates ended: a larger one may change the result "
        f"({' '.join(budgets)})."
    ]


def _last_epoch_kept(arms: Mapping[str, Any]) -> list[str]:
    """Trainings of a given length of which most of the networks that are delivered kept the end."""
    cut = [
        one["stage"]
        for one in _delivered(arms)
        if one["stalled"] is None
        and one["epochs"]
        and np.mean(np.asarray(one["kept_epoch"]) == one["epochs"]) > 0.5
    ]
    if not cut:
        return []
    later = [stage for stage in cut if stage]
    parts = ["the dense network"] * (cut[0] == 0) + ([_stages(later)] if later else [])
    return [
        f"{capitalised(listed(parts))} kept the last of the epochs that were given: training for "
        "longer may change the result."
    ]


def _unlike_rows(stages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Validation rows on which the dense network does much better or worse than on the test."""
    dense = stages[0]
    chosen, tested = dense["val_r2"]["mean"], dense["r2"]["mean"]
    if abs(chosen - tested) <= UNLIKE:
        return []
    how = "better" if chosen > tested else "worse"
    return [
        f"The dense network does {how} on the validation rows (R2 {fixed(chosen, 2)}) than on the "
        f"test rows (R2 {fixed(tested, 2)}): what was chosen on the former may not be best on the "
        "latter."
    ]


def kept_of(training: Mapping[str, Any]) -> str:
    """Which epoch was kept of how many, over the networks of an arm.

    >>> kept_of({"kept_epoch": [5, 9, 8], "epochs": 48}), kept_of({"kept_epoch": [3], "epochs": 3})
    ('5 to 9 of 48', '3 of 3')
    """
    kept, epochs = training["kept_epoch"], training["epochs"]
    if not kept:
        return counted(epochs, "epoch")
    least, most = min(kept), max(kept)
    told = str(least) if least == most else f"{least} to {most}"
    return f"{told} of {epochs}"


def last_kept(arm: Mapping[str, Any]) -> str:
    """Which epoch an arm kept of its last training; empty where it was not trained, or not told.

    >>> last_kept({"trainings": [{"kept_epoch": [3], "epochs": 4}]}), last_kept({"trainings": []})
    ('3 of 4', '')
    """
    trained = arm.get("trainings")
    return kept_of(trained[-1]) if trained else ""


def stage_kept(result: Mapping[str, Any], stage: int) -> str:
    """Which epoch the networks that a run delivers kept in a stage; empty where none is told."""
    arm = next(one for one in result["arms"] if one["arm"] == main_arm(stage))
    told = [kept_of(one) for one in arm.get("trainings", ()) if one["stage"] == stage]
    return told[0] if told else ""
