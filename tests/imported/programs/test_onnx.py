"""ONNX models by hand: what ONNX Runtime gives for them is what is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import read_network
from tests.imported.programs.hostile import model, node, onnx_files, program, pt2_files

RNG = np.random.default_rng(0)


def f32(*shape: int) -> Any:
    return RNG.normal(size=shape).astype(np.float32)


W, B, V = f32(4, 6), f32(6), f32(6, 2)
NUMBERS = {"w": W, "b": B, "v": V, "two": np.float32(2.0), "six": 0.5 + np.abs(f32(6))}
FIRST, LAST = node("MatMul", ["x", "w"], "h"), node("MatMul", ["g", "v"])
OUT = node("Add", ["m", "b"], "g")


@pytest.mark.parametrize(
    ("nodes", "arrays"),
    [
        ([node("Gemm", ["x", "w", "b"], "g", alpha=0.5, beta=2.0), LAST], {}),
        ([node("Gemm", ["x", "t", "b"], "g", transB=1), LAST], {"t": W.T.copy()}),
        ([node("Transpose", ["x"], "xt"), node("MatMul", ["t", "xt"], "ht"),
          node("Transpose", ["ht"], "g"), LAST], {"t": W.T.copy()}),
        ([node("Unsqueeze", ["x", "one"], "u"), node("MatMul", ["u", "w"], "h"),
          node("Tanh", ["h"], "k"), node("Squeeze", ["k", "one"], "g"), LAST],
         {"one": np.array([1])}),
        ([FIRST, node("Sub", ["h", "b"], "m"), node("Div", ["m", "six"], "g"), LAST], {}),
        ([FIRST, node("Sub", ["two", "h"], "g"), LAST], {}),
        ([FIRST, node("Pow", ["h", "two"], "g"), LAST], {}),
        ([FIRST, node("PRelu", ["h", "six"], "g"), LAST], {}),
        ([FIRST, node("Selu", ["h"], "g"), LAST], {}),
        ([FIRST, node("Exp", ["h"], "e"), node("Add", ["e", "one"], "p"),
          node("Log", ["p"], "g"), LAST], {"one": np.float32(1.0)}),  # softplus
        ([FIRST, node("Neg", ["h"], "n"), node("Exp", ["n"], "e"), node("Add", ["e", "one"], "p"),
          node("Div", ["one", "p"], "g"), LAST], {"one": np.float32(1.0)}),  # sigmoid
        ([FIRST, node("Max", ["h", "zero"], "g"), LAST], {"zero": np.float32(0.0)}),
        ([FIRST, node("LayerNormalization", ["h", "six", "b"], "g", epsilon=1e-3), LAST], {}),
        ([FIRST, node("LayerNormalization", ["h", "six"], "n"), node("Add", ["n", "h"], "g"), LAST],
         {}),  # of equal columns it gives what it takes
        ([FIRST, node("BatchNormalization", ["h", "six", "b", "b", "six"], "g"), LAST], {}),
        ([node("Gather", ["x", "at"], "p", axis=1), node("MatMul", ["p", "q"], "h"),
          node("Sin", ["h"], "g"), LAST], {"at": np.array([2, 0]), "q": W[:2].copy()}),
        ([FIRST, node("Tanh", ["h"], "g"), node("MatMul", ["g", "v"], "z"),
          node("Slice", ["z", "s", "e", "a"])],
         {"s": np.array([1]), "e": np.array([2]), "a": np.array([1])}),
        ([FIRST, node("Mul", ["h", "h"], "g"), LAST], {}),
        ([FIRST, node("Relu", ["h"], "g"), LAST], {"w": W.astype(np.float64).astype("f4")}),
    ],
)  # fmt: skip
def test_operations(nodes: list[onnx.NodeProto], arrays: dict[str, Any], tmp_path: Path) -> None:
    made = model(nodes, {**NUMBERS, **arrays})
    path = tmp_path / "a.onnx"
    path.write_bytes(made.SerializeToString())
    x = f32(9, 4)
    (wanted,) = onnxruntime.InferenceSession(path).run(None, {"x": x})
    network = read_network(path)
    found = outputs_of(network.graph, network.arrays, x.astype(np.float64))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=2e-5)


def test_numbers_beside_the_file_are_read_and_no_others(tmp_path: Path) -> None:
    made = model([FIRST, node("Tanh", ["h"], "g"), LAST], {"w": W, "v": V})
    path = tmp_path / "net.onnx"
    onnx.save_model(
        made, path, save_as_external_data=True, location="net.onnx.data", size_threshold=0
    )
    network = read_network(path)
    assert np.array_equal(network.weights[0], W)
    (tmp_path / "other.data").write_bytes((tmp_path / "net.onnx.data").read_bytes())
    (tmp_path / "net.onnx.data").unlink()
    with pytest.raises(BadInputError, match="not beside it"):
        read_network(path)
    (tmp_path / "net.onnx.data").symlink_to(tmp_path / "other.data")
    with pytest.raises(BadInputError, match="not beside it"):
        read_network(path)


@pytest.mark.parametrize(("name", "content", "words"), [*onnx_files(), *pt2_files()])
def test_what_means_harm_gets_a_sentence(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        read_network(path)
    message = str(caught.value)
    assert words in message
    assert message.isprintable()
    assert len(message) < len(str(path)) + 400


def test_one_number_may_have_axes_too(tmp_path: Path) -> None:
    """Behind it rows are the second axis, so that the mean is one over rows."""
    nodes = [FIRST, node("Add", ["h", "one"], "k"), node("ReduceMean", ["k", "at"], "m")]
    made = model([*nodes, node("Sub", ["h", "m"], "g"), LAST],
                 {**NUMBERS, "one": f32(1, 1, 1), "at": np.array([1])})  # fmt: skip
    path = tmp_path / "a.onnx"
    path.write_bytes(made.SerializeToString())
    with pytest.raises(BadInputError, match="takes the mean over rows"):
        read_network(path)


def test_the_program_that_is_changed_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.pt2").write_bytes(program())
    assert read_network(tmp_path / "a.pt2").hidden == (4,)
