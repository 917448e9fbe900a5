"""The networks that a run begins with: freshly drawn, or imported from a checkpoint."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from spinn_engine.artifacts.checkpoints import StoredStack, load_stack
from spinn_engine.artifacts.imported_dense import notes_of, read_imported
from spinn_engine.artifacts.pruned import mixed_seed
from spinn_engine.graph.cuts import last_layers
from spinn_engine.graph.end_numbers import end_numbers
from spinn_engine.graph.fixed_ends import Ends
from spinn_engine.graph.functions import INVERSES
from spinn_engine.graph.graph import Graph
from spinn_engine.problems.matrix import Floats
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
    """New networks for every arm, seed and fold; fixed maps are those of ``like``.

    Their ends have the numbers of the fold; behind a function outputs begin with the mean of the
    training targets.
    """
    folds = range(spec.compare.folds)
    members = [(a, s, f) for a in arms for s in spec.seeds for f in folds]
    names, seeds, of_fold = (list(column) for column in zip(*members, strict=True))
    drawn = [_seed_of_weights(seed, fold) for seed, fold in zip(seeds, of_fold, strict=True)]
    stack = new_stack(graph, drawn).to(data.device)
    if like is not None:
        for name in stack.fixed_names:
            getattr(stack, name).copy_(getattr(like, name)[:1])
    ends = spec.model.ends_for(data.problem.input_names)
    for number in folds:
        own = [member for member, fold in enumerate(of_fold) if fold == number]
        _set(stack, own, _end_numbers(ends, data, number))
        if ends.function:
            _begin_at_the_mean(stack, own, data, number)
    return StoredStack(stack, names, seeds, of_fold, _all_neurons(stack))


def _end_numbers(ends: Ends, data: PlacedData, number: int) -> dict[str, Floats]:
    """By parameter ``[columns]``, as the training rows of a fold have them."""
    fold, inputs = data.folds[number], data.problem.inputs
    scaler = fold.scaler
    return end_numbers(ends, scaler.x_mean, scaler.x_std, lambda at: inputs[fold.train, at])


def _begin_at_the_mean(stack: Stack, members: Sequence[int], data: PlacedData, number: int) -> None:
    """Set the biases of the last layers of a fold's networks, which a function stands behind."""
    function = stack.graph.output_function
    assert function is not None
    fold = data.folds[number]
    mean = (data.problem.targets[fold.train].mean(axis=0) - fold.scaler.y_mean) / fold.scaler.y_std
    wanted = INVERSES[function.function](mean)
    for last in last_layers(stack.graph, function.inputs[0]):
        found = np.zeros(stack.graph.widths[last.op.dim])
        found[list(last.columns)] = wanted[list(last.outputs)]
        _set(stack, members, {f"{last.op.name}.bias": found})


@torch.no_grad()
def _set(stack: Stack, members: Sequence[int], numbers: dict[str, Floats]) -> None:
    """Give some members parameters ``[columns]``."""
    tensors = stack.tensors
    for name, values in numbers.items():
        tensors[name][list(members)] = torch.from_numpy(values).to(tensors[name])


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


def teachers(folder: RunFolder, stored: StoredStack) -> Stack:
    """For each network of a block the dense one of its seed and fold."""
    dense = load_stack(folder.stack_path(0, "dense"), stored.stack.device)
    who = list(zip(dense.seeds, dense.folds, strict=True))
    own = zip(stored.seeds, stored.folds, strict=True)
    return dense.stack.subset([who.index(one) for one in own])


def _all_neurons(stack: Stack) -> list[Tensor]:
    """Per dimension ``[M, width]``: every neuron of a dense network, by its own index."""
    return [
        torch.arange(width, device=stack.device).repeat(stack.size, 1) for width in stack.hidden
    ]
