"""Which neurons a stage had, how they scored and which of them the next one has; imports no torch.

A selection is decided when a stage ends, and recorded there in ``importance/stage{k}.npz``: the
next stage is cut by that file, and pages show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinn_engine.artifacts.arrays import by_layer, layers_of, open_arrays, write_arrays
from spinn_engine.errors import BadInputError
from spinn_engine.store.runs import RunFolder

Decided = tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]


@dataclass(frozen=True)
class LayerImportance:
    """The neurons of one hidden layer in one stage; in a selection ``[M, ...]``, of all networks.

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


@dataclass(frozen=True)
class Selection:
    """What is decided about the neurons of a stage's ``M`` networks.

    Attributes:
        seeds: ``[M]`` the seed of each network.
        folds: ``[M]`` its fold.
        layers: one a hidden layer; every network keeps as many neurons.
    """

    seeds: NDArray[np.int64]
    folds: NDArray[np.int64]
    layers: list[LayerImportance]

    def kept(self) -> list[NDArray[np.int64]]:
        """Per hidden layer ``[M, count]``, the positions of the neurons that stay, rising."""
        return [np.nonzero(x.kept)[1].reshape(len(self.seeds), -1) for x in self.layers]


def record_selection(
    folder: RunFolder,
    stage: int,
    seeds: Sequence[int],
    folds: Sequence[int],
    layers: Sequence[Decided],
) -> Selection:
    """Write a stage's selection.

    Args:
        folder: the run.
        stage: the stage whose networks were scored; the choice is for the stage after it.
        seeds: of the ``M`` networks, in the order of the arrays.
        folds: of the same.
        layers: per hidden layer, ``score`` ``[M, width]``, ``original_index`` ``[M, width]``, and
            the positions that stay ``[M, count]``.
    """
    before = read_selection(folder, stage - 1).layers if stage else [None] * len(layers)
    found = []
    for (score, original_index, stay), earlier in zip(layers, before, strict=True):
        kept = np.zeros(score.shape, dtype=np.bool_)
        np.put_along_axis(kept, stay, True, axis=1)
        removed = np.full(score.shape, -1) if earlier is None else earlier.stage_removed.copy()
        for member, stays in enumerate(kept):
            removed[member, original_index[member, ~stays]] = stage + 1
        found.append(LayerImportance(score, original_index, kept, removed))
    arrays = {"seeds": np.asarray(seeds), "folds": np.asarray(folds)}
    write_arrays(folder.importance_path(stage), arrays | by_layer([vars(x) for x in found]))
    return Selection(arrays["seeds"], arrays["folds"], found)


def read_selection(folder: RunFolder, stage: int) -> Selection:
    """What was decided at the end of a stage, from this machine's copy of the run.

    Raises:
        BadInputError: the stage is not finished.
        CorruptArtifactError: the file is broken.
    """
    path = folder.importance_path(stage)
    if not path.exists():
        raise BadInputError(f"run {folder.run_id} has no finished stage {stage}")
    with open_arrays(path) as arrays:
        seeds, names = arrays["seeds"], LayerImportance.__dataclass_fields__
        folds = arrays["folds"] if "folds" in arrays else np.zeros_like(seeds)
        layers = [LayerImportance(**{n: x[n] for n in names}) for x in layers_of(arrays)]
    return Selection(seeds, folds, layers)


def read_importance(folder: RunFolder, stage: int, seed: int) -> list[LayerImportance]:
    """A stage's neurons in the network of one seed, of the first fold; one entry a hidden layer.

    Raises:
        BadInputError: the stage is not finished, or the run has no such seed.
        CorruptArtifactError: the file is broken.
    """
    folder.checked(folder.importance_path(stage))
    found = read_selection(folder, stage)
    seeds = list(dict.fromkeys(found.seeds.tolist()))
    if seed not in seeds:
        raise BadInputError(f"run {folder.run_id} has the seeds {seeds}, not {seed}")
    row = int(np.flatnonzero((found.seeds == seed) & (found.folds == 0))[0])
    return [
        LayerImportance(**{name: array[row] for name, array in vars(layer).items()})
        for layer in found.layers
    ]
