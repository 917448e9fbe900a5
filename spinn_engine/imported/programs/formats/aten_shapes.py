"""What gives tensors of ATen another shape, or takes some of them."""

from __future__ import annotations

from collections.abc import Callable

from spinn_engine.imported.programs.calls import Call
from spinn_engine.imported.programs.formats.aten_maker import Maker
from spinn_engine.imported.programs.meaning.values import ANY, NUMBER_OF_ROWS


def _cat(m: Maker) -> None:
    m.call("concat", m.get("tensors"), last=True, axis=int(m.get("dim", 0)))


def _stack(m: Maker) -> None:
    dim = int(m.get("dim", 0))
    parts = [m.call("unsqueeze", one, axes=[dim]) for one in m.get("tensors")]
    m.call("concat", parts, last=True, axis=dim)


def _slice(m: Maker) -> None:
    start, end, step = m.get("start", 0), m.get("end"), m.get("step", 1)
    if not all(one is None or isinstance(one, int) for one in (start, end, step)):
        raise m.refuse("up to a number that depends on the rows")
    places = slice(start, end, step)
    m.call("slice", m.get("self"), last=True, axis=int(m.get("dim", 0)), places=places)


def _select(m: Maker) -> None:
    axis, index = int(m.get("dim", 0)), int(m.get("index", 0))
    m.call("slice", m.get("self"), last=True, axis=axis, places=index)


def _split(m: Maker) -> None:
    sizes = m.get("split_sizes", m.get("split_size"))
    if not isinstance(sizes, (int, list)):
        raise m.refuse("without sizes")
    start, axis = 0, int(m.get("dim", 0))
    each = sizes if isinstance(sizes, list) else [sizes] * len(m.outputs)
    for name, size in zip(m.outputs, each, strict=False):
        places = slice(start, start + int(size))
        given = {"axis": axis, "places": places}
        m.calls.append(Call("slice", (m.get("self"),), (name,), m.where, given))
        start += int(size)


def _chunk(m: Maker) -> None:
    parts = int(m.get("chunks", 2))
    m.call("chunk", m.get("self"), last=True, axis=int(m.get("dim", 0)), parts=parts)


def _view(m: Maker) -> None:
    sizes = m.get("size", m.get("shape"))
    m.call("reshape", m.get("self"), sizes, last=True)


def _flatten(m: Maker) -> None:
    start, end = m.get("start_dim", 0), m.get("end_dim", -1)
    if (start, end) == (1, -1):
        m.call("reshape", m.get("self"), [NUMBER_OF_ROWS, ANY], last=True)
    elif (start, end) == (0, -1):
        m.call("reshape", m.get("self"), [ANY], last=True)
    else:
        raise m.refuse("of some axes")


def _transpose(m: Maker) -> None:
    m.call("transpose", m.get("self"), last=True, swap=(m.get("dim0", 0), m.get("dim1", 1)))


def _permute(m: Maker) -> None:
    m.call("transpose", m.get("self"), last=True, order=list(m.get("dims")))


def _t(m: Maker) -> None:
    m.call("transpose", m.get("self"), last=True)


def _squeeze(m: Maker) -> None:
    dim = m.get("dim")
    axes = dim if isinstance(dim, list) or dim is None else [dim]
    m.call("squeeze", m.get("self"), last=True, axes=axes)


def _unsqueeze(m: Maker) -> None:
    m.call("unsqueeze", m.get("self"), last=True, axes=[m.get("dim", 0)])


def _size(m: Maker) -> None:
    m.call("shape", m.get("self"), last=True, axis=int(m.get("dim", 0)))


SHAPES: dict[str, Callable[[Maker], None]] = {
    "cat": _cat,
    "stack": _stack,
    "slice": _slice,
    "select": _select,
    **dict.fromkeys(("split", "split_with_sizes"), _split),
    "chunk": _chunk,
    **dict.fromkeys(("view", "reshape", "_unsafe_view"), _view),
    "flatten": _flatten,
    "transpose": _transpose,
    "permute": _permute,
    **dict.fromkeys(("t", "numpy_T"), _t),
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "sym_size": _size,
}
