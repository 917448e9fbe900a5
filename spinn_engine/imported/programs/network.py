"""From a program to a stored network."""

from __future__ import annotations

from collections.abc import Sequence
from io import BufferedReader
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from spinn_engine.errors import BadInputError, CorruptArtifactError, one_sentence
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import LARGEST_WIDTH
from spinn_engine.imported.network import StoredNetwork, dead_neurons
from spinn_engine.imported.programs.calls import Program, Taken
from spinn_engine.imported.programs.drawing.drawing import Arrays
from spinn_engine.imported.programs.drawing.emit import graph_of
from spinn_engine.imported.programs.formats import onnx_file, pt2
from spinn_engine.imported.programs.meaning.nodes import concat
from spinn_engine.imported.programs.meaning.reading import computed
from spinn_engine.imported.programs.meaning.values import ROWS, Value
from spinn_engine.vocabulary import ACTIVATIONS
from spinn_engine.words import counted, shown, shown_list

# What comes of operations that are told something of another kind than they take.
MALFORMED = (TypeError, ValueError, KeyError, IndexError, AttributeError, ArithmeticError)


def converted(program: Program) -> tuple[Graph, Arrays, tuple[str, ...]]:
    """The graph of a program, its numbers in double precision, and notes.

    Raises:
        BadInputError: it is no network of rows.
    """
    width = _width(program.inputs)
    try:
        outputs = computed(program)
        for one in outputs:
            _check_rows(one)
        graph, arrays = graph_of(concat([one.node for one in outputs], "the outputs"), width)
    except RecursionError:
        raise BadInputError("its operations are nested too deeply to be read") from None
    except ValidationError as error:
        raise BadInputError(f"it is no network that is read: {one_sentence(error)}") from None
    except MALFORMED:
        raise CorruptArtifactError("its operations are damaged, copy the file again") from None
    if not any(op.trained for op in graph.dense):
        raise BadInputError("it has no layer that learns")
    notes = []
    if len(program.inputs) > 1:
        names = shown_list(one.name for one in program.inputs)
        notes.append(f"It takes {names}: their columns are its inputs, in this order.")
    if len(outputs) > 1:
        notes.append(f"Its {counted(len(outputs), 'output')} stand beside each other, in order.")
    return graph, arrays, tuple(notes)


def _width(inputs: Sequence[Taken]) -> int:
    """How many columns a network takes of all that it is given."""
    for one in inputs:
        if one.width is None or not 0 < one.width <= LARGEST_WIDTH:
            sizes = ", ".join("rows" if size is None else str(size) for size in one.shape)
            raise BadInputError(
                f"it takes the shape [{sizes}]: a network here takes [rows, inputs]"
            )
    if len({one.shape[0] for one in inputs}) > 1:
        raise BadInputError(
            f"it takes {shown_list(one.name for one in inputs)}, which have other numbers of rows"
        )
    width = sum(one.width or 0 for one in inputs)
    if not 0 < width <= LARGEST_WIDTH:
        raise BadInputError(f"it takes {counted(width, 'input')}")
    return width


def _check_rows(one: Value) -> None:
    if one.axes[0] != ROWS:
        raise BadInputError("it gives something else than one row for each of its rows")


def read_onnx(file: BufferedReader, size: int) -> StoredNetwork:
    """The network of an ONNX model.

    Raises:
        BadInputError: it is no network of rows, or not one that can be read.
        CorruptArtifactError: it is damaged.
    """
    onnx_file.check_size(size)
    return stored_network(onnx_file.read_program(file.read(), Path(file.name)), "onnx")


def read_pt2(file: BufferedReader, size: int) -> StoredNetwork:
    """The network of an exported program of PyTorch (same errors)."""
    return stored_network(pt2.read_program(file, size), "pt2")


def stored_network(program: Program, called: str) -> StoredNetwork:
    """A program as a network that a run can begin with; who reads the file adds its hash.

    Raises:
        BadInputError: it is no network of rows, or its numbers are not finite.
    """
    graph, exact, notes = converted(program)
    with np.errstate(over="ignore", invalid="ignore"):
        arrays = {name: array.astype(np.float32) for name, array in exact.items()}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise BadInputError(f"{shown(name)} holds NaN or infinite numbers, or too large ones")
    learned = [arrays[one.name] for one in graph.parameters if one.trained]
    dtypes = {one.array.dtype.name for one in program.constants.values() if one.array.ndim > 1}
    return StoredNetwork(
        graph=graph,
        arrays=arrays,
        activation=graph.activation if graph.activation in ACTIVATIONS else "identity",
        format=called,
        dtype=", ".join(sorted(dtypes)),
        sha256="",
        params=graph.params(graph.hidden),
        nonzero=sum(int(np.count_nonzero(array)) for array in learned),
        dead=dead_neurons(graph, arrays),
        scaler=None,
        input_names=None,
        target_names=None,
        notes=notes,
        computes=True,
    )
