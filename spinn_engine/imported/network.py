"""What is read: a network as it stands in the file, and how much of it is alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from spinn_engine.graph.graph import Graph
from spinn_engine.graph.kinds import mlp
from spinn_engine.spec import Activation
from spinn_engine.training.scaling import Scaler
from spinn_engine.words import shown_list

PLACEHOLDER = "tanh"  # stands where the file tells no activation
Floats32 = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class StoredNetwork:
    """A network.

    Attributes:
        graph: what it is; where the file tells no activation, with a tanh in every place.
        arrays: its parameters by name, ``[rows, columns]``, or ``[columns]`` of a single row.
        activation: that of most layers; None where the file does not tell it.
        format: ``zip`` or ``legacy`` with ``state_dict`` or ``whole module``, ``mdlus``,
            ``safetensors``, ``spinn export`` or ``spinn checkpoint``.
        dtype: of the weights in the file; several are separated by commas.
        sha256: of the file.
        params: weights and biases in the file; a bias that does not exist is not counted.
        nonzero: how many of them are not zero, after masks.
        dead: per dimension that may be pruned, how many neurons have no incoming or no outgoing
            weight but zeros.
        scaler: of a checkpoint of this project, else None.
        input_names: of a checkpoint of this project, else None.
        target_names: of a checkpoint of this project, else None.
        notes: what was done to read it, and what was left out, in sentences.
        kind: what network it is, in words.
        form: which of several readings the network is, in words; empty where there is one.
        variants: further graphs that the file may mean, in words, with their numbers; where its
            names and shapes leave open which, the likeliest is the network itself.
        computes: whether the file says what the network computes; else it holds numbers alone, and
            skips, functions and scalings beside them are not to be seen.
    """

    graph: Graph
    arrays: dict[str, Floats32]
    activation: Activation | None
    format: str
    dtype: str
    sha256: str
    params: int
    nonzero: int
    dead: tuple[int, ...]
    scaler: Scaler | None
    input_names: tuple[str, ...] | None
    target_names: tuple[str, ...] | None
    notes: tuple[str, ...]
    computes: bool = False
    kind: str = "chain of layers"
    variants: tuple[tuple[str, Graph, dict[str, Floats32]], ...] = ()
    form: str = ""

    @property
    def weights(self) -> tuple[Floats32, ...]:
        """The matrices ``[in, out]``, in the graph's order."""
        return tuple(self.arrays[f"{op.name}.weight"] for op in self.graph.dense)

    @property
    def biases(self) -> tuple[Floats32 | None, ...]:
        """What each of them adds ``[out]``; None where it adds nothing."""
        return tuple(self.arrays.get(f"{op.name}.bias") for op in self.graph.dense)

    @property
    def undecided(self) -> tuple[str, ...]:
        """What its file leaves open, in words; without data the network is the likeliest."""
        found = []
        if self.activation is None and self.graph.activation == PLACEHOLDER:
            found.append("the activation between its layers (tanh until another is given)")
        if self.variants:
            ways = shown_list(words for words, *_ in self.variants)
            found.append(f"whether it is the likeliest ({self.form or 'as read'}), or {ways}")
        if not self.computes:
            found.append(
                "skips, functions behind the outputs and scalings that are not among its tensors"
            )
        return tuple(found)

    @property
    def inputs(self) -> int:
        """How many inputs it takes."""
        return self.graph.inputs

    @property
    def outputs(self) -> int:
        """How many outputs it gives."""
        return self.graph.outputs

    @property
    def hidden(self) -> tuple[int, ...]:
        """Widths of what may be pruned, from input to output."""
        return self.graph.hidden

    @property
    def hidden_without_dead(self) -> tuple[int, ...]:
        """Hidden widths that would be left without the dead neurons."""
        return tuple(width - dead for width, dead in zip(self.hidden, self.dead, strict=True))

    @property
    def params_without_dead(self) -> int:
        """Weights and biases that would be left without the dead neurons."""
        return self.graph.params(self.hidden_without_dead)


def plain(
    weights: Sequence[Floats32], biases: Sequence[Floats32 | None], activation: str
) -> tuple[Graph, dict[str, Floats32]]:
    """A plain network of the weights ``[in, out]`` and biases ``[out]`` of its layers."""
    widths = [*(len(weight) for weight in weights), weights[-1].shape[1]]
    graph = mlp(widths[1:-1], widths[0], widths[-1], activation)
    names, arrays = [op.name for op in graph.dense], {}
    bare = {name for name, bias in zip(names, biases, strict=True) if bias is None}
    for name, weight, bias in zip(names, weights, biases, strict=True):
        arrays[f"{name}.weight"] = weight
        if bias is not None:
            arrays[f"{name}.bias"] = bias
    ops = tuple(
        op.model_copy(update={"bias": False}) if op.name in bare else op for op in graph.ops
    )
    return Graph(ops=ops, widths=graph.widths, prunable=graph.prunable), arrays


def dead_neurons(graph: Graph, arrays: Mapping[str, Floats32]) -> tuple[int, ...]:
    """Per dimension, the neurons with no incoming or no outgoing weight but zeros."""
    found = []
    for dim in graph.prunable:
        made = [arrays[f"{op.name}.weight"].any(axis=0) for op in graph.producers(dim)]
        taken = [
            arrays[f"{op.name}.weight"][part].any(axis=1)
            for op in graph.consumers(dim)
            for part in graph.taken(op, dim)
        ]
        alive = np.logical_or.reduce(made) & np.logical_or.reduce(taken)
        found.append(int(np.count_nonzero(~alive)))
    return tuple(found)
