"""Layers, norms, functions and sums of ATen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from spinn_engine.imported.programs.calls import Call, Constant, Ref
from spinn_engine.imported.programs.formats.aten_maker import Maker
from spinn_engine.imported.programs.formats.einsum import einsum
from spinn_engine.words import shortest

THRESHOLD = 15.0  # behind which a softplus is its argument to single precision


def _linear(m: Maker) -> None:
    weight = m.call("transpose", m.get("weight"), order=[1, 0])
    bias = m.get("bias")
    product = m.call("matmul", m.get("input"), weight, last=bias is None)
    if bias is not None:
        m.call("add", product, bias, last=True)


def _addmm(m: Maker) -> None:
    product: Any = m.call("matmul", m.get("mat1"), m.get("mat2"))
    added: Any = m.get("self")
    if m.get("alpha", 1) != 1:
        product = m.call("mul", product, m.get("alpha"))
    if m.get("beta", 1) != 1:
        added = m.call("mul", added, m.get("beta"))
    m.call("add", product, added, last=True)


def _mm(m: Maker) -> None:
    other = m.get("mat2", m.get("other", m.get("vec", m.get("tensor"))))
    m.call("matmul", m.get("self"), other, last=True)


def _add(m: Maker) -> None:
    """Sums and differences, whose second part may be multiplied."""
    one, other = m.get("self"), m.get("other")
    if m.get("alpha", 1) != 1:
        scaled = m.call("mul", one if m.op == "rsub" else other, m.get("alpha"))
        one, other = (scaled, other) if m.op == "rsub" else (one, scaled)
    if m.op == "rsub":
        one, other = other, one
    m.call("add" if m.op == "add" else "sub", one, other, last=True)


def _div(m: Maker) -> None:
    if m.get("rounding_mode") is not None:
        raise m.refuse("with rounding, which no network here can have")
    m.call("div", m.get("self"), m.get("other"), last=True)


def _rsqrt(m: Maker) -> None:
    m.call("reciprocal", m.call("sqrt", m.get("self")), last=True)


def _gelu(m: Maker) -> None:
    name = "gelu_tanh" if m.get("approximate", "none") == "tanh" else "gelu"
    m.call(name, m.get("self"), last=True)


def _elu(m: Maker) -> None:
    if (m.get("scale", 1), m.get("input_scale", 1)) != (1, 1):
        raise m.refuse("with a scale")
    m.call("elu", m.get("self"), last=True, options={"slope": float(m.get("alpha", 1.0))})


def _leaky(m: Maker) -> None:
    slope = float(m.get("negative_slope", 0.01))
    m.call("leaky_relu", m.get("self"), last=True, options={"slope": slope})


def _softplus(m: Maker) -> None:
    beta, threshold = float(m.get("beta", 1.0)), float(m.get("threshold", 20.0))
    if threshold < THRESHOLD or beta <= 0:
        raise m.refuse(f"with the threshold {shortest(threshold)}, which is not smooth")
    if beta == 1.0:
        m.call("softplus", m.get("self"), last=True)
        return
    made = m.call("softplus", m.call("mul", m.get("self"), beta))
    m.call("mul", made, 1 / beta, last=True)


def _prelu(m: Maker) -> None:
    m.call("prelu", m.get("self"), m.get("weight"), last=True)


def _layer_norm(m: Maker) -> None:
    shape = m.get("normalized_shape", [])
    if len(shape) != 1:
        raise m.refuse("over several axes")
    args = (m.get("input"), m.get("weight"), m.get("bias"))
    m.call("layer_norm", *args, last=True, eps=float(m.get("eps", 1e-5)), width=shape[0])


def _batch_norm(m: Maker) -> None:
    if m.get("training", False):
        raise m.refuse("in training, which computes rows from others: call model.eval()")
    mean, var = m.get("running_mean"), m.get("running_var")
    if mean is None or var is None:
        raise m.refuse("without running statistics, which computes rows from others")
    x = m.call("sub", m.get("input"), mean)
    spread = m.call("sqrt", m.call("add", var, float(m.get("eps", 1e-5))))
    x = m.call("div", x, spread)
    for op in ("weight", "bias"):
        if m.get(op) is not None:
            x = m.call("mul" if op == "weight" else "add", x, m.get(op))
    m.call("same", x, last=True)


def _dropout(m: Maker) -> None:
    if m.get("train", False) and m.get("p", 0.5):
        raise m.refuse("in training: call model.eval() before")
    m.call("same", m.get("input", m.get("self")), last=True)


def _glu(m: Maker) -> None:
    """Half of the columns, times the sigmoid of the other half."""
    outputs = tuple(f"{m.outputs[0]}/{half}" for half in ("value", "gate"))
    given = {"axis": int(m.get("dim", -1)), "parts": 2}
    m.calls.append(Call("chunk", (m.get("self"),), outputs, m.where, given))
    m.call("mul", Ref(outputs[0]), m.call("sigmoid", Ref(outputs[1])), last=True)


def _var(m: Maker) -> None:
    """The mean of squared distances from the mean, not corrected for their number."""
    if m.get("unbiased", True) and m.get("correction", 1) != 0:
        raise m.refuse("with a correction: give unbiased=False")
    dim, keep = m.get("dim"), bool(m.get("keepdim", False))
    axes = dim if isinstance(dim, list) or dim is None else [dim]
    x = m.get("self")
    off = m.call("sub", x, m.call("mean", x, axes=axes, keep=True))
    made = m.call("mean", m.call("square", off), last=m.op == "var", axes=axes, keep=keep)
    if m.op == "std":
        m.call("sqrt", made, last=True)


def _einsum(m: Maker) -> None:
    einsum(m, str(m.get("equation", "")), m.get("tensors") or [])


def _reduce(m: Maker) -> None:
    dim = m.get("dim")
    axes = dim if isinstance(dim, list) or dim is None else [dim]
    op = "mean" if m.op == "mean" else "total"
    m.call(op, m.get("self"), last=True, axes=axes, keep=bool(m.get("keepdim", False)))


def _where(m: Maker) -> None:
    m.call("where", m.get("condition"), m.get("self"), m.get("other"), last=True)


def _clamp(m: Maker) -> None:
    """Bounds; of two numbers it is no smooth function and is refused where it is made."""
    low = m.get("min", m.get("min_val"))
    high = m.get("max", m.get("max_val"))
    x = m.get("self")
    if low is not None:
        x = m.call("max", x, low, last=high is None)
    if high is not None:
        m.call("min", x, high, last=True)


def _weight_norm(m: Maker) -> None:
    """``g v / |v|``, the norm over all axes but one (Salimans & Kingma 2016)."""
    v, dim = m.get("v"), int(m.get("dim", 0))
    squares = m.call("square", v)
    total = m.call("total", squares, axes=[1 - dim] if dim in (0, 1) else None, keep=True)
    m.call("mul", m.call("div", v, m.call("sqrt", total)), m.get("g"), last=True)


def _full(m: Maker) -> None:
    """A number in the place of all others: ``ones_like`` and such."""
    number = {"ones_like": 1.0, "zeros_like": 0.0}.get(m.op, m.get("fill_value", 0.0))
    m.call("same", Constant(np.asarray(float(number))), last=True)


LAYERS: dict[str, Callable[[Maker], None]] = {
    "linear": _linear,
    "addmm": _addmm,
    **dict.fromkeys(("mm", "matmul", "mv", "dot", "vdot"), _mm),
    **dict.fromkeys(("add", "sub", "rsub"), _add),
    "div": _div,
    "rsqrt": _rsqrt,
    "gelu": _gelu,
    "elu": _elu,
    "leaky_relu": _leaky,
    "softplus": _softplus,
    **dict.fromkeys(("prelu", "_prelu_kernel"), _prelu),
    **dict.fromkeys(("layer_norm", "native_layer_norm"), _layer_norm),
    **dict.fromkeys(("batch_norm", "_native_batch_norm_legit_no_training"), _batch_norm),
    **dict.fromkeys(("dropout", "alpha_dropout", "feature_dropout"), _dropout),
    "glu": _glu,
    **dict.fromkeys(("var", "std"), _var),
    "einsum": _einsum,
    **dict.fromkeys(("mean", "sum"), _reduce),
    "where": _where,
    **dict.fromkeys(("clamp", "clamp_min", "clamp_max", "hardtanh", "relu6"), _clamp),
    "_weight_norm": _weight_norm,
    **dict.fromkeys(("ones_like", "zeros_like", "full_like"), _full),
}
