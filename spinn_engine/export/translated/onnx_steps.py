"""Nodes of an ONNX graph, and functions of single numbers made of them.

ONNX Runtime has some operators for floats alone; in double precision these are put together from
others, of which it has both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from onnx import NodeProto, TensorProto, helper

from spinn_engine.graph.functions import GELU_ROOT, SELU_ALPHA, SELU_SCALE


class Nodes:
    """The nodes of a graph while it is put together.

    Args:
        kind: of its values, an ONNX data type.
        used: names that are given already.
    """

    def __init__(self, kind: int, used: Iterable[str]) -> None:
        self.kind, self.all, self._used = kind, list[NodeProto](), set(used)

    @property
    def double(self) -> bool:
        """Whether the values are in double precision."""
        return self.kind == TensorProto.DOUBLE

    def new(self, name: str) -> str:
        """A name that nothing has yet."""
        while name in self._used:
            name += "_"
        self._used.add(name)
        return name


class Steps:
    """Nodes that make one value of others.

    Args:
        nodes: where they are put.
        after: name of the value that is made, by the step that is told to end there.
    """

    def __init__(self, nodes: Nodes, after: str) -> None:
        self.nodes, self.after, self.count = nodes, after, 0

    def of(
        self,
        operator: str,
        *values: str | float,
        last: bool = False,
        called: str | None = None,
        **given: Any,
    ) -> str:
        """The name of what an operator makes of values, which may be numbers."""
        names = [
            self.constant([], [one], self.nodes.kind) if isinstance(one, float) else one
            for one in values
        ]
        made = self.after if last else self._new(called)
        self._add(operator, names, made, given)
        return made

    def constant(self, shape: list[int], values: list[float] | list[int], kind: int) -> str:
        """The name of numbers of a kind, in a shape."""
        name = self._new()
        self._add("Constant", [], name, {"value": helper.make_tensor(name, kind, shape, values)})
        return name

    def _new(self, called: str | None = None) -> str:
        return self.nodes.new(f"{self.after}_{self.count if called is None else called}")

    def _add(self, operator: str, names: list[str], made: str, given: dict[str, Any]) -> None:
        self.nodes.all.append(helper.make_node(operator, names, [made], **given))
        self.count += 1


def softplus(steps: Steps, x: str, last: bool = False) -> str:
    """relu(x) + log(1 + exp(-|x|))."""
    small = steps.of("Exp", steps.of("Neg", steps.of("Abs", x)))
    rest = steps.of("Log", steps.of("Add", small, 1.0))
    return steps.of("Add", steps.of("Relu", x), rest, last=last)


def elu(steps: Steps, x: str, alpha: float, last: bool = False) -> str:
    """relu(x) + alpha * (exp(min(x, 0)) - 1)."""
    below = steps.of("Neg", steps.of("Relu", steps.of("Neg", x)))
    rest = steps.of("Mul", steps.of("Sub", steps.of("Exp", below), 1.0), alpha)
    return steps.of("Add", steps.of("Relu", x), rest, last=last)


def leaky(steps: Steps, x: str, slope: str | float) -> str:
    """relu(x) - slope * relu(-x)."""
    below = steps.of("Mul", steps.of("Relu", steps.of("Neg", x)), slope)
    return steps.of("Sub", steps.of("Relu", x), below, last=True)


def layer_norm(steps: Steps, x: str, eps: float, own: list[str]) -> str:
    """Rows to mean 0 and variance 1, by ``own`` weight and bias; the operator does it in floats."""
    columns = steps.constant([1], [-1], TensorProto.INT64)
    centred = steps.of("Sub", x, steps.of("ReduceMean", x, columns))
    variance = steps.of("ReduceMean", steps.of("Mul", centred, centred), columns)
    spread = steps.of("Sqrt", steps.of("Add", variance, eps))
    if not own:
        return steps.of("Div", centred, spread, last=True)
    weight, bias = own
    scaled = steps.of("Mul", steps.of("Div", centred, spread), weight)
    return steps.of("Add", scaled, bias, last=True)


def _silu(steps: Steps, x: str, _: float | None) -> str:
    return steps.of("Mul", x, steps.of("Sigmoid", x, called="inner"), last=True)


def _gelu_of_floats(steps: Steps, x: str, _: float | None) -> str:
    narrow = steps.of("Cast", x, called="narrow", to=TensorProto.FLOAT)
    inner = steps.of("Gelu", narrow, called="inner")
    return steps.of("Cast", inner, last=True, to=steps.nodes.kind)


def _gelu_tanh(steps: Steps, x: str, _: float | None) -> str:
    """X / 2 * (1 + tanh(root * (x + 0.044715 * x^3)))."""
    cube = steps.of("Mul", steps.of("Mul", steps.of("Mul", x, x), x), 0.044715)
    inner = steps.of("Tanh", steps.of("Mul", steps.of("Add", x, cube), GELU_ROOT))
    return steps.of("Mul", steps.of("Mul", x, 0.5), steps.of("Add", inner, 1.0), last=True)


Make = Callable[[Steps, str, float | None], str]


def _operator(name: str, **given: Any) -> Make:
    return lambda steps, x, _: steps.of(name, x, last=True, **given)


def _with_alpha(name: str) -> Make:
    return lambda steps, x, slope: steps.of(name, x, last=True, alpha=slope)


@dataclass(frozen=True)
class OnnxFunction:
    """A function of single numbers.

    Attributes:
        of_floats: the steps that make it of the value ``x``, with its slope if it has one.
        of_doubles: those in double precision, where they are others.
    """

    of_floats: Make
    of_doubles: Make | None = None

    def __call__(self, steps: Steps, x: str, slope: float | None) -> str:
        """Put the steps where they belong; the name of what they make."""
        make = self.of_doubles if self.of_doubles and steps.nodes.double else self.of_floats
        return make(steps, x, slope)


FUNCTIONS: dict[str, OnnxFunction] = {
    "tanh": OnnxFunction(_operator("Tanh")),
    "relu": OnnxFunction(_operator("Relu")),
    "gelu": OnnxFunction(_operator("Gelu"), _gelu_of_floats),
    "gelu_tanh": OnnxFunction(_operator("Gelu", approximate="tanh"), _gelu_tanh),
    "silu": OnnxFunction(_silu),
    "sigmoid": OnnxFunction(_operator("Sigmoid")),
    "elu": OnnxFunction(
        _with_alpha("Elu"), lambda steps, x, slope: elu(steps, x, slope or 0.0, last=True)
    ),
    "selu": OnnxFunction(
        _operator("Selu"),
        lambda steps, x, _: steps.of("Mul", elu(steps, x, SELU_ALPHA), SELU_SCALE, last=True),
    ),
    "leaky_relu": OnnxFunction(
        _with_alpha("LeakyRelu"), lambda steps, x, slope: leaky(steps, x, slope or 0.0)
    ),
    "softplus": OnnxFunction(
        _operator("Softplus"), lambda steps, x, _: softplus(steps, x, last=True)
    ),
    "mish": OnnxFunction(
        _operator("Mish"),
        lambda steps, x, _: steps.of("Mul", x, steps.of("Tanh", softplus(steps, x)), last=True),
    ),
    "sin": OnnxFunction(_operator("Sin")),
    "cos": OnnxFunction(_operator("Cos")),
    "exp": OnnxFunction(_operator("Exp")),
    "square": OnnxFunction(lambda steps, x, _: steps.of("Mul", x, x, last=True)),
}
