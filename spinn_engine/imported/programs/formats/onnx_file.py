"""ONNX models: parsed by the ``onnx`` package's protobuf alone; nothing in one is run.

Limits come first: of the bytes, of the operations, and of what a tensor claims. Numbers may stand
in a file beside the model that is called after it, and nowhere else.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.programs.calls import (
    MOST_CALLS,
    Array,
    Call,
    Constant,
    Program,
    Ref,
    Taken,
    place,
)
from spinn_engine.imported.programs.formats.onnx_calls import attribute_of, calls_of
from spinn_engine.imported.programs.formats.onnx_maker import Maker
from spinn_engine.words import counted, shown, shown_list

LARGEST_MODEL = 2**28
DAMAGED = "it is no whole ONNX model: it is cut off or damaged, copy it again"
DOMAINS = {"": "", "ai.onnx": "", "ai.onnx.ml": "ai.onnx.ml."}
EXTERNAL = 1  # TensorProto.DataLocation
# TensorProto.DataType of the numbers that can stand beside a model
OUTSIDE = {1: "<f4", 11: "<f8", 10: "<f2", 7: "<i8", 6: "<i4"}


def check_size(size: int) -> None:
    """Refuse a model that is too large to be parsed.

    Raises:
        BadInputError: it is.
    """
    if size > LARGEST_MODEL:
        raise BadInputError(
            f"it has {size:,} bytes, more than the {LARGEST_MODEL:,} that are read of an ONNX model"
        )


def read_program(content: bytes, path: Path) -> Program:
    """The program of an ONNX model.

    Args:
        content: its bytes.
        path: of its file, beside which its numbers may stand.

    Raises:
        BadInputError: it takes something else than rows, or has an unknown operation.
        CorruptArtifactError: it is damaged.
    """
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.ModelProto.FromString(content)
    except (DecodeError, ValueError, RecursionError):
        raise CorruptArtifactError(DAMAGED) from None
    try:
        return _program(model, path)
    except (TypeError, AttributeError, IndexError, KeyError, ValueError, OverflowError):
        raise CorruptArtifactError(DAMAGED) from None


def _program(model: Any, path: Path) -> Program:
    graph = model.graph
    if len(graph.node) > MOST_CALLS or len(graph.initializer) > MOST_CALLS:
        raise BadInputError(
            f"it has {counted(len(graph.node), 'operation')}, more than the {MOST_CALLS:,} that "
            "are read"
        )
    if len(graph.node) == 0:
        raise CorruptArtifactError(DAMAGED)
    if model.functions:
        raise BadInputError(
            f"it has functions of its own ({shown_list(f.name for f in model.functions)}): export "
            "it with its functions inlined"
        )
    constants = {
        one.name: Constant(_array(one, path), one.name, None if _is_weight(one) else False)
        for one in graph.initializer
    }
    taken = [Taken(one.name, _shape(one)) for one in graph.input if one.name not in constants]
    calls = _all_calls(model, constants, path)
    outputs = tuple(one.name for one in graph.output)
    return Program(tuple(calls), tuple(taken), outputs, constants)


def _is_weight(tensor: Any) -> bool:
    return tensor.data_type in (1, 10, 11, 16) and math.prod(tensor.dims) > 1


def _shape(one: Any) -> tuple[int | None, ...]:
    dims = one.type.tensor_type.shape.dim
    return tuple(int(d.dim_value) if d.HasField("dim_value") else None for d in dims)


def _all_calls(model: Any, constants: dict[str, Constant], path: Path) -> list[Call]:
    version = max((o.version for o in model.opset_import if o.domain in DOMAINS), default=1)
    found: list[Call] = []
    for node in model.graph.node:
        where = place(f"{node.domain}.{node.op_type}".lstrip("."), node.name or node.output[0])
        if node.domain not in DOMAINS:
            raise BadInputError(f"it has the operation {where}, which no network here can have")
        inputs = [Ref(name) if name else None for name in node.input]
        attributes = {one.name: _attribute(one, where, path) for one in node.attribute}
        op, outputs = DOMAINS[node.domain] + node.op_type, tuple(node.output)
        made = Maker(inputs, attributes, outputs, where, (constants, version))
        found += calls_of(op, made)
        last = found[-1]
        if last.op == "same" and isinstance(last.args[0], Constant):
            constants.setdefault(outputs[0], last.args[0])
    return found


def _attribute(one: Any, where: str, path: Path) -> Any:
    import onnx

    if one.type == onnx.AttributeProto.TENSOR:
        return _array(one.t, path)
    return attribute_of(one.name, onnx.helper.get_attribute_value(one), where)


def _array(tensor: Any, path: Path) -> Array:
    import onnx

    name, sizes = tensor.name, [int(size) for size in tensor.dims]
    if len(sizes) > 8 or min(sizes, default=0) < 0 or math.prod(sizes) > LARGEST_MODEL:
        raise BadInputError(f"{shown(name)} claims the shape {sizes[:8]}")
    if tensor.data_location == EXTERNAL:
        return _outside(tensor, sizes, path)
    try:
        array = onnx.numpy_helper.to_array(tensor)
        array = array.astype(np.float32) if array.dtype.name == "bfloat16" else array
    except (ValueError, TypeError, KeyError):
        raise CorruptArtifactError(
            f"{shown(name)} claims the shape {sizes} and has other numbers"
        ) from None
    if array.dtype.kind not in "fiub":
        raise BadInputError(f"{shown(name)} holds {array.dtype.name}: it must hold numbers")
    return array


def _outside(tensor: Any, sizes: list[int], path: Path) -> Array:
    """Numbers in the file beside the model."""
    about = {one.key: one.value for one in tensor.external_data}
    beside, named = path.with_name(f"{path.name}.data"), about.get("location", "")
    if named != beside.name:
        raise BadInputError(
            f"its numbers are in another file, {shown(named)}: only {shown(beside.name)} beside it "
            "is read, so export it again with external_data=False"
        )
    if beside.is_symlink() or not beside.is_file():
        raise BadInputError(
            f"its numbers are in {shown(beside.name)}, which is not beside it: put it there, or "
            "export it again with external_data=False"
        )
    kind = OUTSIDE.get(tensor.data_type)
    if kind is None:
        raise BadInputError(f"{shown(tensor.name)} is no tensor of float32: save it as one")
    offset, size = int(about.get("offset", "0")), math.prod(sizes) * np.dtype(kind).itemsize
    if offset < 0 or int(about.get("length", size)) != size:
        raise CorruptArtifactError(f"{shown(tensor.name)} claims the shape {sizes} of other bytes")
    with beside.open("rb") as file:
        file.seek(offset)
        raw = file.read(size)
    if len(raw) != size:
        raise CorruptArtifactError(f"{shown(beside.name)} is cut off, copy it again")
    return np.frombuffer(raw, kind).reshape(sizes)
