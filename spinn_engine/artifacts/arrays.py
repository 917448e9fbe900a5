"""Files of arrays (``.npz``), with those of each layer by its number; imports no torch.

An array of layer 0 that is called ``score`` stands under ``layer0_score``; what belongs to no layer
stands under its own name.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as ZlibError

import numpy as np
from numpy.lib import format

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.graph.graph import Graph
from spinn_engine.guarded.paths import check_plain_file
from spinn_engine.store.files import write_atomically

Arrays = dict[str, Any]

_OF_A_LAYER = re.compile(r"layer(\d+)_(\w+)")
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, BadZipFile, ZlibError)


def write_arrays(path: Path, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name; the same arrays give the same bytes."""
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    write_atomically(path, buffer.getvalue())


@contextmanager
def open_arrays(path: Path) -> Iterator[Mapping[str, Any]]:
    """The arrays of a file by name, each read when it is asked for.

    Raises:
        CorruptArtifactError: the file is broken, or has not what is asked for.
    """
    try:
        check_plain_file(path)
        _check_sizes(path)
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            yield arrays
    except BadInputError as error:
        raise CorruptArtifactError(str(error)) from error
    except _UNREADABLE as error:
        why = getattr(error, "strerror", None) or "it is damaged; put it back as it was"
        raise CorruptArtifactError(f"{path} cannot be read: {why}") from error


def _check_sizes(path: Path) -> None:
    """Refuse arrays that say that they are larger than what is there, before they are made.

    Raises:
        ValueError: the header of one does.
    """
    with ZipFile(path) as packed:
        for entry in packed.infolist():
            with packed.open(entry) as file:
                old = format.read_magic(file) == (1, 0)
                read = format.read_array_header_1_0 if old else format.read_array_header_2_0
                shape, _, dtype = read(file)
                if prod(shape) * dtype.itemsize > entry.file_size:
                    raise ValueError(f"{entry.filename} is shorter than it says")


def by_layer(layers: Sequence[Mapping[str, Any]]) -> Arrays:
    """The arrays of every layer under the names that they have in a file."""
    return {
        f"layer{number}_{name}": array
        for number, layer in enumerate(layers)
        for name, array in layer.items()
    }


def layers_of(arrays: Mapping[str, Any]) -> list[Arrays]:
    """The arrays of every layer in an open file, the first layer's first."""
    found: defaultdict[int, Arrays] = defaultdict(dict)
    for key in arrays:
        if match := _OF_A_LAYER.fullmatch(key):
            found[int(match[1])][match[2]] = arrays[key]
    return [found[number] for number in sorted(found)]


def with_graph(graph: Graph, arrays: Mapping[str, Any]) -> Arrays:
    """A network's parameters and what it is, as they stand in a file."""
    return {"graph": np.array(graph.model_dump_json()), **arrays}


def graph_in(arrays: Mapping[str, Any]) -> tuple[Graph, Arrays]:
    """The network of an open file, and its parameters by name.

    Raises:
        KeyError: it holds none.
    """
    graph = Graph.model_validate_json(str(arrays["graph"]))
    return graph, {p.name: arrays[p.name] for p in graph.parameters}
