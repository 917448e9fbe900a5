"""A dense network imported from a checkpoint, set on the data of a run; imports no torch.

    imported = import_network(spec, problem)    # reads the file, finds out what it computes
    write_imported(folder, imported)            # brought.npz, from which stage 0 begins

A network may take its inputs scaled in many ways, and give its targets so; bare numbers tell no
skip and no function. What is not said is tried on the training rows (``imported/search``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from spinn_engine.artifacts.arrays import graph_in, open_arrays, with_graph, write_arrays
from spinn_engine.errors import BadInputError
from spinn_engine.graph.ends import reordered
from spinn_engine.graph.graph import Graph
from spinn_engine.imported import StoredNetwork, read_network
from spinn_engine.imported.network import plain
from spinn_engine.imported.search.choice import choose
from spinn_engine.imported.search.readings import Asked, Reading
from spinn_engine.imported.search.results import (
    R2,
    mean_r2,
    r2_by_target,
    readings_sentence,
    standardised,
)
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import Activation, RunSpec
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.training.scaling import Scaler, scaler_of
from spinn_engine.words import counted, shown_list, widths

ORIGIN = (
    "The dense network was imported: all repetitions begin with it, so intervals speak of what "
    "follows, not of its training.",
    "On which rows the imported network was trained is not known: if the test rows were among "
    "them, its R2 and that of every arm that begins with it is too good.",
)
OWN_TEACHER = (
    "The targets are what the imported network itself gives of these rows: every R2 says how near "
    "a network comes to it, not how good it is."
)
EXACT = 1e-7  # of R2: no network comes so near to what was measured


@dataclass(frozen=True)
class ImportedNetwork:
    """An imported network on a problem.

    Attributes:
        spec: the run's, with widths, activation, hash and reading as they were found.
        network: as the file has it, its inputs and targets in the problem's order.
        reading: how it is read.
        r2: for this and the next best readings, by name, R2 by target on the validation rows in
            the targets' units; None where it is no finite number.
        scaler: the standardisation of the run.
        notes: what a reader of the result must know of the reading, in sentences.
    """

    spec: RunSpec
    network: StoredNetwork
    reading: Reading
    r2: dict[str, R2]
    scaler: Scaler
    notes: tuple[str, ...]

    def mean_r2(self) -> float | None:
        """Mean over targets, as it is read."""
        return mean_r2(next(iter(self.r2.values())))

    def sentence(self) -> str:
        """How it is read and what it scores so, and would otherwise, in a sentence."""
        return readings_sentence(self.r2)


def import_network(spec: RunSpec, problem: Problem) -> ImportedNetwork:
    """Read the checkpoint of ``spec.model.dense``, and find out how it is to be read.

    Raises:
        BadInputError: the file is not there, changed since the run was made, does not fit the data
            or what the spec says of it, or no reading of it is better than a straight line.
        CorruptArtifactError: the file is broken, or no network that can be read.
    """
    path = Path(spec.model.dense or "")
    network = read_network(path)
    wanted = spec.model.dense_sha256
    if wanted not in (None, network.sha256):
        raise BadInputError(
            f"{path} is no longer the checkpoint that the spec was made for: put the old file "
            "back, or leave dense_sha256 out of the spec"
        )
    network = _in_order(network, problem, spec.data.words_of_groups, path)
    asked = Asked(
        spec.model.dense_scaling, _activation(network, spec, path), spec.model.dense_reading
    )
    if asked.scaling == "stored" and network.scaler is None:
        raise BadInputError(
            f"{path} has no scaler stored with it: give another --dense-scaling, or auto"
        )
    chosen = choose(network, problem, asked, path)
    scaler, taken = scaler_of(problem, problem.train), chosen.taken
    graph, columns = standardised(taken, scaler)[0], problem.input_names
    _check_hidden(network, graph, spec, path)
    known = {
        "hidden": graph.hidden,
        "graph": graph,
        "activation": taken.structure.activation or network.activation or graph.activation,
        "dense_sha256": network.sha256,
        "dense_scaling": taken.scaling,
        "dense_reading": taken.name(columns),
    }
    model = spec.model.model_copy(update=known)
    shown = {one.name(columns): r2_by_target(one, problem) for one in (taken, *chosen.others)}
    spec = spec.model_copy(update={"model": model})
    return ImportedNetwork(spec, network, taken, shown, scaler, chosen.notes)


def network_on_data(spec: RunSpec) -> ImportedNetwork:
    """``import_network`` with the data that the spec names (same errors, and those of the data)."""
    return import_network(spec, load_problem(spec.data))


def _in_order(
    network: StoredNetwork, problem: Problem, group: str | None, path: Path
) -> StoredNetwork:
    """The network with the problem's inputs and targets, in the problem's order.

    Args:
        network: as its file has it.
        problem: the rows.
        group: the column of the groups, where it is no input.
        path: of the file.
    """
    have = network.inputs, network.outputs
    want = len(problem.input_names), len(problem.target_names)
    if have[0] != want[0] or have[1] % want[1]:
        made = (
            "; it may take features that are made of the inputs before, as Fourier features are: "
            "save them with the network"
            if have[0] > want[0]
            else ""
        )
        raise BadInputError(
            f"{path}: the network takes {counted(have[0], 'input')} and gives "
            f"{counted(have[1], 'output')}, but {problem.source} has {counted(want[0], 'input')} "
            f"and {counted(want[1], 'target')}: choose columns (--targets, --drop) as the network "
            f"was trained with{_keep(group) if have[0] > want[0] else ''}{made}"
        )
    if network.target_names is None and network.input_names is None:
        return network
    inputs = _order("input", network.input_names, problem.input_names, path, group)
    targets = _order("target", network.target_names, problem.target_names, path)
    scaler = network.scaler and Scaler(
        network.scaler.x_mean[inputs],
        network.scaler.x_std[inputs],
        network.scaler.y_mean[targets],
        network.scaler.y_std[targets],
    )
    graph, arrays = reordered(network.graph, network.arrays, inputs, targets)
    return replace(network, graph=graph, arrays=arrays, scaler=scaler)


def _keep(group: str | None) -> str:
    """That a column which tells groups apart may be what is lacking."""
    told = f"; or leave {group!r}, the column of the groups, among the inputs (--keep-group)"
    return told if group else ""


def _order(
    what: str,
    stored: tuple[str, ...] | None,
    names: Sequence[str],
    path: Path,
    group: str | None = None,
) -> list[int]:
    """Where each of the problem's columns stands in the file, which may not name them."""
    if stored is None:
        return list(range(len(names)))
    if set(stored) != set(names):
        other = [name for name in stored if name not in names]
        raise BadInputError(
            f"{path}: the network was trained with the {what}s {shown_list(other)}, which the data "
            f"lack; theirs are {shown_list(names)}{_keep(group) if group in other else ''}"
        )
    return [stored.index(name) for name in names]


def _activation(network: StoredNetwork, spec: RunSpec, path: Path) -> Activation | None:
    """The activation that the spec names; None where it leaves that open."""
    given = spec.model.activation if "activation" in spec.model.model_fields_set else None
    if network.activation is None:
        return given
    if given not in (None, network.activation):
        raise BadInputError(
            f"{path}: the activation is {network.activation}, not {given}: leave --activation out"
        )
    return None


def _check_hidden(network: StoredNetwork, graph: Graph, spec: RunSpec, path: Path) -> None:
    given = spec.model.hidden
    if "hidden" in spec.model.model_fields_set and given not in (network.hidden, graph.hidden):
        raise BadInputError(
            f"{path}: the hidden widths are {widths(network.hidden)}, not {widths(given)}: leave "
            "--hidden out"
        )


def write_imported(folder: RunFolder, imported: ImportedNetwork) -> None:
    """Write ``brought.npz``: the network for rows standardised as the run does, and what it is."""
    model, network = imported.spec.model, imported.network
    graph, arrays = standardised(imported.reading, imported.scaler)
    about = {
        "file": Path(model.dense or "").name,
        "sha256": network.sha256,
        "format": network.format,
        "dtype": network.dtype,
        "params": network.params,
        "nonzero": network.nonzero,
        "scaling": model.dense_scaling,
        "reading": model.dense_reading,
        "val_r2": imported.r2,
        "notes": [*network.notes, *imported.notes],
    }
    single = {name: array.astype(np.float32) for name, array in arrays.items()}
    told = {"about": np.array(json.dumps(about, allow_nan=False))}
    write_arrays(folder.imported_path, with_graph(graph, single) | told)


def read_imported(
    folder: RunFolder,
) -> tuple[Graph, dict[str, NDArray[np.float32]], dict[str, Any]]:
    """The imported network, its parameters, and what is known of it.

    Raises:
        CorruptArtifactError: the file is missing or broken.
    """
    path = folder.checked(folder.imported_path)
    with open_arrays(path) as arrays:
        about = json.loads(str(arrays["about"]))
        if "graph" in arrays:
            return *graph_in(arrays), about
        layers = range(sum(name.startswith("weight") for name in arrays))  # of an earlier version
        weights, biases = ([arrays[f"{n}{i}"] for i in layers] for n in ("weight", "bias"))
        return *plain(weights, biases, folder.spec().model.activation), about


def notes_of(about: dict[str, Any]) -> list[str]:
    """What a reader of the result must know of the imported network, in sentences."""
    r2, scaling = about["val_r2"], about["scaling"]
    if "reading" not in about:  # of an earlier version, which had the ways in another order
        r2 = {scaling: r2[scaling], **r2}
    taken = next(iter(r2.values())).values()
    teaches = all(value is not None and value > 1 - EXACT for value in taken)
    origin = (ORIGIN[0], OWN_TEACHER) if teaches else ORIGIN
    return [readings_sentence(r2), *about["notes"], *origin]
