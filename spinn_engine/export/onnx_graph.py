"""The ONNX form of a network, node by node: no tracing, so the same network gives the same bytes.

Operators as in https://onnx.ai/onnx/operators/; a ``Linear`` is a ``Gemm`` with ``transB``.
"""

from __future__ import annotations

from collections.abc import Mapping

import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper
from torch import nn

from spinn_engine.export.folding import linear_layers

OPSET = 20  # the first that has Gelu
IR_VERSION = 9  # of that time, so that programs as old as it read the file
INPUTS, OUTPUTS = "inputs", "outputs"


def onnx_bytes(network: nn.Sequential, about: Mapping[str, str]) -> bytes:
    """An ONNX file of a network from ``inputs`` ``[rows, in]`` to ``outputs`` ``[rows, out]``.

    Args:
        network: linear layers and activations in turn.
        about: what is put into the file's metadata.

    Raises:
        onnx.checker.ValidationError: the graph is not valid ONNX.
    """
    weights = [
        numpy_helper.from_array(tensor.numpy(), name)
        for name, tensor in network.state_dict().items()
    ]
    kind = weights[0].data_type
    nodes: list[NodeProto] = []
    before = INPUTS
    for number, module in enumerate(network):
        after = OUTPUTS if number == len(network) - 1 else f"after_{number}"
        if isinstance(module, nn.Linear):
            names = [f"{number}.{part}" for part, _ in module.named_parameters()]  # weight, bias
            names.insert(0, before)
            nodes.append(helper.make_node("Gemm", names, [after], transB=1))
        else:
            nodes += _activation(module, before, after, kind)
        before = after
    layers = linear_layers(network)
    ends = (layers[0].in_features, INPUTS), (layers[-1].out_features, OUTPUTS)
    taken, given = (helper.make_tensor_value_info(n, kind, ["rows", width]) for width, n in ends)
    graph = helper.make_graph(nodes, "network", [taken], [given], weights)
    opset = helper.make_opsetid("", OPSET)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
    model.producer_name = "spinn_engine"
    helper.set_model_props(model, dict(about))
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _activation(module: nn.Module, before: str, after: str, kind: int) -> list[NodeProto]:
    """The nodes of one activation of values of a kind, an ONNX data type."""
    inner = f"{after}_inner"
    if isinstance(module, nn.SiLU):  # x * sigmoid(x)
        return [
            helper.make_node("Sigmoid", [before], [inner]),
            helper.make_node("Mul", [before, inner], [after]),
        ]
    if isinstance(module, nn.GELU) and kind == TensorProto.DOUBLE:  # ONNX Runtime has no such Gelu
        narrow = f"{after}_narrow"
        return [
            helper.make_node("Cast", [before], [narrow], to=TensorProto.FLOAT),
            helper.make_node("Gelu", [narrow], [inner]),
            helper.make_node("Cast", [inner], [after], to=kind),
        ]
    names = {nn.Tanh: "Tanh", nn.ReLU: "Relu", nn.GELU: "Gelu", nn.Sigmoid: "Sigmoid"}
    return [helper.make_node(names[type(module)], [before], [after])]
