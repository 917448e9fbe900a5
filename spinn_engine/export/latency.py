"""How long an exported network takes beside another form of it, turn by turn on the test rows.

All on one thread of the CPU: the threads of two libraries that wait for their next turn take each
other's processors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from spinn_engine.evaluation.cost import (
    ROUNDS,
    SPARSE_ROUNDS,
    Forward,
    SparseNetwork,
    latencies,
    round_times,
)

THREADS = 1
Batch = TypeVar("Batch")


def onnx_beside_torch(network: nn.Module, content: bytes, inputs: NDArray[Any]) -> dict[str, Any]:
    """Microseconds a pass in ONNX Runtime and in torch.

    Args:
        network: for raw rows.
        content: the same as an ONNX file.
        inputs: raw rows ``[rows, in]`` of the network's dtype, repeated to fill a batch.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    arrays = _batches(inputs, ROUNDS)
    tensors = {count: torch.from_numpy(array) for count, array in arrays.items()}
    forwards = {
        "torch": _of_batch(network, tensors),
        "onnxruntime": _of_batch(lambda x: session.run(None, {"inputs": x}), arrays),
    }
    return _timed(forwards, ROUNDS)


def sparse_beside_dense(network: nn.Module, layout: str, inputs: NDArray[Any]) -> dict[str, Any]:
    """Microseconds a pass of a network with zeros in it: its weights dense, and sparse.

    Args:
        network: for raw rows.
        layout: ``coo`` or ``csr``.
        inputs: raw rows ``[rows, in]`` of the network's dtype, repeated to fill a batch.
    """
    tensors = {n: torch.from_numpy(x) for n, x in _batches(inputs, SPARSE_ROUNDS).items()}
    forwards = {
        "dense": _of_batch(network, tensors),
        layout: _of_batch(SparseNetwork(network, layout), tensors),
    }
    return _timed(forwards, SPARSE_ROUNDS)


def _timed(forwards: Mapping[str, Forward], rounds: Mapping[int, int]) -> dict[str, Any]:
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        return latencies(round_times(forwards, 1, torch.device("cpu"), rounds))
    finally:
        torch.set_num_threads(before)


def _batches(inputs: NDArray[Any], sizes: Mapping[int, int]) -> dict[int, NDArray[Any]]:
    """Rows ``[B, in]`` for every batch size, from the first on, again and again."""
    return {size: inputs[np.arange(size) % len(inputs)] for size in sizes}


def _of_batch(run: Callable[[Batch], Any], batches: Mapping[int, Batch]) -> Forward:
    """A forward pass of the batch that is as large as the rows given to it."""

    def forward(x: Tensor) -> Tensor:
        run(batches[len(x)])
        return x

    return forward
