"""ONNX files of drawn networks in two programs that run them."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from onnx import TensorProto
from onnx.reference import ReferenceEvaluator

from spinn_engine.export.comparison import outputs_of
from spinn_engine.export.folding import fold
from spinn_engine.export.translated.onnx_graph import onnx_bytes
from spinn_engine.graph.arrays import outputs_of as in_numpy
from spinn_engine.graph.graph import Graph
from spinn_engine.imported import read_network
from tests.export.kinds import drawn_graphs, raw_network_of
from tests.export.support import DTYPES, raw_rows


@settings(max_examples=60)
@given(graph=drawn_graphs(), dtype=st.sampled_from(sorted(DTYPES)), seed=st.integers(0, 1000))
def test_two_programs_give_what_the_module_gives(graph: Graph, dtype: str, seed: int) -> None:
    whole = raw_network_of(graph, seed)
    network, x = fold(whole, DTYPES[dtype]), raw_rows(whole, 20, seed).astype(dtype)
    content = onnx_bytes(network, {})
    expected = outputs_of(network.module, x) / whole.y_std.numpy()  # type: ignore[operator]
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    model = onnx.load_from_string(content)
    kinds = {one.data_type for one in model.graph.initializer}
    assert kinds == {{"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}[dtype]}
    programs: list[Any] = [session, ReferenceEvaluator(model)]
    for program in programs:
        [found] = program.run(None, {"inputs": x})
        assert found.dtype == np.dtype(dtype)
        difference = np.abs(found / whole.y_std.numpy() - expected)  # type: ignore[operator]
        assert (difference / (1 + np.abs(expected))).max() < 1e-5


@settings(max_examples=50)
@given(graph=drawn_graphs(), seed=st.integers(0, 1000))
def test_what_is_written_is_read_again(graph: Graph, seed: int) -> None:
    """Any kind between any ends, by the reader of files of strangers."""
    assume(any(width > 1 for width in graph.hidden))  # one number times another is no layer
    whole = raw_network_of(graph, seed)
    network, x = fold(whole, DTYPES["float32"]), raw_rows(whole, 20, seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        path.write_bytes(onnx_bytes(network, {}))
        again = read_network(path)
    arrays = {name: one.astype(np.float64) for name, one in again.arrays.items()}
    found = in_numpy(again.graph, arrays, x) / whole.y_std.numpy()  # type: ignore[operator]
    expected = outputs_of(network.module, x.astype(np.float32))
    expected = expected / whole.y_std.numpy()  # type: ignore[operator]
    assert (np.abs(found - expected) / (1 + np.abs(expected))).max() < 1e-4
