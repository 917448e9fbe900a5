"""What a reader must know of the training behind a verdict: said beside it. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from spinn_engine.vocabulary import ARMS, REFERENCE, main_arm
from spinn_engine.words import capitalised, counted, fixed, listed

UNLIKE = 0.1  # R2 between validation and test rows


def training_remarks(result: Mapping[str, Any]) -> list[str]:
    """What was hardly trained, what was still improving, and rows that are unlike, in sentences.

    Args:
        result: ``spinn_structured_metrics.json``; one of an earlier version has no remarks.
    """
    if "training_remarks" in result:
        return list(result["training_remarks"])
    arms = {arm["arm"]: arm for arm in result["arms"]}
    if "trainings" not in arms[REFERENCE]:
        return []
    unlike = [] if "relative_l2" in arms[REFERENCE] else _unlike_rows(result["stages"])
    return [*_hardly_trained(arms), *_still_improving(arms), *unlike]


def _hardly_trained(arms: Mapping[str, Any]) -> list[str]:
    """Trainings of which the state before them, or the first epoch, was kept."""
    stages: dict[tuple[str, int], list[int]] = {}
    for name, arm in arms.items():
        for one in arm.get("trainings", ()):
            kept = one["kept_epoch"]
            if one["epochs"] > 1 and kept and np.median(kept) <= 1:
                key = name, round(float(np.median(kept)))
                stages.setdefault(key, []).append(one["stage"])
    told = []
    for (name, kept), which in stages.items():
        own = sorted(stage for stage in which if stage or name == REFERENCE)
        if own:
            what = "the state before training" if kept == 0 else "the first epoch"
            noun = "stage" if len(own) == 1 else "stages"
            told.append(
                f"{capitalised(ARMS[name].label)} kept {what} in {noun} {listed(map(str, own))}: "
                "by the validation rows, training on did not help."
            )
    return told


def _still_improving(arms: Mapping[str, Any]) -> list[str]:
    """Trainings that their budget ended, not validation."""
    cut = [
        (name, one["stage"])
        for name, arm in arms.items()
        for one in arm.get("trainings", ())
        if one["stalled"] is False and name == main_arm(one["stage"])
    ]
    if not cut:
        return []
    dense = [name for name, stage in cut if not stage]
    later = [str(stage) for _, stage in cut if stage]
    parts = ["the dense network"] * bool(dense)
    if later:
        parts.append(f"{'stage' if len(later) == 1 else 'stages'} {listed(later)}")
    verb = "was" if len(cut) == 1 else "were"
    return [
        f"{capitalised(listed(parts))} {verb} still improving on the validation rows when the "
        "budget of updates ended: a larger one may change the result (max_updates, "
        "fine_tune_max_updates)."
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
        f"test rows (R2 {fixed(tested, 2)}): they are unlike, so what was chosen on the former may "
        "not be best on the latter."
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
