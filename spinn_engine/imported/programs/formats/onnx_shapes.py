"""What gives tensors of ONNX another shape, or takes some of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from spinn_engine.errors import BadInputError
from spinn_engine.imported.programs.calls import Call
from spinn_engine.imported.programs.formats.onnx_maker import Maker
from spinn_engine.imported.programs.meaning.values import ANY


def _concat(m: Maker) -> None:
    parts = [one for one in m.inputs if one is not None]
    m.call("concat", parts, last=True, axis=int(m.attributes.get("axis", 0)))


def _slice(m: Maker) -> None:
    starts, ends = m.numbers(1, "starts") or [], m.numbers(2, "ends") or []
    axes = m.numbers(3, "axes") or list(range(len(starts)))
    steps = m.numbers(4) or [1] * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps) or not starts or 0 in steps:
        raise BadInputError(f"{m.where} has other numbers of starts and ends")
    found: Any = m.input(0)
    for at, (start, end, axis, step) in enumerate(zip(starts, ends, axes, steps, strict=True), 1):
        places = slice(start, None if step < 0 and end < -(2**30) else end, step)
        found = m.call("slice", found, last=at == len(starts), axis=axis, places=places)


def _gather(m: Maker) -> None:
    axis = int(m.attributes.get("axis", 0))
    index = m.constants.get(m.input(1).name) if m.input(1) is not None else None
    if index is None or index.array.ndim > 1 or index.array.size > 65_536:
        raise BadInputError(f"{m.where} takes columns that are not written down")
    places: Any = index.array.tolist()
    m.call("slice", m.input(0), last=True, axis=axis, places=places)


def _split(m: Maker) -> None:
    sizes, axis = m.numbers(1, "split"), int(m.attributes.get("axis", 0))
    if sizes is None:
        raise BadInputError(f"{m.where} has no sizes: export it with a newer opset")
    start = 0
    for name, size in zip(m.outputs, sizes, strict=False):
        given = {"axis": axis, "places": slice(start, start + size)}
        m.calls.append(Call("slice", (m.input(0),), (name,), m.where, given))
        start += size


def _reshape(m: Maker) -> None:
    copies = not m.attributes.get("allowzero")
    shape = m.input(1) if m.input(1) is not None else list(m.attributes.get("shape", []))
    m.call("reshape", m.input(0), shape, last=True, zero_copies=copies)


def _flatten(m: Maker) -> None:
    if m.attributes.get("axis", 1) != 1:
        raise BadInputError(f"{m.where} makes rows of something else than rows")
    m.call("reshape", m.input(0), [0, ANY], last=True, zero_copies=True)


def _transpose(m: Maker) -> None:
    order = m.attributes.get("perm")
    m.call("transpose", m.input(0), last=True, order=list(order) if order else None)


def _squeeze(m: Maker) -> None:
    m.call("squeeze", m.input(0), last=True, axes=m.numbers(1, "axes"))


def _unsqueeze(m: Maker) -> None:
    m.call("unsqueeze", m.input(0), last=True, axes=m.numbers(1, "axes") or [0])


def _shape(m: Maker) -> None:
    m.call("shape", m.input(0), last=True)


SHAPES: dict[str, Callable[[Maker], None]] = {
    "Concat": _concat,
    "Slice": _slice,
    "Gather": _gather,
    "Split": _split,
    "Reshape": _reshape,
    "Flatten": _flatten,
    "Transpose": _transpose,
    "Squeeze": _squeeze,
    "Unsqueeze": _unsqueeze,
    "Shape": _shape,
}
