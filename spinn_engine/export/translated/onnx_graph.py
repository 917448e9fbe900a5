"""The ONNX form of a network, node by node: no tracing, so the same network gives the same bytes.

Operators as in https://onnx.ai/onnx/operators/; a layer is a ``Gemm`` with ``transB``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import cast

import onnx
from onnx import TensorProto, helper, numpy_helper

from spinn_engine.export.folding import RawNetwork
from spinn_engine.export.translated.onnx_steps import (
    FUNCTIONS,
    Nodes,
    Steps,
    layer_norm,
    leaky,
)
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import (
    INPUTS,
    AnyOperation,
    Function,
    LayerNorm,
    Select,
    Sum,
)
from spinn_engine.vocabulary import FUNCTIONS as ROWS

OPSET = 20  # the first that has Gelu
IR_VERSION = 9  # of that time, so that programs as old as it read the file
OUTPUTS = "outputs"


def onnx_bytes(network: RawNetwork, about: Mapping[str, str]) -> bytes:
    """An ONNX file of a network from ``inputs`` ``[rows, in]`` to ``outputs`` ``[rows, out]``.

    Args:
        network: whatever it is.
        about: what is put into the file's metadata.

    Raises:
        onnx.checker.ValidationError: the graph is not valid ONNX.
    """
    graph = network.graph
    weights = [numpy_helper.from_array(one.numpy(), name) for name, one in network.weights.items()]
    nodes = Nodes(weights[0].data_type, [INPUTS, OUTPUTS, *network.weights])
    values = {INPUTS: INPUTS}
    for op in graph.ops:
        last = op is graph.ops[-1]
        values[op.name] = OUTPUTS if last else nodes.new(f"after_{op.name}")
        taken = [values[name] for name in op.inputs]
        OPERATIONS[op.kind](Steps(nodes, values[op.name]), op, taken, graph)
    taken, given = (
        helper.make_tensor_value_info(name, nodes.kind, ["rows", width])
        for name, width in ((INPUTS, graph.inputs), (OUTPUTS, graph.outputs))
    )
    made = helper.make_graph(nodes.all, "network", [taken], [given], weights)
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(made, opset_imports=[opset], ir_version=IR_VERSION)
    model.producer_name = "spinn_engine"
    helper.set_model_props(model, dict(about))
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


Write = Callable[[Steps, AnyOperation, list[str], Graph], object]


def _dense(steps: Steps, op: AnyOperation, taken: list[str], graph: Graph) -> None:
    own = [p.name for p in graph.parameters_of(op)]  # weight, bias
    steps.of("Gemm", *taken, *own, last=True, transB=1)


def _function(steps: Steps, op: AnyOperation, taken: list[str], _: Graph) -> None:
    function, (x,) = cast(Function, op), taken
    if function.factor != 1.0:
        x = steps.of("Mul", x, function.factor)
    slope = ROWS[function.function].slope if function.slope is None else function.slope
    FUNCTIONS[function.function](steps, x, slope)


def _prelu(steps: Steps, op: AnyOperation, taken: list[str], _: Graph) -> None:
    slopes = f"{op.name}.weight"
    if steps.nodes.double:
        leaky(steps, taken[0], slopes)
    else:
        steps.of("PRelu", taken[0], slopes, last=True)


def _layer_norm(steps: Steps, op: AnyOperation, taken: list[str], graph: Graph) -> None:
    norm, own = cast(LayerNorm, op), [p.name for p in graph.parameters_of(op)]
    if steps.nodes.double:
        layer_norm(steps, taken[0], norm.eps, own)
        return
    width = graph.columns(graph.dims[op.name])
    own = own or [steps.constant([width], [1.0] * width, TensorProto.FLOAT)]  # it must have one
    steps.of("LayerNormalization", *taken, *own, last=True, axis=-1, epsilon=norm.eps)


def _scale(steps: Steps, op: AnyOperation, taken: list[str], _: Graph) -> None:
    steps.of("Add", steps.of("Mul", *taken, f"{op.name}.scale"), f"{op.name}.shift", last=True)


def _select(steps: Steps, op: AnyOperation, taken: list[str], _: Graph) -> None:
    columns = list(cast(Select, op).columns)
    places = steps.constant([len(columns)], columns, TensorProto.INT64)
    steps.of("Gather", *taken, places, last=True, axis=1)


def _sum(steps: Steps, op: AnyOperation, taken: list[str], _: Graph) -> None:
    signs = cast(Sum, op).signs or (1.0,) * len(taken)
    terms = [
        one if sign == 1.0 else steps.of("Mul", one, sign)
        for sign, one in zip(signs, taken, strict=True)
    ]
    steps.of("Sum", *terms, last=True)


def _product(steps: Steps, _: AnyOperation, taken: list[str], _graph: Graph) -> None:
    factors: list[str | float] = [*taken] if len(taken) > 1 else [*taken, 1.0]
    found, *between, end = factors
    for one in between:
        found = steps.of("Mul", found, one)
    steps.of("Mul", found, end, last=True)


def _concat(steps: Steps, _: AnyOperation, taken: list[str], _graph: Graph) -> None:
    steps.of("Concat", *taken, last=True, axis=1)


OPERATIONS: dict[str, Write] = {
    "dense": _dense,
    "function": _function,
    "prelu": _prelu,
    "layer_norm": _layer_norm,
    "scale": _scale,
    "select": _select,
    "sum": _sum,
    "product": _product,
    "concat": _concat,
}
