"""How far a run is, and the seconds it still needs, from its metrics so far. Imports no torch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.guarded.paths import check_plain_file
from spinn_engine.pruning.sizes import Stage
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import ARMS

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
        check_plain_file(path)
        with path.open("rb") as file:
            skipped = max(0, file.seek(0, 2) - _TAIL_BYTES)
            file.seek(skipped)
            lines = file.read().split(b"\n")[:-1]
        return [json.loads(line) for line in lines[1 if skipped else 0 :]]
    except (OSError, ValueError, RecursionError, BadInputError):
        return []


def progress(
    spec: RunSpec,
    stages: Sequence[Stage],
    lines: list[dict[str, Any]],
    before: float | None = None,
) -> Progress:
    """Read the progress from the last lines of ``metrics.jsonl``.

    An epoch of a later block is taken to last as long as a recent one, times the ratio of the two
    blocks' parameters, all arms counted.

    Args:
        spec: of the run.
        stages: of the run, the dense one first.
        lines: the last of ``metrics.jsonl``.
        before: seconds that the run should take; counts until an epoch has ended.
    """
    work = blocks_of(spec, stages)
    timed = [line for line in lines if line["epoch"] > 0]  # epoch 0 trains nothing
    if not timed:
        return Progress(0, 0, spec.block_epochs(0, "dense"), before)
    last = lines[-1]
    stage, epoch, epochs = last["stage"], last["epoch"], last["epochs"]
    now, measured = _place(work, last), _place(work, timed[-1])
    recent = [x["seconds"] for x in timed[-_RECENT:] if _place(work, x) == measured]
    left = (epochs - epoch) * work[now].size + sum(one.epochs * one.size for one in work[now + 1 :])
    return Progress(stage, epoch, epochs, median(recent) * left / work[measured].size)


@dataclass(frozen=True)
class Block:
    """Something that is trained: its stage, arms and epochs, and the parameters of all its arms."""

    stage: int
    arms: tuple[str, ...]
    epochs: int
    size: int


def blocks_of(spec: RunSpec, stages: Sequence[Stage]) -> list[Block]:
    """All blocks of a run, in the order in which they are trained."""
    work = []
    for stage in stages:
        for name, arms in spec.blocks(stage.stage).items():
            params = stages[0].params if ARMS[arms[0]].keeps_widths else stage.params
            epochs = spec.block_epochs(stage.stage, name)
            work.append(Block(stage.stage, arms, epochs, params * len(arms)))
    return work


def _place(work: list[Block], line: dict[str, Any]) -> int:
    """Which block a line of ``metrics.jsonl`` belongs to."""
    for index, block in enumerate(work):
        if block.stage == line["stage"] and line["arm"] in block.arms:
            return index
    return 0
