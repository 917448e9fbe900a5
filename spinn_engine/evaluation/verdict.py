"""What the arms show, in words and in numbers, from paired repetitions. Imports no torch.

A pair is the same seed (and fold) in two arms: what the seed does to both cancels out. Nothing is
said with fewer than three pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from spinn_engine.evaluation.metrics import interval
from spinn_engine.vocabulary import LONGER, REFERENCE, RIVALS, SUBJECT
from spinn_engine.words import (
    capitalised,
    difference_decimals,
    paired_difference,
    percent,
    shortest,
    signed,
)

LEAST_PAIRS = 3
TOO_FEW = "not enough repetitions to say"


def verdict(r2: Mapping[str, Sequence[float]], margin: float) -> dict[str, Any]:
    """Compare the arms of a run.

    Args:
        r2: per arm, the mean test R2 over targets of each repetition, in the same order. Has at
            least ``dense`` and ``structured``.
        margin: how much R2 ``structured`` may lose against ``dense_longer`` and still count as
            no worse.

    Returns:
        ``margin``; ``cost_of_pruning`` (against ``dense_longer``) and, of every rival,
        ``against_NAME``, each with the paired ``difference``, an ``outcome`` and a ``sentence``;
        ``extra_epochs``, the share of the gain over ``dense`` that ``dense_longer`` has too; and
        ``words``, all sentences in reading order. What was not run is None.
    """
    parts = {
        "cost_of_pruning": _compare(r2, LONGER, partial(_non_inferior, margin)),
        "extra_epochs": _extra_epochs(r2),
        **{
            arm.verdict_part: _compare(r2, name, partial(_better, arm.rival))
            for name, arm in RIVALS.items()
        },
    }
    words = [part["sentence"] for part in parts.values() if part is not None]
    return {"margin": margin, **parts, "words": words}


def _compare(
    r2: Mapping[str, Sequence[float]],
    other: str,
    judge: Callable[[dict[str, Any]], tuple[str, str]],
) -> dict[str, Any] | None:
    if other not in r2:
        return None
    difference = interval(np.subtract(r2[SUBJECT], r2[other]).tolist())
    outcome, sentence = judge(difference)
    return {"difference": difference, "outcome": outcome, "sentence": sentence}


def _non_inferior(margin: float, difference: dict[str, Any]) -> tuple[str, str]:
    """Non-inferiority by the lower bound of the interval (Piaggio et al. 2012, CONSORT)."""
    subject = "pruning, against the dense network trained just as long"
    if difference["n"] < LEAST_PAIRS:
        return "unknown", _too_few(subject, difference)
    numbers = paired_difference(difference)
    than = (
        f"than the margin of {shortest(margin)} R2 against the dense network trained just as long"
    )
    if difference["low"] > -margin:
        return "non_inferior", f"Pruning cost no more {than}: {numbers}."
    if difference["high"] < -margin:
        return "inferior", f"Pruning cost more {than}: {numbers}."
    return "inconclusive", f"Whether pruning cost more {than} stays open: {numbers}."


def _better(other: str, difference: dict[str, Any]) -> tuple[str, str]:
    if difference["n"] < LEAST_PAIRS:
        return "unknown", _too_few(f"structured pruning against {other}", difference)
    numbers = paired_difference(difference)
    if difference["low"] > 0:
        return "better", f"Structured pruning beat {other}: {numbers}."
    if difference["high"] < 0:
        return "worse", f"Structured pruning did worse than {other}: {numbers}."
    return "no_difference_seen", f"No difference between structured pruning and {other}: {numbers}."


def _extra_epochs(r2: Mapping[str, Sequence[float]]) -> dict[str, Any] | None:
    """How much of what ``structured`` gains over ``dense`` the extra epochs give by themselves."""
    if LONGER not in r2:
        return None
    gain = interval(np.subtract(r2[SUBJECT], r2[REFERENCE]).tolist())
    extra = interval(np.subtract(r2[LONGER], r2[REFERENCE]).tolist())
    share = extra["mean"] / gain["mean"] if gain["mean"] > 0 else None
    found = {"gain": gain, "gain_of_extra_epochs": extra, "share": share}
    if gain["n"] < LEAST_PAIRS:
        unknown = _too_few("any gain over the dense network", gain)
        return {**found, "share": None, "sentence": unknown}
    if share is None:
        sentence = (
            f"The pruned network gained nothing over the dense one: {paired_difference(gain)}."
        )
    elif share >= 1:
        mean = signed(extra["mean"], difference_decimals(extra))
        sentence = (
            f"The pruned network's gain over the dense one ({paired_difference(gain)}) comes with "
            f"the extra epochs: the dense network gained {mean} from them alone."
        )
    else:
        sentence = (
            f"Of the pruned network's gain over the dense one ({paired_difference(gain)}), the "
            f"extra epochs alone give {percent(max(share, 0.0), 0)}."
        )
    return {**found, "sentence": sentence}


def _too_few(subject: str, difference: dict[str, Any]) -> str:
    n = difference["n"]
    return f"{capitalised(subject)}: {TOO_FEW} ({n} of at least {LEAST_PAIRS} pairs)."
