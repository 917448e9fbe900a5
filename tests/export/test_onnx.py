"""ONNX files of drawn networks in two programs that run them."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import onnxruntime
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto
from onnx.reference import ReferenceEvaluator

from spinn_engine.export.comparison import outputs_of
from spinn_engine.export.folding import fold
from spinn_engine.export.translated.onnx_graph import onnx_bytes
from spinn_engine.graph.graph import Graph
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
