"""Which neurons a stage had, how they scored and which of them went; imports no torch.

A file ``importance/stage{k}.npz`` holds all seeds; the arrays are described at ``LayerImportance``.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError
from spinn_engine.store.files import write_atomically
from spinn_engine.store.runs import RunFolder

Chosen = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class LayerImportance:
    """The neurons of one hidden layer in one stage.

    Attributes:
        score: ``[width]`` importance by the run's criterion.
        original_index: ``[width]`` the neuron's index in the dense network.
        kept: ``[width]`` whether the next stage has it; all true in the last stage.
        stage_removed: ``[dense width]`` the stage that removed the original neuron, up to the one
            after this; -1 while it is there.
    """

    score: NDArray[np.float32]
    original_index: NDArray[np.int64]
    kept: NDArray[np.bool_]
    stage_removed: NDArray[np.int64]


def record_neurons(
    folder: RunFolder, stage: int, seeds: Sequence[int], layers: Sequence[Chosen]
) -> None:
    """Write a stage's neurons, for all seeds.

    Args:
        folder: the run.
        stage: the stage whose network was scored; the choice is for the stage after it.
        seeds: ``S`` seeds, in the order of the arrays.
        layers: per hidden layer, ``score`` ``[S, width]``, ``original_index`` ``[S, width]``, and
            the positions that stay ``[S, count]``.
    """
    arrays: dict[str, Any] = {"seeds": np.asarray(seeds, dtype=np.int64)}
    for number, (score, original_index, stay) in enumerate(layers):
        kept = np.zeros(score.shape, dtype=np.bool_)
        np.put_along_axis(kept, stay, True, axis=1)
        removed = _removed_before(folder, stage, number, original_index)
        for member in range(len(seeds)):
            removed[member, original_index[member, ~kept[member]]] = stage + 1
        layer = LayerImportance(score, original_index, kept, removed)
        arrays |= {f"layer{number}_{name}": array for name, array in vars(layer).items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_atomically(folder.importance_path(stage), buffer.getvalue())


def _removed_before(
    folder: RunFolder, stage: int, layer: int, original_index: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Which stage removed each dense neuron, up to and with ``stage``: ``[S, dense width]``."""
    if stage == 0:
        return np.full(original_index.shape, -1, dtype=np.int64)
    with np.load(folder.importance_path(stage - 1), allow_pickle=False) as arrays:
        return np.asarray(arrays[f"layer{layer}_stage_removed"])


def read_importance(folder: RunFolder, stage: int, seed: int) -> list[LayerImportance]:
    """A stage's neurons in the network of one seed, one entry a hidden layer.

    Raises:
        BadInputError: the stage is not finished, or the run has no such seed.
    """
    path = folder.fetch(folder.importance_path(stage))
    if not path.exists():
        raise BadInputError(f"run {folder.run_id} has no finished stage {stage}")
    with np.load(path, allow_pickle=False) as arrays:
        seeds = arrays["seeds"].tolist()
        if seed not in seeds:
            raise BadInputError(f"run {folder.run_id} has the seeds {seeds}, not {seed}")
        row, names = seeds.index(seed), LayerImportance.__dataclass_fields__
        layers = (len(arrays.files) - 1) // len(names)
        return [
            LayerImportance(**{name: arrays[f"layer{i}_{name}"][row] for name in names})
            for i in range(layers)
        ]
