"""Exact sizes of networks; imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import mlp
from spinn_engine.graph.sizes import Widths

BYTES_PER_WEIGHT = 4


@dataclass(frozen=True)
class Stage:
    """The network of one stage, and its exact size.

    Attributes:
        stage: 0 for the dense network.
        hidden: widths of the dimensions that may be pruned: the hidden layers of a plain network.
        params: parameters.
        macs: multiply-accumulates of the matrices in one forward pass of one row.
        bytes: all numbers as float32, without the file around them.
        param_reduction: one minus ``params`` over those of the dense network.
        mac_reduction: the same for ``macs``.
        neuron_reduction: the same for the neurons.
        pruning_ratios: share of each layer's neurons that this stage removes.
        exact: false where the widths depend on scores that training has yet to give, and only the
            size is planned.
    """

    stage: int
    hidden: Widths
    params: int
    macs: int
    bytes: int
    param_reduction: float
    mac_reduction: float
    neuron_reduction: float
    pruning_ratios: tuple[float, ...]
    exact: bool = True


def parameter_count(widths: Sequence[int]) -> int:
    """Weights and biases of a plain network; ``widths`` holds inputs and outputs too."""
    graph = mlp(widths[1:-1], widths[0], widths[-1])
    return graph.params(graph.hidden)


def mac_count(widths: Sequence[int]) -> int:
    """Multiply-accumulates of one forward pass of one row through a plain network."""
    graph = mlp(widths[1:-1], widths[0], widths[-1])
    return graph.macs(graph.hidden)


def measure(graph: Graph, hidden: Sequence[Widths], exact: bool = True) -> list[Stage]:
    """The stages of a network whose widths are ``hidden``, the dense network first."""
    stages, dense = [], hidden[0]
    for number, widths in enumerate(hidden):
        before = hidden[max(number - 1, 0)]
        params, macs = graph.params(widths), graph.macs(widths)
        stages.append(
            Stage(
                stage=number,
                hidden=tuple(widths),
                params=params,
                macs=macs,
                bytes=graph.numbers(widths) * BYTES_PER_WEIGHT,
                param_reduction=1 - params / graph.params(dense),
                mac_reduction=1 - macs / graph.macs(dense),
                neuron_reduction=1 - sum(widths) / sum(dense),
                pruning_ratios=tuple(1 - a / b for a, b in zip(widths, before, strict=True)),
                exact=exact or number == 0,
            )
        )
    return stages
