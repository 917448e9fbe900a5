"""Facts of a network that nobody trained: its targets are what it says itself, with noise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from spinn_engine.graph.functions import Floats
from spinn_engine.pruning.facts import DenseFacts
from tests.plain import plain_facts, plain_moments


def outputs(weights: list[Floats], biases: list[Floats], x: Floats) -> Floats:
    """Outputs of a tanh network, layer by layer."""
    for layer, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        x = (np.tanh(x) if layer else x) @ weight + bias
    return x


def made_facts(hidden: tuple[int, ...], rows: int = 300, twins: bool = False) -> DenseFacts:
    """A network with 4 inputs and 2 outputs; with ``twins``, neuron 1 of layer 1 is neuron 0."""
    rng = np.random.default_rng(7)
    weights = [
        rng.normal(size=(a, b)).astype(np.float32) / np.float32(a**0.5)
        for a, b in pairwise((4, *hidden, 2))
    ]
    biases = [0.1 * rng.normal(size=width).astype(np.float32) for width in (*hidden, 2)]
    weights[1] *= np.geomspace(3, 0.05, hidden[0], dtype=np.float32)[:, None]
    if twins:
        weights[0][:, 1], biases[0][1] = weights[0][:, 0], biases[0][0]
    x = rng.normal(size=(3 * rows, 4)).astype(np.float32)
    val, fit, held_out = np.split(x, 3)
    y = outputs(weights, biases, val) + 0.05 * rng.normal(size=(rows, 2)).astype(np.float32)
    scores = {
        "l1": [np.abs(w).sum(axis=0) + np.abs(b) for w, b in zip(weights, biases, strict=True)],
        "l1_out": [np.abs(w).sum(axis=1) for w in weights[1:]],
    }
    return plain_facts(
        weights=weights,
        biases=biases,
        activation="tanh",
        scores={name: layers[: len(hidden)] for name, layers in scores.items()},
        fit=plain_moments(weights, biases, "tanh", fit),
        held_out=plain_moments(weights, biases, "tanh", held_out),
        x=val,
        y=y.astype(np.float32),
        seed=3,
        targets=("wear", "heat"),
    )
