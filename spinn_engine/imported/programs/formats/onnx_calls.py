"""Operations of ONNX, as a model names them, as calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Call, Constant
from spinn_engine.imported.programs.formats.einsum import einsum
from spinn_engine.imported.programs.formats.onnx_maker import Maker
from spinn_engine.imported.programs.formats.onnx_shapes import SHAPES
from spinn_engine.words import shown

SAME = ("Identity", "Dropout")
PLAIN = {
    "Tanh": "tanh", "Sigmoid": "sigmoid", "Relu": "relu", "Mish": "mish", "Sin": "sin",
    "Cos": "cos", "Exp": "exp", "Neg": "neg", "Sqrt": "sqrt", "Reciprocal": "reciprocal",
    "Abs": "abs", "Erf": "erf", "Log": "log", "Add": "add", "Sub": "sub", "Mul": "mul",
    "Div": "div", "Pow": "pow", "Max": "max", "Min": "min", "Greater": "greater",
    "GreaterOrEqual": "greater_equal", "Less": "less", "LessOrEqual": "less_equal",
    "Where": "where", "PRelu": "prelu", "MatMul": "matmul", "Softplus": "softplus",
}  # fmt: skip
# TensorProto.DataType
FLOATS = {1: np.float32, 10: np.float16, 11: np.float64, 16: np.float32}
WHOLE = {6: np.int32, 7: np.int64, 9: np.bool_}


def calls_of(op: str, made: Maker) -> list[Call]:
    """The calls that an operation is.

    Args:
        op: its name, behind that of a domain that is not ONNX's own.
        made: what it takes and gives.

    Raises:
        BadInputError: it is unknown, or told something that no network here can have.
    """
    if op in SAME:
        if op == "Dropout" and made.input(2) is not None:
            training = made.constants.get(made.input(2).name)
            if training is None or training.array.any():
                raise BadInputError(f"it has the operation {made.where} in training")
        made.call("same", made.input(0), last=True)
    elif op in ("Max", "Min"):
        _many(made, PLAIN[op])
    elif op in PLAIN:
        made.call(PLAIN[op], *made.inputs, last=True)
    elif op in OTHERS:
        OTHERS[op](made)
    else:
        raise BadInputError(f"it has the operation {made.where}, which no network here can have")
    return made.calls


def _many(m: Maker, op: str) -> None:
    found = m.input(0)
    for at, one in enumerate(m.inputs[1:], 2):
        found = m.call(op, found, one, last=at == len(m.inputs))
    if len(m.inputs) == 1:
        m.call("same", found, last=True)


def _sum(m: Maker) -> None:
    _many(m, "add")


def _gemm(m: Maker) -> None:
    a, b = m.input(0), m.input(1)
    if m.attributes.get("transA"):
        a = m.call("transpose", a, order=[1, 0])
    if m.attributes.get("transB"):
        b = m.call("transpose", b, order=[1, 0])
    alpha, beta = m.attributes.get("alpha", 1.0), m.attributes.get("beta", 1.0)
    c = m.input(2)
    if alpha != 1.0:
        b = m.call("mul", b, float(alpha))
    if c is not None and beta != 1.0:
        c = m.call("mul", c, float(beta))
    product = m.call("matmul", a, b, last=c is None)
    if c is not None:
        m.call("add", product, c, last=True)


def _conv(m: Maker) -> None:
    padded = any(m.attributes.get("pads", [])) or m.attributes.get("auto_pad", "NOTSET") not in (
        "NOTSET",
        "VALID",
    )
    spaced = any(one != 1 for one in m.attributes.get("dilations", []))
    if padded or spaced or m.attributes.get("group", 1) != 1:
        raise BadInputError(f"{m.where} pads, spaces or parts its window, which no layer here does")
    bias = m.input(2)
    made = m.call("conv", m.input(0), m.input(1), last=bias is None)
    if bias is not None:
        m.call("add", made, m.call("channels", bias, made), last=True)


def _einsum(m: Maker) -> None:
    einsum(m, str(m.attributes.get("equation", "")), m.inputs)


def _cast(m: Maker) -> None:
    kind = m.attributes.get("to")
    if kind in FLOATS:
        m.call("same", m.input(0), last=True)
        return
    constant = m.constants.get(m.input(0).name) if m.input(0) is not None else None
    if constant is None or kind not in WHOLE:
        raise BadInputError(f"it has the operation {m.where} to whole numbers")
    m.call("same", Constant(constant.array.astype(WHOLE[kind])), last=True)


def _gelu(m: Maker) -> None:
    tanh = m.attributes.get("approximate", "none") == "tanh"
    m.call("gelu_tanh" if tanh else "gelu", m.input(0), last=True)


def _elu(m: Maker) -> None:
    m.call("elu", m.input(0), last=True, options={"slope": float(m.attributes.get("alpha", 1.0))})


def _leaky(m: Maker) -> None:
    slope = float(m.attributes.get("alpha", 0.01))
    m.call("leaky_relu", m.input(0), last=True, options={"slope": slope})


def _selu(m: Maker) -> None:
    """Selu with the constants of the paper; with others it is another function."""
    alpha, gamma = m.attributes.get("alpha", 1.67326), m.attributes.get("gamma", 1.0507)
    if abs(alpha - 1.67326) > 1e-4 or abs(gamma - 1.0507) > 1e-4:
        raise BadInputError(f"it has the operation {m.where} with constants of its own")
    m.call("selu", m.input(0), last=True)


def _swish(m: Maker) -> None:
    alpha = float(m.attributes.get("alpha", 1.0))
    gate = m.call("sigmoid", m.call("mul", m.input(0), alpha) if alpha != 1.0 else m.input(0))
    m.call("mul", m.input(0), gate, last=True)


def _layer_norm(m: Maker) -> None:
    if m.attributes.get("axis", -1) not in (-1, 1):
        raise BadInputError(f"it has the operation {m.where} over several axes")
    eps = float(m.attributes.get("epsilon", 1e-5))
    m.call("layer_norm", m.input(0), m.input(1), m.input(2), last=True, eps=eps)


def _batch_norm(m: Maker) -> None:
    if m.attributes.get("training_mode"):
        raise BadInputError(f"it has the operation {m.where} in training: export it at rest")
    x = m.input(0)
    weight, bias, mean, var = (m.call("channels", m.input(at), x) for at in range(1, 5))
    spread = m.call("sqrt", m.call("add", var, float(m.attributes.get("epsilon", 1e-5))))
    x = m.call("div", m.call("sub", x, mean), spread)
    m.call("add", m.call("mul", x, weight), bias, last=True)


def _scaler(m: Maker) -> None:
    """``(x - offset) scale`` of ai.onnx.ml."""
    offset = np.asarray(m.attributes.get("offset", [0.0]), np.float64)
    scale = np.asarray(m.attributes.get("scale", [1.0]), np.float64)
    shifted = m.call("sub", m.input(0), Constant(offset))
    m.call("mul", shifted, Constant(scale), last=True)


def _mean(m: Maker) -> None:
    _reduce(m, "mean")


def _total(m: Maker) -> None:
    _reduce(m, "total")


def _reduce(m: Maker, op: str) -> None:
    keep = bool(m.attributes.get("keepdims", 1))
    m.call(op, m.input(0), last=True, axes=m.numbers(1, "axes"), keep=keep)


def _clip(m: Maker) -> None:
    low, high = m.input(1), m.input(2)
    low = m.attributes.get("min", low)
    high = m.attributes.get("max", high)
    x = m.input(0)
    if low is not None:
        x = m.call("max", x, low, last=high is None)
    if high is not None:
        x = m.call("min", x, high, last=True)
    if low is None and high is None:
        m.call("same", x, last=True)


def _constant(m: Maker) -> None:
    value = next((m.attributes[k] for k in CONSTANT_PARTS if k in m.attributes), None)
    if value is None:
        raise BadInputError(f"{m.where} holds something else than numbers")
    m.call("same", Constant(np.asarray(value)), last=True)


CONSTANT_PARTS = ("value", "value_float", "value_floats", "value_int", "value_ints")

OTHERS: dict[str, Callable[[Maker], None]] = {
    **SHAPES,
    "Sum": _sum,
    "Gemm": _gemm,
    "Conv": _conv,
    "Einsum": _einsum,
    "Cast": _cast,
    "Gelu": _gelu,
    "Elu": _elu,
    "LeakyRelu": _leaky,
    "Selu": _selu,
    "Swish": _swish,
    "LayerNormalization": _layer_norm,
    "BatchNormalization": _batch_norm,
    "ai.onnx.ml.Scaler": _scaler,
    "ReduceMean": _mean,
    "ReduceSum": _total,
    "Clip": _clip,
    "Constant": _constant,
}


def attribute_of(name: str, value: Any, where: str) -> Any:
    """An attribute as plain data.

    Raises:
        BadInputError: it is a graph or another thing that no network here has.
    """
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, (int, float, list, tuple, np.ndarray)):
        return value
    raise BadInputError(f"{where} has the attribute {shown(name)}, which holds a program")
