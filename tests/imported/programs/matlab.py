"""Networks in the forms in which MATLAB's ``exportONNXNetwork`` writes them, release by release.

MATLAB itself is not at hand. The forms (shapes, operators, attributes, names) are those of the
files that github.com/verivital/ARCH-2019 (``ACC``, ``Acrobot``: R2018b) and
github.com/verivital/ARCH-COMP2024 (``Benchmark10-Unicycle``: R2020a, ``NAV``: R2021b, ``QUAD``:
R2022b) keep. A network behind an ``imageInputLayer`` takes a row as an image of one line, and its
layers are convolutions of windows as large as that; one behind a ``featureInputLayer`` takes rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Layer = tuple[np.ndarray, np.ndarray]  # weight [out, in] and bias
PRODUCER = "MATLAB Deep Learning Toolbox Converter for ONNX Model Format"


@dataclass(frozen=True)
class Release:
    """How a release writes a network.

    Attributes:
        version: of its converter.
        ir: of the file's form.
        opset: of its operators.
        rows: how its first axis is told: a name, or one row.
        layer: ``Gemm``, ``Conv`` or ``MatMul``.
        listed: whether its numbers stand among the inputs too.
    """

    version: str
    ir: int
    opset: int
    rows: str | int
    layer: str
    listed: bool = False


R2018B = Release("18.2.0", 3, 6, 1, "Gemm", listed=True)
R2020A = Release("20.1.0", 5, 8, 1, "Conv", listed=True)
R2021B = Release("21.2.0", 7, 8, "BatchSize", "MatMul")
R2022B = Release("22.1.2", 7, 8, "BatchSize", "Conv")


class Writer:
    """Writes one network."""

    def __init__(self, release: Release) -> None:
        self.release, self.last = release, "input"
        self.nodes: list[onnx.NodeProto] = []
        self.arrays: list[onnx.TensorProto] = []

    def array(self, name: str, values: np.ndarray) -> str:
        """Numbers under a name."""
        self.arrays.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def node(self, op: str, name: str, *beside: str, **told: Any) -> None:
        """An operation on what the last one gave."""
        given = [self.last, *beside]
        self.nodes.append(helper.make_node(op, given, [name], name=name, **told))
        self.last = name

    def scaled(self, mean: np.ndarray, std: np.ndarray | None = None) -> None:
        """The normalisation of the input layer: ``zerocenter``, or ``zscore``."""
        shape = [1, -1] if self.release.layer == "MatMul" else [1, 1, 1, -1]
        told = {"broadcast": 1} if self.release.opset < 7 else {}
        self.node("Sub", "input_Sub", self.array("input_Mean", mean.reshape(shape)), **told)
        if std is not None:
            self.node("Div", "input_Div", self.array("input_Std", std.reshape(shape)), **told)

    def dense(self, name: str, layer: Layer, first: bool) -> None:
        """A ``fullyConnectedLayer``."""
        weight, bias = layer
        if self.release.layer == "MatMul":
            self.node("MatMul", f"{name}_MatMul", self.array(f"{name}_MatMul_W", weight.T))
            self.node("Add", f"{name}_Add", self.array(f"{name}_Add_B", bias))
        elif self.release.layer == "Gemm":
            numbers = self.array(f"{name}_W", weight), self.array(f"{name}_B", bias)
            self.node("Gemm", name, *numbers, alpha=1.0, beta=1.0, broadcast=1, transA=0, transB=1)
        else:
            taken = weight[:, None, None, :] if first else weight[:, :, None, None]
            numbers = self.array(f"{name}_W", taken), self.array(f"{name}_B", bias)
            ones, size = [1, 1], list(taken.shape[2:])
            told = {"kernel_shape": size, "pads": [0, 0, 0, 0], "strides": ones, "dilations": ones}
            self.node("Conv", name, *numbers, **told, group=1)

    def model(self, inputs: int, outputs: int) -> bytes:
        """The file's bytes."""
        release, flat = self.release, self.release.layer == "MatMul"
        if release.layer == "Conv":
            self.node("Flatten", f"{self.last}_Flatten", axis=1)
        taken = [release.rows, inputs] if flat else [release.rows, 1, 1, inputs]
        given = [1, outputs, 1, 1] if release.layer == "Gemm" else [release.rows, outputs]
        listed = [
            helper.make_tensor_value_info(one.name, TensorProto.FLOAT, list(one.dims))
            for one in self.arrays
            if release.listed
        ]
        graph = helper.make_graph(
            self.nodes,
            "Network",
            [*listed, helper.make_tensor_value_info("input", TensorProto.FLOAT, taken)],
            [helper.make_tensor_value_info(self.last, TensorProto.FLOAT, given)],
            self.arrays,
        )
        made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", release.opset)])
        made.ir_version, made.producer_name = release.ir, PRODUCER
        made.producer_version = release.version
        content: bytes = made.SerializeToString()
        return content


def chain(
    release: Release,
    layers: Sequence[Layer],
    function: str,
    mean: np.ndarray,
    std: np.ndarray | None = None,
) -> bytes:
    """A ``SeriesNetwork``: an input layer, dense layers, a function between them."""
    made = Writer(release)
    made.scaled(mean, std)
    for at, layer in enumerate(layers, 1):
        made.dense(f"fc_{at}", layer, first=at == 1)
        if at < len(layers):
            made.node(function, f"{function.lower()}_{at}")
    return made.model(layers[0][0].shape[1], len(layers[-1][1]))
