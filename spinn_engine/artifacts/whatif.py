"""The facts that predictions need, kept with a run; reading them imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from spinn_engine.artifacts.arrays import (
    Arrays,
    graph_in,
    layers_of,
    open_arrays,
    with_graph,
    write_arrays,
)
from spinn_engine.errors import BadInputError
from spinn_engine.graph.functions import Floats
from spinn_engine.graph.kinds import mlp
from spinn_engine.pruning.facts import DenseFacts, Moments, moments, takes_neurons
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
        scores: per criterion and dimension, of that network alone, ``[width]``.
    """
    graph = stored.stack.graph
    single = {p.name for p in graph.parameters if p.rows is None}
    arrays = {
        name: _array(tensor[member, 0] if name in single else tensor[member])
        for name, tensor in stored.stack.tensors.items()
    }
    val = data.folds[0].val
    val = val[:: ceil(len(val) / MOST_ROWS)]
    whole: Arrays = {
        "seed": np.int64(stored.seeds[member]),
        "criteria": np.array(list(scores)),
        "targets": np.array(data.problem.target_names),
        "x": _array(data.x[0, val]),
        "y": _array(data.y[0, val]),
    }
    for dim, by_criterion in zip(graph.prunable, zip(*scores.values(), strict=True), strict=True):
        whole[f"score.{dim}"] = np.stack(by_criterion)  # [criteria, width]
    for part, index in zip(PARTS, (data.calibration[0], data.held_out[0]), strict=True):
        for layer, one in moments(graph, arrays, _array(data.x[0, index])).items():
            whole[f"{part}_mean.{layer}"] = one.mean
            whole[f"{part}_covariance.{layer}"] = one.covariance
    write_arrays(folder.facts_path, with_graph(graph, arrays) | whole)


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
        if "graph" not in arrays:
            return _of_layers(arrays)
        graph, own = graph_in(arrays)
        fit, held_out = (
            {
                op.name: Moments(
                    arrays[f"{part}_mean.{op.name}"], arrays[f"{part}_covariance.{op.name}"]
                )
                for op in takes_neurons(graph)
            }
            for part in PARTS
        )
        return DenseFacts(
            graph=graph,
            arrays=own,
            scores={
                str(criterion): [arrays[f"score.{dim}"][row] for dim in graph.prunable]
                for row, criterion in enumerate(arrays["criteria"])
            },
            fit=fit,
            held_out=held_out,
            **_whole(arrays),
        )


def _whole(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "x": arrays["x"],
        "y": arrays["y"],
        "seed": int(arrays["seed"]),
        "targets": tuple(map(str, arrays["targets"])),
    }


def _of_layers(arrays: Mapping[str, Any]) -> DenseFacts:
    """Those of a file that an earlier version wrote, of a plain network."""
    layers = layers_of(arrays) or _numbered(arrays)
    sizes = [layer["weight"].shape for layer in layers]
    graph = mlp(
        [width for _, width in sizes[:-1]], sizes[0][0], sizes[-1][1], arrays["activation"].item()
    )
    names = [op.name for op in graph.dense]
    pairs = list(zip(names, layers, strict=True))
    fit, held_out = (
        {
            name: Moments(layer[f"{part}_mean"], layer[f"{part}_covariance"])
            for name, layer in zip(names[1:], layers[:-1], strict=True)
        }
        for part in PARTS
    )
    return DenseFacts(
        graph=graph,
        arrays={f"{n}.{part}": layer[part] for n, layer in pairs for part in ("weight", "bias")},
        scores={
            str(criterion): [layer["score"][row] for layer in layers[:-1]]
            for row, criterion in enumerate(arrays["criteria"])
        },
        fit=fit,
        held_out=held_out,
        **_whole(arrays),
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
