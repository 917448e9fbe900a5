"""How one neuron fared in every stage's choice; imports no torch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from spinn_engine.artifacts.selection import LayerImportance, read_importance
from spinn_engine.store.runs import RunFolder


@dataclass(frozen=True)
class Choice:
    """One choice that the neuron stood in.

    Attributes:
        stage: the stage that chose, on the network that the stage before it left.
        score: the neuron's, by the run's criterion.
        rank: its place among the scores of its layer; 1 is the highest.
        width: neurons in its layer before the choice.
        kept: how many of them stayed.
        cut: the lowest score that was kept.
        stays: whether this neuron was kept.
    """

    stage: int
    score: float
    rank: int
    width: int
    kept: int
    cut: float
    stays: bool


def read_fate(folder: RunFolder, seed: int, layer: int, number: int) -> list[Choice]:
    """Every choice that a neuron of the dense network stood in, up to the one that removed it.

    Args:
        folder: the run.
        seed: whose network.
        layer: hidden layer, 0 for the first.
        number: its place in that layer of the dense network, from 0.

    Raises:
        BadInputError: the run has no such seed.
        CorruptArtifactError: a finished stage's choice is missing or not as it was written.
    """
    found: list[Choice] = []
    for stage in range(folder.spec().prune.stages):
        if not folder.has(folder.importance_path(stage)):
            folder.checked(folder.importance_path(stage))  # it may be lost
            break
        found.append(_choice(read_importance(folder, stage, seed)[layer], number, stage + 1))
        if not found[-1].stays:
            break
    return found


def _choice(layer: LayerImportance, number: int, stage: int) -> Choice:
    place = int(np.flatnonzero(layer.original_index == number)[0])
    order = np.argsort(-layer.score, kind="stable")
    return Choice(
        stage=stage,
        score=float(layer.score[place]),
        rank=int(np.flatnonzero(order == place)[0]) + 1,
        width=len(layer.score),
        kept=int(layer.kept.sum()),
        cut=float(layer.score[layer.kept].min()),
        stays=bool(layer.kept[place]),
    )
