"""What a checkpoint of this project (``artifacts.checkpoints``) holds beside its weights."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.graph.graph import Graph
from spinn_engine.imported.files.tensors import Numbers, as_float32, plain_claim, stored
from spinn_engine.imported.files.values import OddTensor, Tensor, TensorClaim
from spinn_engine.imported.network import Floats32
from spinn_engine.training.scaling import Scaler

CHECKPOINT_FORMAT = "spinn-checkpoint-1"
STACK_FORMAT = "spinn-stack-1"
EXPORT_FORMAT = "spinn-export-1"
CHANGED = "is not as this project writes it: the file was changed, take the one that a run wrote"

Names = tuple[str, ...]
Floats64 = NDArray[np.float64]


class OwnParts(NamedTuple):
    """Standardisation and names of the columns."""

    scaler: Scaler
    input_names: Names
    target_names: Names


def own_parts(value: object, numbers: Numbers, inputs: int, outputs: int) -> OwnParts | None:
    """The parts, if the file is a checkpoint of this project; else None.

    Args:
        value: all that is in the file.
        numbers: the file.
        inputs: of the network.
        outputs: of the network.

    Raises:
        CorruptArtifactError: a part is missing, or does not fit the network.
    """
    if not isinstance(value, dict) or value.get("format") != CHECKPOINT_FORMAT:
        return None
    scales = value.get("scaler")
    if not isinstance(scales, dict):
        raise CorruptArtifactError(f"its scaler {CHANGED}")
    x_mean, x_std = (_scale(scales, name, inputs, numbers) for name in ("x_mean", "x_std"))
    y_mean, y_std = (_scale(scales, name, outputs, numbers) for name in ("y_mean", "y_std"))
    return OwnParts(
        Scaler(x_mean, x_std, y_mean, y_std),
        _names(value, "input_names", inputs),
        _names(value, "target_names", outputs),
    )


def own_network(
    value: object, tensors: Mapping[str, Tensor], numbers: Numbers
) -> tuple[Graph, dict[str, Floats32]] | None:
    """The network of a checkpoint of this project that says what it computes; else None.

    Args:
        value: all that is in the file.
        tensors: of its ``state_dict``.
        numbers: the file.

    Raises:
        CorruptArtifactError: its graph, or a tensor of it, is missing or not as it was written.
    """
    if not isinstance(value, dict) or value.get("format") != CHECKPOINT_FORMAT:
        return None
    if "graph" not in value:  # of an earlier version, which had plain ones only
        return None
    return _said(value["graph"], "network.", tensors, numbers)


class OwnExport(NamedTuple):
    """An exported network with the names of its columns."""

    graph: Graph
    arrays: dict[str, Floats32]
    input_names: Names
    target_names: Names


def own_export(
    metadata: Mapping[str, object], tensors: Mapping[str, Tensor], numbers: Numbers
) -> OwnExport | None:
    """The network of an export of this project, in floats, that says what it computes; else None.

    Args:
        metadata: text by name, from beside the tensors.
        tensors: of the network.
        numbers: the file.

    Raises:
        CorruptArtifactError: as ``own_network``.
    """
    told = metadata.get("format"), metadata.get("dtype")
    if told != (EXPORT_FORMAT, "float32") or "graph" not in metadata:
        return None
    graph, arrays = _said(metadata["graph"], "", tensors, numbers)
    found = {}
    for key, width in (("inputs", graph.inputs), ("outputs", graph.outputs)):
        try:
            columns = json.loads(str(metadata.get(key)))
            names = [one["name"] for one in columns]
        except (ValueError, TypeError, KeyError, RecursionError):
            raise CorruptArtifactError(f"its {key} {CHANGED}") from None
        found[key] = _names({key: names}, key, width)
    return OwnExport(graph, arrays, found["inputs"], found["outputs"])


def _said(
    text: object, prefix: str, tensors: Mapping[str, Tensor], numbers: Numbers
) -> tuple[Graph, dict[str, Floats32]]:
    """A graph in JSON, and its parameters among tensors whose names begin with ``prefix``."""
    try:
        graph = Graph.model_validate_json(text if isinstance(text, str) else "")
    except ValueError:
        raise CorruptArtifactError(f"its graph {CHANGED}") from None
    arrays = {}
    for parameter in graph.parameters:
        name = f"{prefix}{parameter.name}"
        if name not in tensors:
            raise CorruptArtifactError(f"its {parameter.name} {CHANGED}")
        claim, (rows, columns) = plain_claim(name, tensors[name]), graph.shape(parameter)
        one_row = parameter.rows is None
        if claim.shape != ((columns,) if one_row else (columns, rows)):
            raise CorruptArtifactError(f"its {parameter.name} {CHANGED}")
        with np.errstate(all="ignore"):
            values, _ = as_float32(name, stored(numbers, claim))
        arrays[parameter.name] = values if one_row else np.ascontiguousarray(values.T)
    return graph, arrays


def refuse_stack(value: object) -> None:
    """Refuse a stack of this project, which holds many networks.

    Raises:
        BadInputError: it is one.
    """
    if isinstance(value, dict) and value.get("format") == STACK_FORMAT:
        raise BadInputError(
            "it is a stack, which holds all networks of a stage of a run: take one from the run's "
            "folder checkpoints"
        )


def _scale(
    scales: dict[object, object], name: str, width: int, numbers: Numbers
) -> NDArray[np.float64]:
    tensor = scales.get(name)
    if not isinstance(tensor, (TensorClaim, OddTensor)):
        raise CorruptArtifactError(f"its scaler's {name} {CHANGED}")
    claim = plain_claim(name, tensor)
    if claim.shape != (width,):
        raise CorruptArtifactError(f"its scaler's {name} {CHANGED}")
    with np.errstate(invalid="ignore"):
        values = stored(numbers, claim).astype(np.float64)
    spread = name.endswith("std")
    if not np.isfinite(values).all() or (spread and values.min() <= 0):
        raise CorruptArtifactError(f"its scaler's {name} {CHANGED}")
    return values


def _names(value: dict[object, object], key: str, width: int) -> Names:
    names = value.get(key)
    if not isinstance(names, (list, tuple)) or len(names) != width:
        raise CorruptArtifactError(f"its {key} {CHANGED}")
    found = tuple(name for name in names if isinstance(name, str))
    if len(found) != width:
        raise CorruptArtifactError(f"its {key} {CHANGED}")
    return found
