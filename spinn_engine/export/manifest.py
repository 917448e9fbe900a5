"""The manifest of an exported file: what it is, how far from the network, and what it costs."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from spinn_engine.errors import SpinnError
from spinn_engine.evaluation.cost import LAYOUTS, as_sparse
from spinn_engine.export.comparison import TOLERANCE, Rows, Trial, largest_differences
from spinn_engine.export.latency import THREADS, onnx_beside_torch, sparse_beside_dense
from spinn_engine.export.sources import Source
from spinn_engine.export.translated.onnx_graph import OPSET
from spinn_engine.export.writers import state_bytes
from spinn_engine.training.device import environment
from spinn_engine.words import scientific


@dataclass(frozen=True)
class Candidate:
    """A file in one of the formats that has not been written yet.

    Attributes:
        format: which.
        source: the network that it holds.
        trial: the file, and how it is loaded.
    """

    format: str
    source: Source
    trial: Trial


def description(one: Candidate) -> dict[str, Any]:
    """What the file is, and how it is loaded."""
    source, trial = one.source, one.trial
    graph = source.folded.network.graph
    return {
        "format": one.format,
        "file": trial.name,
        "bytes": len(trial.content),
        "sha256": hashlib.sha256(trial.content).hexdigest(),
        "load": trial.load,
        "run": trial.run,
        "checkpoint": f"checkpoints/{source.path.name}",
        **source.about(),
        "params": graph.params(graph.hidden),
        "dtype_why": source.folded.why,
    }


def costs(one: Candidate, rows: Rows) -> dict[str, Any]:
    """Time and bytes beside torch's dense network, where the format is about these; the machine."""
    found: dict[str, Any] = {}
    if one.format in TIMED:
        inputs = rows.inputs.astype(one.source.folded.dtype)
        found = TIMED[one.format](one, inputs)
    return {**found, "environment": environment(torch.device("cpu"))}


def _onnx_costs(one: Candidate, inputs: NDArray[Any]) -> dict[str, Any]:
    timed = onnx_beside_torch(one.source.folded.network.module, one.trial.content, inputs)
    versions = {"opset": OPSET, "onnxruntime": onnxruntime.__version__}
    return {**versions, "threads": THREADS, "latency_us": timed}


def _sparse_costs(one: Candidate, inputs: NDArray[Any]) -> dict[str, Any]:
    timed = sparse_beside_dense(one.source.folded.network.module, one.format, inputs)
    return {"sparse": _sparse_sizes(one), "threads": THREADS, "latency_us": timed}


def _sparse_sizes(one: Candidate) -> dict[str, int]:
    """Non-zeros and the bytes that they, their places, and the same file with zeros take."""
    network, layout = one.source.folded.network, LAYOUTS[one.format]
    weights = [*network.matrices.values()]
    sparse = [as_sparse(weight, layout) for weight in weights]
    return {
        "weights": sum(weight.numel() for weight in weights),
        "nonzero_weights": sum(weight.values().numel() for weight in sparse),
        "value_bytes": sum(weight.values().nbytes for weight in sparse),
        "index_bytes": sum(map(_index_bytes, sparse)),
        "dense_file_bytes": len(state_bytes(network, one.source.metadata(), torch.strided)),
    }


def _index_bytes(weight: Tensor) -> int:
    if weight.layout == torch.sparse_coo:
        return weight.indices().nbytes
    return weight.crow_indices().nbytes + weight.col_indices().nbytes


TIMED: dict[str, Callable[[Candidate, NDArray[Any]], dict[str, Any]]] = {
    "onnx": _onnx_costs,
    **dict.fromkeys(LAYOUTS, _sparse_costs),
}


def differences(one: Candidate, rows: Rows, found: NDArray[np.floating[Any]]) -> dict[str, Any]:
    """How far a file is from the network, by target.

    Raises:
        SpinnError: farther than ``TOLERANCE``.
    """
    source = one.source
    values = largest_differences(found, source.folded.expected)
    shares = values / rows.spread
    if not (shares <= TOLERANCE).all():  # also of NaN
        worst = int(np.argmax(shares))
        raise SpinnError(
            f"the {one.format} export is {scientific(shares[worst])} of the spread of "
            f"{source.target_names[worst]!r} from the network of {source.path.name} on the test "
            f"rows, at most {scientific(TOLERANCE, 1)} is allowed: nothing was written"
        )
    by_target = zip(source.target_names, values, shares, strict=True)
    return {
        "rows_compared": len(rows.inputs),
        "largest_difference": {
            target: {
                "value": float(value),
                "unit": source.units.get(target),
                "share_of_spread": float(share),
            }
            for target, value, share in by_target
        },
        "largest_share_of_spread": float(shares.max()),
    }
