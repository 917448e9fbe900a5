"""Plans of what multiplies: dense layers, scales and norms, with what is folded into them."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from spinn_engine.graph.ops import Dense, LayerNorm, Scale
from spinn_engine.imported.programs.drawing.drawing import Drawing, Plan
from spinn_engine.imported.programs.drawing.identify import Found, identified
from spinn_engine.imported.programs.meaning.nodes import Floats, Node

# What exporters and parametrisations put behind the name of a layer.
WEIGHT = re.compile(r"(\.parametrizations)?\.?weight(\.original\d*|_v|_g|_orig)?$")


class Mapped(NamedTuple):
    """``x scale + shift``, and whether a shift is added even if it is zero."""

    scale: Floats = np.asarray(1.0)
    shift: Floats = np.asarray(0.0)
    added: bool = False


NOTHING = Mapped()


def plan_matmul(drawing: Drawing, node: Node, mapped: Mapped = NOTHING) -> Plan:
    """A product with a matrix; its columns are then scaled and shifted."""
    x, weight = node.taken
    assert isinstance(x, Node)
    assert isinstance(weight, np.ndarray)
    trained, factor = is_trained(drawing, node), 1.0
    if not trained and x.op == "affine" and (found := factor_of(x)) is not None:
        factor, x = found, x.nodes[0]

    def make() -> str:
        name = drawing.name(WEIGHT.sub("", node.given.get("name", "")), "layer")
        dim = drawing.shared.new(f"of_{name}", node.width)
        taken = (drawing.value(x),)
        op = Dense(name=name, inputs=taken, dim=dim, bias=mapped.added, trained=trained)
        drawing.arrays[f"{name}.weight"] = weight * factor * mapped.scale
        if mapped.added:
            drawing.arrays[f"{name}.bias"] = _wide(mapped.shift, node.width)
        return drawing.add(op, (dim,))

    return Plan((x,), make)


def is_trained(drawing: Drawing, node: Node) -> bool:
    """Whether a matrix is learned: where no file tells, but that of Fourier features."""
    if node.given["trained"] is not None:
        return bool(node.given["trained"])
    return drawing.users.get(id(node)) != {"sin", "cos"}


def factor_of(node: Node) -> float | None:
    """The number that an affine map multiplies all columns by, where that is all it does."""
    scale, shift = node.taken[1:]
    assert isinstance(scale, np.ndarray)
    return float(scale) if scale.ndim == 0 and not np.any(shift) else None  # type: ignore[arg-type]


def plan_mean(drawing: Drawing, node: Node, mapped: Mapped = NOTHING) -> Plan:
    """The mean of all columns, which is a fixed map."""
    width = node.nodes[0].width
    weight = np.full((width, 1), 1 / width)
    given = {"trained": False, "name": "mean"}
    whole = Node("matmul", (node.nodes[0], weight), 1, node.where, given)
    return plan_matmul(drawing, whole, mapped)


def plan_affine(drawing: Drawing, node: Node) -> Plan:
    """Maps one behind the other, in the layer or norm before them where they alone take it."""
    scale, shift, added = NOTHING
    base, trained = node, False
    while base.op == "affine" and (base is node or drawing.uses[id(base)] == 1):
        x, a, c = base.taken
        assert isinstance(x, Node)
        assert isinstance(a, np.ndarray)
        assert isinstance(c, np.ndarray)
        scale, shift = scale * a, scale * c + shift
        added |= bool(base.given.get("added")) or c.ndim > 0 or bool(c)
        trained |= bool(base.given.get("trained"))
        base = x
    mapped = Mapped(scale, shift, added)
    alone = drawing.uses[id(base)] == 1
    if alone and base.op in ("matmul", "mean"):
        return (plan_matmul if base.op == "matmul" else plan_mean)(drawing, base, mapped)
    if base.width < node.width:
        return _plan_spread(drawing, node, base, mapped)
    if alone and trained and base.width > 1 and base.op not in ("input", "select", "concat"):
        found = Found("norm", base.nodes[0], eps=base.given["eps"]) if base.op == "norm" else None
        found = found or identified(base)
        if found is not None and found.kind == "norm":
            return plan_norm(drawing, base, found, mapped)
    return _plan_scale(drawing, base, mapped)


def _plan_spread(drawing: Drawing, node: Node, base: Node, mapped: Mapped) -> Plan:
    """One column as many, each with a map of its own."""
    weight = np.broadcast_to(mapped.scale, (1, node.width))
    given = {"trained": False, "name": "spread"}
    whole = Node("matmul", (base, weight), node.width, node.where, given)
    return plan_matmul(drawing, whole, mapped._replace(scale=np.asarray(1.0)))


def _plan_scale(drawing: Drawing, base: Node, mapped: Mapped) -> Plan:
    def make() -> str:
        name, taken = drawing.name("", "scale"), drawing.value(base)
        drawing.arrays[f"{name}.scale"] = _wide(mapped.scale, base.width)
        drawing.arrays[f"{name}.shift"] = _wide(mapped.shift, base.width)
        return drawing.add(Scale(name=name, inputs=(taken,)), drawing.dims[taken])

    return Plan((base,), make)


def plan_norm(drawing: Drawing, node: Node, found: Found, mapped: Mapped = NOTHING) -> Plan:
    """A LayerNorm of ``found.base`` with ``node``'s columns."""
    scale = mapped.scale if found.scale is None else mapped.scale * found.scale
    has_own = found.scale is not None or mapped is not NOTHING

    def make() -> str:
        name, taken = drawing.name("", "norm"), drawing.value(found.base)
        if has_own:
            drawing.arrays[f"{name}.weight"] = _wide(scale, node.width)
            drawing.arrays[f"{name}.bias"] = _wide(mapped.shift, node.width)
        op = LayerNorm(name=name, inputs=(taken,), eps=found.eps, affine=has_own)
        return drawing.add(op, drawing.dims[taken])

    return Plan((found.base,), make)


def _wide(numbers: Floats, width: int) -> Floats:
    return np.broadcast_to(numbers, (width,)).copy()
