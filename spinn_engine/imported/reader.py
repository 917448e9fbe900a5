"""From a path to a network: which kind of file it is, what is in it, and the numbers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from spinn_engine.errors import BadInputError
from spinn_engine.imported.files import kinds
from spinn_engine.imported.files.own_format import own_parts, refuse_stack
from spinn_engine.imported.files.safetensors import Safetensors
from spinn_engine.imported.files.tensors import refuse_shared
from spinn_engine.imported.files.torch_zip import TorchZip
from spinn_engine.imported.files.zip_archive import read_list
from spinn_engine.imported.network import StoredNetwork, dead_neurons, plain
from spinn_engine.imported.others.claims import Named
from spinn_engine.imported.others.equinox import read_equinox
from spinn_engine.imported.others.flax import read_flax, refuse_orbax
from spinn_engine.imported.others.keras.files import read_keras, read_keras_hdf5
from spinn_engine.imported.others.sklearn.network import read_skops
from spinn_engine.imported.programs.network import read_onnx, read_pt2
from spinn_engine.imported.recognition.activations import is_key
from spinn_engine.imported.recognition.beside import beside_the_network
from spinn_engine.imported.recognition.contents import Candidate, contents_of, the_network
from spinn_engine.imported.recognition.layers import layers_of
from spinn_engine.imported.recognition.matrices import matrices_of
from spinn_engine.imported.recognition.modules import describe
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.imported.recognition.order import ordered
from spinn_engine.imported.recognition.other_kinds import SCALERS
from spinn_engine.words import shown, shown_list

LARGEST_FILE = 2**30
MOST_ENTRIES = 32_768  # of any zip file: scikit-learn writes one for every iteration
WRAPPERS = ("module", "_orig_mod")

Tensors = TorchZip | Safetensors | Named  # numbers under names: what they compute is not told
READERS: dict[str, Callable[[BufferedReader, int], StoredNetwork | Tensors]] = {
    kinds.ZIP: TorchZip,
    kinds.SAFETENSORS: Safetensors,
    kinds.ONNX: read_onnx,
    kinds.PT2: read_pt2,
    kinds.KERAS: read_keras,
    kinds.HDF5: read_keras_hdf5,
    kinds.SKOPS: read_skops,
    kinds.MSGPACK: read_flax,
    kinds.ORBAX: refuse_orbax,
    kinds.LEAVES: read_equinox,
}


def read_network(path: Path | str) -> StoredNetwork:
    """The network in a file of PyTorch, Keras, scikit-learn, Flax or Equinox, or in an ONNX model.

    Args:
        path: of the file; nothing in it is run or imported.

    Raises:
        BadInputError: there is no such file, it is of another kind, or it holds a network that
            cannot be read; the sentence says what it seems to be.
        CorruptArtifactError: the file is cut off, damaged, or its claims do not agree.
    """
    path = Path(path)
    try:
        _refuse_no_file(path)
        with path.open("rb") as file:
            return _read(file, os.fstat(file.fileno()).st_size)
    except BadInputError as error:
        raise type(error)(f"{shown(path)}: {error}") from None
    except OSError as error:
        reason = (error.strerror or "it gave no answer").lower()
        raise BadInputError(f"{shown(path)}: it cannot be read: {reason}") from None


def _refuse_no_file(path: Path) -> None:
    if not path.exists():
        raise BadInputError("there is no such file")
    if not path.is_file():
        raise BadInputError("it is a folder or a device, name a file")


def _read(file: BufferedReader, size: int) -> StoredNetwork:
    opened = _opened(file, size)
    if isinstance(opened, StoredNetwork):
        return replace(opened, sha256=_sha256(file))
    refuse_stack(opened.value)
    contents = contents_of(opened.value)
    network, others = the_network(contents)
    left, beside = beside_the_network(network.tensors)
    layers = ordered(layers_of({n: one for n, one in network.tensors.items() if n not in left}))
    order = [layer.name for layer in layers]
    refuse_shared(
        (layer.names[part], layer.parts[part]) for layer in layers for part in layer.parts
    )
    notes = describe(network.module, order, contents.named) if network.module else []
    if isinstance(opened, Safetensors):
        for key, value in opened.metadata.items():
            contents.named.note(key, value)
    activation = contents.named.agreed()
    made = matrices_of(layers, opened)
    own = own_parts(opened.value, opened, made.weights[0].shape[0], made.weights[-1].shape[1])
    graph, arrays = plain(made.weights, made.biases, activation or "tanh")
    if isinstance(opened, Named):
        notes += opened.notes
    elif own is None:
        notes += _left_out(opened.value, network, others)
    return StoredNetwork(
        graph=graph,
        arrays=arrays,
        activation=activation,
        format="spinn checkpoint" if own else _format(opened, network),
        dtype=", ".join(sorted(made.dtypes)),
        sha256=_sha256(file),
        params=made.params,
        nonzero=made.nonzero,
        dead=dead_neurons(graph, arrays),
        scaler=own.scaler if own else None,
        input_names=own.input_names if own else None,
        target_names=own.target_names if own else None,
        notes=(*_prefix(order), *made.notes(), *beside, *notes),
        computes=own is not None,
    )


def _opened(file: BufferedReader, size: int) -> StoredNetwork | Tensors:
    if size > LARGEST_FILE:
        raise BadInputError(
            f"it has {size:,} bytes, more than the {LARGEST_FILE:,} that are read: save "
            "model.state_dict() alone"
        )
    kind = kinds.kind_of(file.read(kinds.HEAD_BYTES), size)
    if kind == kinds.ZIP:
        kind = kinds.zip_kind(read_list(file, size, MOST_ENTRIES))
    file.seek(0)
    return READERS[kind](file, size)


def _format(opened: Tensors, network: Candidate) -> str:
    if isinstance(opened, Safetensors):
        return "safetensors"
    if isinstance(opened, Named):
        return opened.kind
    return "zip whole module" if network.module else "zip state_dict"


def _prefix(order: Sequence[str]) -> list[str]:
    """A note on names of wrappers, such as DataParallel's, that stand before all layers."""
    shared = os.path.commonprefix([name.split(".")[:-1] for name in order])
    if not set(WRAPPERS) & set(shared):
        return []
    return [f"The names begin with {shown('.'.join(shared))}, as a wrapper writes them."]


def _left_out(value: object, network: Candidate, others: Sequence[str]) -> list[str]:
    notes = []
    if others:
        notes.append(f"Other networks in the file were left out: {shown_list(others)}.")
    beside = list(network.beside)
    if network.path and isinstance(value, dict):
        names = map(shown, value)
        beside += [name for name in names if name != network.path[0] and name not in others]
    beside = [key for key in beside if not is_key(key)]
    if beside:
        notes.append(f"Beside the network stood, and was left out: {shown_list(beside)}.")
    if any(SCALERS & set(words_of(key)) for key in beside):
        notes.append("What scales rows was left out too: it must be done before, as in training.")
    return notes


def _sha256(file: BufferedReader) -> str:
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()
