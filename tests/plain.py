"""Plain networks as tests write them down: weights and biases, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spinn_engine.graph.functions import Floats
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import mlp
from spinn_engine.imported.network import plain
from spinn_engine.pruning.facts import DenseFacts, Moments, moments
from spinn_engine.training.network import Stack, new_stack


def graph_of(widths: Sequence[int], activation: str = "tanh") -> Graph:
    """A plain network of these widths, ends included."""
    return mlp(widths[1:-1], widths[0], widths[-1], activation)


def plain_stack(widths: Sequence[int], activation: str, seeds: Sequence[int]) -> Stack:
    """New plain networks of these widths, ends included."""
    return new_stack(graph_of(widths, activation), seeds)


def widths_of(stack: Stack) -> tuple[int, ...]:
    """Inputs, hidden widths, outputs."""
    return stack.graph.inputs, *stack.hidden, stack.graph.outputs


def biases_of(stack: Stack) -> list[Tensor]:
    """What each layer adds, ``[S, 1, out]``."""
    return [stack.tensors[f"{op.name}.bias"] for op in stack.graph.dense]


def pre_activations(stack: Stack, x: Tensor) -> list[Tensor]:
    """What each layer gives ``[S, B, out]`` for ``x`` ``[S, B, in]``, before its activation."""
    values = stack.values(x)
    return [values[op.name] for op in stack.graph.dense]


def arrays_of(weights: Sequence[Floats], biases: Sequence[Floats]) -> dict[str, Floats]:
    """The parameters of a plain network by their names."""
    return plain(weights, biases, "tanh")[1]


def plain_moments(
    weights: Sequence[Floats], biases: Sequence[Floats], activation: str, x: Floats
) -> dict[str, Moments]:
    """The moments of what every layer but the first takes."""
    graph, arrays = plain(weights, biases, activation)
    return moments(graph, arrays, x)


def plain_facts(
    weights: Sequence[Floats],
    biases: Sequence[Floats],
    activation: str,
    scores: Mapping[str, Sequence[Floats]],
    fit: dict[str, Moments],
    held_out: dict[str, Moments],
    x: Floats,
    y: Floats,
    seed: int,
    targets: tuple[str, ...],
) -> DenseFacts:
    """The facts of a plain network."""
    graph, arrays = plain(weights, biases, activation)
    known = {name: list(layers) for name, layers in scores.items()}
    return DenseFacts(graph, arrays, known, fit, held_out, x, y, seed, targets)


def layers_of(facts: DenseFacts) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Weights ``[in, out]`` and biases ``[out]`` of the layers of plain facts."""
    names = [op.name for op in facts.graph.dense]
    return [(facts.arrays[f"{n}.weight"], facts.arrays[f"{n}.bias"]) for n in names]


def function(name: str) -> Callable[[Tensor], Tensor]:
    """What torch itself understands by an activation."""
    modules: dict[str, Callable[[Tensor], Tensor]] = {
        "tanh": nn.Tanh(),
        "relu": nn.ReLU(),
        "gelu": nn.GELU(),
        "gelu_tanh": nn.GELU(approximate="tanh"),
        "silu": nn.SiLU(),
        "sigmoid": nn.Sigmoid(),
        "elu": nn.ELU(),
        "selu": nn.SELU(),
        "leaky_relu": nn.LeakyReLU(),
        "softplus": nn.Softplus(),
        "mish": nn.Mish(),
        "prelu": nn.PReLU(),
        "identity": nn.Identity(),
        "sin": torch.sin,
        "cos": torch.cos,
        "exp": torch.exp,
        "square": torch.square,
    }
    return modules[name]
