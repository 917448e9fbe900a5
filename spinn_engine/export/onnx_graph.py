"""The ONNX form of a network, node by node: no tracing, so the same network gives the same bytes.

Operators as in https://onnx.ai/onnx/operators/; a ``Linear`` is a ``Gemm`` with ``transB``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper
from torch import nn

from spinn_engine.export.folding import linear_layers
from spinn_engine.graph.functions import SELU_ALPHA, SELU_SCALE

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


OPERATORS: dict[type[nn.Module], tuple[str, dict[str, Any]]] = {
    nn.Tanh: ("Tanh", {}),
    nn.ReLU: ("Relu", {}),
    nn.GELU: ("Gelu", {}),
    nn.Sigmoid: ("Sigmoid", {}),
    nn.ELU: ("Elu", {"alpha": 1.0}),
    nn.SELU: ("Selu", {}),
    nn.LeakyReLU: ("LeakyRelu", {"alpha": 0.01}),
    nn.Softplus: ("Softplus", {}),
    nn.Mish: ("Mish", {}),
}


def _activation(module: nn.Module, before: str, after: str, kind: int) -> list[NodeProto]:
    """The nodes of one activation of values of a kind, an ONNX data type."""
    inner, narrow = f"{after}_inner", f"{after}_narrow"
    if isinstance(module, nn.SiLU):  # x * sigmoid(x)
        return [
            helper.make_node("Sigmoid", [before], [inner]),
            helper.make_node("Mul", [before, inner], [after]),
        ]
    name, given = OPERATORS[type(module)]
    if kind == TensorProto.DOUBLE and name == "Gelu":  # ONNX Runtime has no such Gelu
        return [
            helper.make_node("Cast", [before], [narrow], to=TensorProto.FLOAT),
            helper.make_node(name, [narrow], [inner]),
            helper.make_node("Cast", [inner], [after], to=kind),
        ]
    if kind == TensorProto.DOUBLE and type(module) in IN_DOUBLE:  # nor of these
        steps = Steps(before, after)
        IN_DOUBLE[type(module)](steps)
        return steps.nodes
    return [helper.make_node(name, [before], [after], **given)]


class Steps:
    """Nodes that make one value of another, by operators that are there for doubles.

    Args:
        before: name of the value that there is.
        after: name of the value that is made, by the step that is told to end there.
    """

    def __init__(self, before: str, after: str) -> None:
        self.x, self.after, self.nodes = before, after, list[NodeProto]()

    def of(self, operator: str, *values: str | float, last: bool = False) -> str:
        """The name of what an operator makes of values, which may be numbers."""
        names = [self._number(one) if isinstance(one, float) else one for one in values]
        made = self.after if last else f"{self.after}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, names, [made]))
        return made

    def _number(self, value: float) -> str:
        name = f"{self.after}_{len(self.nodes)}"
        tensor = helper.make_tensor(name, TensorProto.DOUBLE, [], [value])
        self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        return name

    def softplus(self, last: bool = False) -> str:
        """relu(x) + log(1 + exp(-|x|))."""
        small = self.of("Exp", self.of("Neg", self.of("Abs", self.x)))
        rest = self.of("Log", self.of("Add", small, 1.0))
        return self.of("Add", self.of("Relu", self.x), rest, last=last)

    def elu(self, alpha: float, last: bool = False) -> str:
        """relu(x) + alpha * (exp(min(x, 0)) - 1)."""
        below = self.of("Neg", self.of("Relu", self.of("Neg", self.x)))
        rest = self.of("Mul", self.of("Sub", self.of("Exp", below), 1.0), alpha)
        return self.of("Add", self.of("Relu", self.x), rest, last=last)


IN_DOUBLE: dict[type[nn.Module], Callable[[Steps], str]] = {
    nn.ELU: lambda steps: steps.elu(1.0, last=True),
    nn.SELU: lambda steps: steps.of("Mul", steps.elu(SELU_ALPHA), SELU_SCALE, last=True),
    nn.LeakyReLU: lambda steps: steps.of("Max", steps.x, steps.of("Mul", steps.x, 0.01), last=True),
    nn.Softplus: lambda steps: steps.softplus(last=True),
    nn.Mish: lambda steps: steps.of("Mul", steps.x, steps.of("Tanh", steps.softplus()), last=True),
}
