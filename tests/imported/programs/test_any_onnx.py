"""Operations in any order, on rows of any rank: what is read is what ONNX Runtime computes.

``python -m tests.imported.programs.test_any_onnx SEED COUNT`` goes on for longer.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, shape_inference

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import read_network

ROWS = 7
Sizes = list[int]  # of the axes behind the rows
PLAIN = ("Tanh", "Relu", "Sigmoid", "Softplus", "Neg", "Identity", "Elu")


class Drawn:
    """A random model from ``x`` to ``y``, an operation at a time."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.sizes: dict[str, Sizes] = {"x": [1] * int(self.rng.integers(1, 4))}
        self.width = int(self.rng.integers(1, 5))
        self.sizes["x"][self.number(len(self.sizes["x"]))] = self.width
        self.first = list(self.sizes["x"])
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: dict[str, np.ndarray] = {}
        for _ in range(self.number(8) + 2):
            self.grow()

    def number(self, most: int) -> int:
        return int(self.rng.integers(most))

    def array(self, values: Any) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = np.asarray(values)
        return name

    def floats(self, *shape: int) -> str:
        return self.array(self.rng.normal(size=shape).astype(np.float32))

    def before(self) -> str:
        """Something that was computed before, or the rows."""
        return list(self.sizes)[self.number(len(self.sizes))]

    def beside(self, sizes: Sizes) -> str:
        """An array of a number a column, of one number, or something computed before."""
        if self.rng.random() < 0.3:
            return self.before()
        if self.rng.random() < 0.2:
            return self.floats(*[1] * self.number(5))
        return self.floats(*[1, *sizes][self.number(len(sizes) + 1) :])

    def node(self, last: str, sizes: Sizes) -> onnx.NodeProto:
        """Any operation, which may not fit."""
        kind = list(KINDS)[self.number(len(KINDS))]
        op, taken, told = KINDS[kind](self, sizes)
        return helper.make_node(op, [last, *taken], [f"t{len(self.nodes)}"], **told)

    def grow(self) -> None:
        """One more operation that ONNX allows here."""
        last = next(reversed(self.sizes))
        for _ in range(20):
            made = self.node(last, self.sizes[last])
            shape = self.shape_of(made)
            if shape is not None and len(shape) > 1 and max(shape[1:]) < 20:
                self.nodes.append(made)
                self.sizes[made.output[0]] = shape[1:]
                return

    def shape_of(self, made: onnx.NodeProto) -> list[int] | None:
        """What it would give; None where it does not fit."""
        try:
            whole = shape_inference.infer_shapes(
                self.model([*self.nodes, made]), strict_mode=True, data_prop=True
            )
        except shape_inference.InferenceError:
            return None
        (found,) = (one for one in whole.graph.value_info if one.name == made.output[0])
        return [one.dim_value for one in found.type.tensor_type.shape.dim]

    def model(self, nodes: list[onnx.NodeProto], rows: int | str = ROWS) -> onnx.ModelProto:
        end = helper.make_node("Identity", [nodes[-1].output[0]], ["y"])
        given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [rows, *self.first])
        output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
        used = {name for one in nodes for name in one.input}
        arrays = [numpy_helper.from_array(v, k) for k, v in self.arrays.items() if k in used]
        graph = helper.make_graph([*nodes, end], "g", [given], [output], arrays)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)


Kind = Callable[[Drawn, Sizes], tuple[str, list[str], dict[str, Any]]]


def _conv(d: Drawn, sizes: Sizes) -> Any:
    out, bias = d.number(4) + 1, d.rng.random() < 0.5
    return "Conv", [d.floats(out, *sizes), *([d.floats(out)] if bias else [])], {}


def _matmul(d: Drawn, sizes: Sizes) -> Any:
    return "MatMul", [d.floats(sizes[-1], d.number(4) + 1)], {}


def _gemm(d: Drawn, sizes: Sizes) -> Any:
    out = d.number(4) + 1
    return "Gemm", [d.floats(out, sizes[-1]), d.floats(out)], {"transB": 1}


def _plain(d: Drawn, sizes: Sizes) -> Any:
    return PLAIN[d.number(len(PLAIN))], [], {}


def _joined(d: Drawn, sizes: Sizes) -> Any:
    op = ("Add", "Sub", "Mul", "Max", "PRelu")[d.number(5)]
    return op, [d.beside(sizes)], {}


def _batch_norm(d: Drawn, sizes: Sizes) -> Any:
    spread = d.array(0.5 + d.rng.uniform(size=sizes[0]).astype(np.float32))
    return "BatchNormalization", [*(d.floats(sizes[0]) for _ in range(3)), spread], {}


def _layer_norm(d: Drawn, sizes: Sizes) -> Any:
    axis = int(d.rng.choice([-1, 1]))
    shape = sizes[-1:] if axis == -1 else sizes
    bias = [d.floats(*shape)] * d.number(2)
    return "LayerNormalization", [d.floats(*shape), *bias], {"axis": axis}


def _reduce(d: Drawn, sizes: Sizes) -> Any:
    op, axes = ("ReduceMean", "ReduceSum")[d.number(2)], d.array([d.number(len(sizes)) + 1])
    return op, [axes], {"keepdims": d.number(2)}


def _reshape(d: Drawn, sizes: Sizes) -> Any:
    wanted = [1] * (d.number(3) + 1)
    wanted[d.number(len(wanted))] = int(d.rng.choice([-1, int(np.prod(sizes))]))
    return "Reshape", [d.array([0, *wanted])], {}


def _transpose(d: Drawn, sizes: Sizes) -> Any:
    return "Transpose", [], {"perm": [0, *(1 + d.rng.permutation(len(sizes))).tolist()]}


def _squeezed(d: Drawn, sizes: Sizes) -> Any:
    op = ("Squeeze", "Unsqueeze", "Unsqueeze")[d.number(3)]
    return op, [d.array([d.number(len(sizes)) + 1])], {}


def _flatten(d: Drawn, sizes: Sizes) -> Any:
    return "Flatten", [], {"axis": 1}


def _concat(d: Drawn, sizes: Sizes) -> Any:
    return "Concat", [d.before()], {"axis": d.number(len(sizes)) + 1}


def _gather(d: Drawn, sizes: Sizes) -> Any:
    axis = d.number(len(sizes))
    places = d.rng.integers(0, sizes[axis], size=d.number(3) + 1)
    return "Gather", [d.array(places)], {"axis": axis + 1}


def _slice(d: Drawn, sizes: Sizes) -> Any:
    axis = d.number(len(sizes))
    start = d.number(sizes[axis])
    end = start + 1 + d.number(sizes[axis] - start)
    return "Slice", [d.array([start]), d.array([end]), d.array([axis + 1])], {}


KINDS: dict[str, Kind] = {
    "conv": _conv,
    "matmul": _matmul,
    "gemm": _gemm,
    "plain": _plain,
    "plain again": _plain,
    "joined": _joined,
    "joined again": _joined,
    "batch norm": _batch_norm,
    "layer norm": _layer_norm,
    "reduce": _reduce,
    "reshape": _reshape,
    "transpose": _transpose,
    "squeezed": _squeezed,
    "flatten": _flatten,
    "concat": _concat,
    "gather": _gather,
    "slice": _slice,
}


def outcome(seed: int, path: Path) -> str:
    """``read`` as it computes, or refused; anything else is a fault."""
    drawn = Drawn(seed)
    content = drawn.model(drawn.nodes, "rows").SerializeToString()
    path.write_bytes(content)
    try:
        network = read_network(path)
    except BadInputError:
        return "refused"
    x = drawn.rng.normal(size=(ROWS, drawn.width)).astype(np.float32)
    (wanted,) = onnxruntime.InferenceSession(content).run(
        None, {"x": x.reshape(ROWS, *drawn.first)}
    )
    found = outputs_of(network.graph, network.arrays, x.astype(np.float64))
    assert len(wanted) == ROWS, seed
    scale = 1 + np.abs(found).max()
    np.testing.assert_allclose(
        found / scale, wanted.reshape(ROWS, -1) / scale, atol=1e-4, err_msg=str(seed)
    )
    return "read"


def test_what_is_read_is_what_is_computed(tmp_path: Path) -> None:
    counted = Counter(outcome(seed, tmp_path / "a.onnx") for seed in range(500))
    assert counted["read"] > 100


if __name__ == "__main__":
    begin, count = (int(one) for one in sys.argv[1:])
    with tempfile.TemporaryDirectory() as folder:
        told = Counter(outcome(s, Path(folder) / "a.onnx") for s in range(begin, begin + count))
    sys.stdout.write(f"{dict(told)}\n")
