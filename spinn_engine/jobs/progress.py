"""How far a run is, and the seconds it still needs, from its metrics so far. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from spinn_engine.pruning.schedule import Stage
from spinn_engine.spec import TrainSpec

_RECENT = 5
_TAIL_BYTES = 65_536


@dataclass(frozen=True)
class Progress:
    """The last epoch that ended, of how many in its stage, and the seconds left (None: unknown)."""

    stage: int
    epoch: int
    epochs: int
    eta_seconds: float | None


def recent_lines(path: Path) -> list[dict[str, Any]]:
    """The last whole lines of a ``metrics.jsonl``, however long it is; none if it is not there."""
    try:
        with path.open("rb") as file:
            skipped = max(0, file.seek(0, 2) - _TAIL_BYTES)
            file.seek(skipped)
            lines = file.read().split(b"\n")[:-1]
        return [json.loads(line) for line in lines[1 if skipped else 0 :]]
    except (OSError, ValueError):
        return []


def progress(train: TrainSpec, stages: Sequence[Stage], lines: list[dict[str, Any]]) -> Progress:
    """Read the progress from the last lines of ``metrics.jsonl``.

    An epoch of a later stage is taken to last as long as a recent one, times the ratio of the two
    networks' parameters.
    """
    if not lines:
        return Progress(0, 0, train.epochs, None)
    last = lines[-1]
    stage, epoch, epochs = last["stage"], last["epoch"], last["epochs"]
    timed = [line for line in lines if line["epoch"] > 0]  # epoch 0 trains nothing
    if not timed:
        return Progress(stage, epoch, epochs, None)
    measured = timed[-1]["stage"]
    seconds = median(line["seconds"] for line in timed[-_RECENT:] if line["stage"] == measured)
    sizes = [one.params for one in stages]
    left = (epochs - epoch) * sizes[stage] + train.fine_tune_epochs * sum(sizes[stage + 1 :])
    return Progress(stage, epoch, epochs, seconds * left / sizes[measured])
