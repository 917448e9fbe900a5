"""The facts that predictions need, kept with a run; reading them imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spinn_engine.artifacts.arrays import Arrays, by_layer, layers_of, open_arrays, write_arrays
from spinn_engine.errors import BadInputError
from spinn_engine.pruning.activations import Floats
from spinn_engine.pruning.facts import DenseFacts, Moments, moments
from spinn_engine.store.runs import RunFolder

if TYPE_CHECKING:
    from torch import Tensor

    from spinn_engine.artifacts.checkpoints import StoredStack
    from spinn_engine.training.data import PlacedData

PARTS = ("fit", "held_out")  # of the calibration rows
MOST_ROWS = 100_000  # validation rows that a prediction is judged on


def record_facts(
    folder: RunFolder,
    data: PlacedData,
    stored: StoredStack,
    member: int,
    scores: Mapping[str, Sequence[Floats]],
) -> None:
    """Keep what ``predict`` needs of one dense network.

    Args:
        folder: the run.
        data: its rows.
        stored: the dense networks.
        member: which of them, one of the first fold.
        scores: per criterion and hidden layer, of that network alone, ``[width]``.
    """
    weights = [_array(w[member]) for w in stored.stack.weights]
    biases = [_array(b[member, 0]) for b in stored.stack.biases]
    act = stored.stack.activation
    val = data.folds[0].val
    val = val[:: ceil(len(val) / MOST_ROWS)]
    layers: list[Arrays] = [{"weight": w, "bias": b} for w, b in zip(weights, biases, strict=True)]
    for layer, by_criterion in zip(layers, zip(*scores.values(), strict=True), strict=False):
        layer["score"] = np.stack(by_criterion)  # [criteria, width]
    for part, index in zip(PARTS, (data.calibration[0], data.held_out[0]), strict=True):
        found = moments(weights, biases, act, _array(data.x[0, index]))
        for layer, one in zip(layers, found, strict=False):
            layer |= {f"{part}_mean": one.mean, f"{part}_covariance": one.covariance}
    whole = {
        "seed": np.int64(stored.seeds[member]),
        "activation": np.array(act),
        "criteria": np.array(list(scores)),
        "targets": np.array(data.problem.target_names),
        "x": _array(data.x[0, val]),
        "y": _array(data.y[0, val]),
    }
    write_arrays(folder.facts_path, whole | by_layer(layers))


def _array(values: Tensor) -> Any:
    return values.detach().cpu().numpy()


def read_facts(folder: RunFolder) -> DenseFacts:
    """What is known of a run's dense network.

    Raises:
        BadInputError: the dense network is not trained yet.
        CorruptArtifactError: the file is broken.
    """
    path = folder.checked(folder.facts_path)
    if not path.exists() and folder.is_complete():
        raise BadInputError(
            f"run {folder.run_id} keeps nothing for predictions, as an earlier version of this "
            f"program wrote it: 'spinn submit --again --spec {folder.spec_path}' runs it again"
        )
    if not path.exists():
        raise BadInputError(
            f"run {folder.run_id} has no trained dense network yet: predictions start from one"
        )
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> DenseFacts:
    """Kept while the file stays as it is: a moving slider asks again and again."""
    with open_arrays(path) as arrays:
        layers = layers_of(arrays) or _numbered(arrays)
        hidden = layers[:-1]
        fit, held_out = (
            [Moments(layer[f"{part}_mean"], layer[f"{part}_covariance"]) for layer in hidden]
            for part in PARTS
        )
        return DenseFacts(
            weights=[layer["weight"] for layer in layers],
            biases=[layer["bias"] for layer in layers],
            activation=arrays["activation"].item(),
            scores={
                str(criterion): [layer["score"][row] for layer in hidden]
                for row, criterion in enumerate(arrays["criteria"])
            },
            fit=fit,
            held_out=held_out,
            x=arrays["x"],
            y=arrays["y"],
            seed=int(arrays["seed"]),
            targets=tuple(map(str, arrays["targets"])),
        )


def _numbered(arrays: Mapping[str, Any]) -> list[Arrays]:
    """The layers of a file in which ``weight0`` stands for ``layer0_weight``, as runs may have."""
    names = ["weight", "bias", *(f"{part}_{of}" for part in PARTS for of in ("mean", "covariance"))]
    layers: list[Arrays] = []
    while f"weight{len(layers)}" in arrays:
        at = len(layers)
        layers.append({name: arrays[f"{name}{at}"] for name in names if f"{name}{at}" in arrays})
    for at, layer in enumerate(layers[:-1]):
        layer["score"] = [arrays[f"score_{criterion}{at}"] for criterion in arrays["criteria"]]
    return layers
