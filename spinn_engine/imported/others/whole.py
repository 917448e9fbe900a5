"""A network of which the file tells the whole computation."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import Function, Prelu
from spinn_engine.imported.files.tensors import as_float32
from spinn_engine.imported.network import Floats32, StoredNetwork, dead_neurons
from spinn_engine.imported.others.assembly import Assembly
from spinn_engine.imported.recognition.layers import MOST_PARAMETERS
from spinn_engine.vocabulary import ACTIVATIONS
from spinn_engine.words import scientific


def whole_network(
    built: Assembly, form: str, dtypes: Collection[str], notes: Sequence[str]
) -> StoredNetwork:
    """The network, its numbers in single precision; the hash of its file is left empty.

    Args:
        built: its operations, of which the last gives the outputs.
        form: what the file is.
        dtypes: of the numbers in the file.
        notes: what was done and left out, in sentences.

    Raises:
        BadInputError: it is too large, has no hidden neurons, or a number is not finite.
    """
    graph, doubles = built.graph()
    if not graph.prunable:
        raise BadInputError("it has no hidden layer that learns, so no neuron can be pruned")
    if graph.params(graph.hidden) > MOST_PARAMETERS:
        raise BadInputError(
            f"it has {graph.params(graph.hidden):,} parameters, more than the "
            f"{MOST_PARAMETERS:,} that are read"
        )
    arrays: dict[str, Floats32] = {}
    rounded = 0.0
    with np.errstate(all="ignore"):  # what is not finite is refused
        for name, values in doubles.items():
            flat, change = as_float32(name, np.atleast_1d(values))
            arrays[name] = flat.reshape(values.shape)
            rounded = max(rounded, change)
    return StoredNetwork(
        graph=graph,
        arrays=arrays,
        activation=_activation(graph),
        format=form,
        dtype=", ".join(sorted(dtypes)),
        sha256="",
        params=graph.params(graph.hidden),
        nonzero=sum(
            int(np.count_nonzero(arrays[one.name])) for one in graph.parameters if one.trained
        ),
        dead=dead_neurons(graph, arrays),
        scaler=None,
        input_names=None,
        target_names=None,
        notes=(*notes, *_rounding(dtypes, rounded)),
        computes=True,
    )


def _activation(graph: Graph) -> str:
    """That of most layers, of those that may stand between layers."""
    names = [op.function for op in graph.ops if isinstance(op, Function)]
    names += ["prelu" for op in graph.ops if isinstance(op, Prelu)]
    found = [name for name in names if name in ACTIVATIONS]
    return max(found, key=found.count) if found else "identity"


def _rounding(dtypes: Collection[str], rounded: float) -> list[str]:
    if "float64" not in dtypes:
        return []
    return [f"float64 became float32, which changes a number by {scientific(rounded)} at most."]
