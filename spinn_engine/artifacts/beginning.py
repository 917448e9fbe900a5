"""The networks that a run begins with: freshly drawn, or imported from a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from spinn_engine.artifacts.checkpoints import StoredStack
from spinn_engine.artifacts.imported_dense import notes_of, read_imported
from spinn_engine.artifacts.pruned import mixed_seed
from spinn_engine.graph.graph import Graph
from spinn_engine.spec import RunSpec
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.training.data import PlacedData
from spinn_engine.training.network import Stack, new_stack
from spinn_engine.vocabulary import REFERENCE


def fresh_stack(
    spec: RunSpec,
    data: PlacedData,
    arms: Sequence[str],
    graph: Graph,
    like: Stack | None = None,
) -> StoredStack:
    """New networks for every arm, seed and fold; fixed maps are those of ``like``."""
    folds = range(spec.compare.folds)
    members = [(a, s, f) for a in arms for s in spec.seeds for f in folds]
    names, seeds, of_fold = (list(column) for column in zip(*members, strict=True))
    drawn = [_seed_of_weights(seed, fold) for seed, fold in zip(seeds, of_fold, strict=True)]
    stack = new_stack(graph, drawn).to(data.device)
    if like is not None:
        for name in stack.fixed_names:
            getattr(stack, name).copy_(getattr(like, name)[:1])
    return StoredStack(stack, names, seeds, of_fold, _all_neurons(stack))


def _seed_of_weights(seed: int, fold: int) -> int:
    """Every fold begins with weights of its own: the same ones would tie its results together."""
    return mixed_seed(seed, 0, REFERENCE, fold) if fold else seed


def imported_stack(folder: RunFolder, data: PlacedData) -> StoredStack:
    """The imported network, once for every seed.

    Raises:
        CorruptArtifactError: its file is missing or broken.
    """
    seeds = list(folder.spec().seeds)
    graph, arrays, about = read_imported(folder)
    tensors = {
        p.name: torch.from_numpy(arrays[p.name]).reshape(graph.shape(p)).repeat(len(seeds), 1, 1)
        for p in graph.parameters
    }  # [S, rows, columns]
    stack = Stack(graph, tensors).to(data.device)
    names, folds = [REFERENCE] * len(seeds), [0] * len(seeds)
    return StoredStack(stack, names, seeds, folds, _all_neurons(stack), notes=notes_of(about))


def _all_neurons(stack: Stack) -> list[Tensor]:
    """Per dimension ``[M, width]``: every neuron of a dense network, by its own index."""
    return [
        torch.arange(width, device=stack.device).repeat(stack.size, 1) for width in stack.hidden
    ]
