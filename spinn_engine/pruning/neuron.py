"""One neuron of a dense network: its weights, what it does, and what is lost without it.

Imports no torch:

    explore(facts, layer=0, number=17).removed
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import values_of
from spinn_engine.graph.functions import Floats
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.labels import LAYER
from spinn_engine.pruning.facts import DenseFacts
from spinn_engine.pruning.whatif import predict_kept

R2 = NDArray[np.float64]


@dataclass(frozen=True)
class Standing:
    """A neuron's score by one criterion, and its rank among ``width`` neurons; 1 is the highest."""

    score: float
    rank: int
    width: int


@dataclass(frozen=True)
class Neuron:
    """What is known of one neuron, over the validation rows.

    Attributes:
        layer: its dimension, 0 for the first: of a plain network its hidden layer.
        number: its place there, from 0.
        seed: whose dense network it is in.
        incoming: ``[before]`` weights to it, of all layers that make it, one after another.
        bias: what is added to them.
        outgoing: ``[after]`` weights from it, to all layers that take it.
        activation: ``[rows]`` what the first layer takes of it.
        y: ``[rows, out]`` the targets, standardised.
        targets: names of the outputs.
        dense: ``[out]`` R2 of the whole network.
        removed: ``[out]`` R2 when this neuron alone is removed.
        repaired: ``[out]`` R2 when the next layer is then solved anew by least squares.
        standing: by criterion.
    """

    layer: int
    number: int
    seed: int
    incoming: Floats
    bias: float
    outgoing: Floats
    activation: Floats
    y: Floats
    targets: tuple[str, ...]
    dense: R2
    removed: R2
    repaired: R2
    standing: dict[str, Standing]

    @property
    def serves(self) -> int:
        """The output that loses most R2 when this neuron alone is removed, unrepaired."""
        return int(np.argmax(self.dense - self.removed))


def explore(facts: DenseFacts, layer: int, number: int) -> Neuron:
    """Everything that the dense network's facts tell of one neuron.

    Removing it sets its outgoing weights to zero. The repair is the reconstruction of a run, in
    closed form from the covariances of the dense activations (see ``whatif``).

    Args:
        facts: the dense network.
        layer: hidden layer, 0 for the first.
        number: the neuron's place in that layer, from 0.

    Raises:
        BadInputError: the network has no such neuron.
    """
    _check(facts.graph, layer, number)
    dim = facts.graph.prunable[layer]
    whole = [np.arange(width) for width in facts.hidden]
    without = [*whole[:layer], np.delete(whole[layer], number), *whole[layer + 1 :]]
    with threadpool_limits(1):  # as ``predict_many``
        dense, removed, repaired = (
            predict_kept(facts, kept, how).per_output
            for kept, how in ((whole, "none"), (without, "none"), (without, "least_squares"))
        )
        activation = _activation(facts, dim, number)
    return Neuron(
        layer=layer,
        number=number,
        seed=facts.seed,
        incoming=_incoming(facts, dim, number),
        bias=_bias(facts, dim, number),
        outgoing=_outgoing(facts, dim, number),
        activation=activation,
        y=facts.y,
        targets=facts.targets,
        dense=dense,
        removed=removed,
        repaired=repaired,
        standing={name: _standing(layers[layer], number) for name, layers in facts.scores.items()},
    )


def _check(graph: Graph, layer: int, number: int) -> None:
    hidden = graph.hidden
    if not 0 <= layer < len(hidden):
        what = LAYER if graph.layered else "group of neurons"
        raise BadInputError(
            f"there is no {what} {layer + 1}: this network has {len(hidden)}, of which the "
            "first is layer=0"
        )
    if not 0 <= number < hidden[layer]:
        raise BadInputError(
            f"{graph.labels[layer]} has no neuron {number}: give 0 to {hidden[layer] - 1}"
        )


def _incoming(facts: DenseFacts, dim: str, number: int) -> Floats:
    columns = [facts.arrays[f"{op.name}.weight"][:, number] for op in facts.graph.producers(dim)]
    return np.concatenate(columns)


def _bias(facts: DenseFacts, dim: str, number: int) -> float:
    made = [op for op in facts.graph.producers(dim) if op.bias]
    return float(sum(facts.arrays[f"{op.name}.bias"][number] for op in made))


def _outgoing(facts: DenseFacts, dim: str, number: int) -> Floats:
    graph = facts.graph
    rows = [
        facts.arrays[f"{op.name}.weight"][part.start + number]
        for op in graph.consumers(dim)
        for part in graph.taken(op, dim)
    ]
    return np.concatenate(rows)


def _activation(facts: DenseFacts, dim: str, number: int) -> Floats:
    """What the first layer that takes a neuron takes of it, ``[rows]``."""
    graph, values = facts.graph, values_of(facts.graph, facts.arrays, facts.x)
    first = graph.consumers(dim)[0]
    found: Floats = values[first.inputs[0]][:, graph.taken(first, dim)[0].start + number]
    return found


def _standing(scores: Floats, number: int) -> Standing:
    """Equal scores rank in the order of the neurons, as when they are chosen."""
    order = np.argsort(-scores, kind="stable")
    return Standing(float(scores[number]), int(np.flatnonzero(order == number)[0]) + 1, len(scores))
