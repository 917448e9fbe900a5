"""From a path to a network: which kind of file it is, what is in it, and the numbers."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.graph.graph import Graph
from spinn_engine.imported.files import kinds
from spinn_engine.imported.files.mdlus import Mdlus
from spinn_engine.imported.files.own_format import own_export, own_network, own_parts, refuse_stack
from spinn_engine.imported.files.safetensors import Safetensors
from spinn_engine.imported.files.torch_legacy import TorchLegacy
from spinn_engine.imported.files.torch_zip import TorchZip
from spinn_engine.imported.files.zip_archive import read_list
from spinn_engine.imported.network import Floats32, StoredNetwork, dead_neurons
from spinn_engine.imported.others.claims import Named
from spinn_engine.imported.others.equinox import read_equinox
from spinn_engine.imported.others.flax import read_flax, refuse_orbax
from spinn_engine.imported.others.keras.files import read_keras, read_keras_hdf5
from spinn_engine.imported.others.sklearn.network import read_skops
from spinn_engine.imported.programs.network import read_onnx, read_pt2
from spinn_engine.imported.recognition.activations import is_key
from spinn_engine.imported.recognition.beside import beside_the_network
from spinn_engine.imported.recognition.calls import would_run
from spinn_engine.imported.recognition.contents import (
    Candidate,
    Contents,
    contents_of,
    the_network,
)
from spinn_engine.imported.recognition.doubles import tied_layers, without_doubles
from spinn_engine.imported.recognition.modules import Told, told_by
from spinn_engine.imported.recognition.name_words import words_of
from spinn_engine.imported.recognition.norm_defaults import norm_defaults
from spinn_engine.imported.recognition.other_kinds import SCALERS
from spinn_engine.imported.recognition.pieces import pieces_of
from spinn_engine.imported.recognition.structure import readings_of, structure_of
from spinn_engine.imported.recognition.structures.program import PHYSICSNEMO
from spinn_engine.spec import Activation
from spinn_engine.vocabulary import ACTIVATIONS
from spinn_engine.words import shown, shown_list

LARGEST_FILE = 2**30
MOST_ENTRIES = 32_768  # of any zip file: scikit-learn writes one for every iteration
WRAPPERS = ("module", "_orig_mod")

# Numbers under names: what they compute is not told.
Opened = TorchZip | TorchLegacy | Safetensors | Named
READERS: dict[str, Callable[[BufferedReader, int], StoredNetwork | Opened]] = {
    kinds.ZIP: TorchZip,
    kinds.LEGACY: TorchLegacy,
    kinds.MDLUS: Mdlus,
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
    """The network in a file of PyTorch, PhysicsNeMo, Keras, scikit-learn, Flax, Equinox or ONNX.

    Args:
        path: of the file; nothing in it is run or imported.

    Raises:
        BadInputError: there is no such file, it is of another kind, or it holds another network
            than can be read; the sentence says what it seems to be.
        CorruptArtifactError: the file is cut off, damaged, or its claims do not agree.
    """
    path = Path(path)
    try:
        _refuse_no_file(path)
        with path.open("rb") as file:
            network = _read(file, os.fstat(file.fileno()).st_size)
            tied = tied_layers(network.graph, network.arrays)
            return replace(network, notes=(*network.notes, *tied))
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
    ran = would_run(opened.called)
    try:
        network = _network(opened, file)
    except BadInputError as error:
        if ran is None:
            raise
        raise type(error)(f"{error} (loaded as a pickle, {ran}; here nothing was)") from None
    if ran is None:
        return network
    warned = f"Loaded as a pickle, {ran}: here nothing was, do not load it by torch.load."
    return replace(network, notes=(warned, *network.notes))


def _network(opened: Opened, file: BufferedReader) -> StoredNetwork:
    refuse_stack(opened.value)
    contents = contents_of(opened.value)
    network, others = the_network(contents)
    if (exported := own_export(opened.metadata, network.tensors, opened)) is not None:
        return StoredNetwork(
            **exported._asdict(),
            activation=_activation(exported.graph),
            format="spinn export",
            dtype="float32",
            sha256=_sha256(file),
            **_counted(exported.graph, exported.arrays),
            scaler=None,
            notes=(),
            computes=True,
            kind="network of this project",
        )
    own = own_network(opened.value, network.tensors, opened)
    if own is None:
        return _recognised(opened, file, contents, network, others)
    graph, arrays = own
    parts = own_parts(opened.value, opened, graph.inputs, graph.outputs)
    assert parts is not None
    return StoredNetwork(
        graph=graph,
        arrays=arrays,
        activation=_activation(graph),
        format="spinn checkpoint",
        dtype="float32",
        sha256=_sha256(file),
        **_counted(graph, arrays),
        **parts._asdict(),
        notes=tuple(_prefix([f"network.{op.name}" for op in graph.dense])),
        computes=True,
        kind="network of this project",
    )


def _counted(graph: Graph, arrays: Mapping[str, Floats32]) -> dict[str, Any]:
    """Parameters, those that are not zero, and neurons that are dead."""
    counted = [arrays[p.name] for p in graph.parameters if p.trained]
    return {
        "params": sum(one.size for one in counted),
        "nonzero": sum(int(np.count_nonzero(one)) for one in counted),
        "dead": dead_neurons(graph, arrays),
    }


def _recognised(
    opened: Opened,
    file: BufferedReader,
    contents: Contents,
    network: Candidate,
    others: Sequence[str],
) -> StoredNetwork:
    """The network that names and shapes tell."""
    left, beside = beside_the_network(network.tensors)
    tensors = {n: one for n, one in network.tensors.items() if n not in left}
    tensors, doubles = without_doubles(tensors, opened)
    told = told_by(network.module, contents.named) if network.module else Told()
    pieces = pieces_of(tensors, told.classes)
    for key, value in opened.metadata.items():
        contents.named.note(key, value)
    given = _of_physicsnemo(opened)
    structure = structure_of(pieces, told, given)
    activation = None if structure.acts else contents.named.agreed()
    contents.named.refuse_outputs()
    usual = norm_defaults(opened.kind, tensors)
    found = readings_of(pieces, structure, opened, activation, told.eps, usual)
    (form, graph, arrays), *variants = found.graphs
    own = own_parts(opened.value, opened, graph.inputs, graph.outputs)
    notes = [*doubles, *told.notes]
    if isinstance(opened, Named):
        notes += opened.notes
    elif own is None:
        notes += _left_out(opened.value, network, others)
    return StoredNetwork(
        graph=graph,
        arrays=arrays,
        activation=_activation(graph) if structure.acts else activation,
        format="spinn checkpoint" if own else _format(opened, network),
        dtype=", ".join(sorted(found.numbers.dtypes)),
        sha256=_sha256(file),
        **_counted(graph, arrays),
        scaler=own.scaler if own else None,
        input_names=own.input_names if own else None,
        target_names=own.target_names if own else None,
        notes=(
            *_prefix([layer.name for layer in structure.layers]),
            *found.numbers.notes(),
            *beside,
            *notes,
            *found.notes,
        ),
        computes=structure.known or own is not None,
        kind=structure.words,
        form=form,
        variants=tuple(variants),
    )


def _activation(graph: Graph) -> Activation | None:
    return graph.activation if graph.activation in ACTIVATIONS else None


def _of_physicsnemo(opened: Opened) -> dict[str, object] | None:
    """The arguments of its ``FullyConnected``."""
    if not isinstance(opened, Mdlus):
        return None
    name, given = opened.made
    if name != PHYSICSNEMO:
        raise BadInputError(
            f"it is a {shown(name)} of PhysicsNeMo, whose code is not in the file: save its "
            "state_dict, or the network as ONNX"
        )
    return given


def _opened(file: BufferedReader, size: int) -> StoredNetwork | Opened:
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


def _format(opened: Opened, network: Candidate) -> str:
    if isinstance(opened, Named) or opened.kind in ("safetensors", "mdlus"):
        return opened.kind
    return f"{opened.kind} {'whole module' if network.module else 'state_dict'}"


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
