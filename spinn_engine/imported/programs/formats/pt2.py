"""Programs that ``torch.export.save`` wrote: a zip of JSON and bytes, read without torch.

No pickle in it is opened: weights are raw bytes, and what is pickled beside them, such as the
example inputs, is left alone.
"""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO

import numpy as np

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.imported.files.zip_archive import Entry, check_sums, locate, read_list
from spinn_engine.imported.programs.calls import Array, Call, Constant, Program, Ref, Taken, place
from spinn_engine.imported.programs.formats.aten import calls_of
from spinn_engine.imported.programs.meaning.values import NUMBER_OF_ROWS
from spinn_engine.words import counted, shown

LARGEST_JSON = 2**25
MODEL = "models/model.json"
ATEN = "torch.ops.aten."
# torch/_export/serde/schema.py, ScalarType
DTYPES = {
    1: "u1", 2: "i1", 3: "i2", 4: "i4", 5: "i8", 6: "f2", 7: "f4", 8: "f8", 12: "?", 13: "bf16",
}  # fmt: skip
SKIPPED = ("_assert_tensor_metadata", "_assert_scalar", "sym_constrain_range", "_assert_async")
DAMAGED = "its program is damaged, or of a version of PyTorch that is not known here"


class Pt2:
    """An open file.

    Attributes:
        entries: where its parts stand, by name without the first folder.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        located = locate(file, read_list(file, size))
        check_sums(file, located)
        self.entries = {name.partition("/")[2]: one for name, one in located.items()}
        if "byteorder" in self.entries and self.read("byteorder", 16) != b"little":
            raise BadInputError("its numbers are big-endian: save it on another machine")

    def read(self, name: str, most: int = LARGEST_JSON) -> bytes:
        """The bytes of a part.

        Raises:
            BadInputError: there are too many.
            CorruptArtifactError: there is no such part.
        """
        entry: Entry | None = self.entries.get(name)
        if entry is None:
            raise CorruptArtifactError(f"its part {shown(name)} is not in the file")
        if entry.size > most:
            raise BadInputError(
                f"its part {shown(name)} has {entry.size:,} bytes, more than the {most:,} that are "
                "read"
            )
        self._file.seek(entry.start)
        return self._file.read(entry.size)

    def json(self, name: str) -> Any:
        """A part as plain data."""
        try:
            return json.loads(self.read(name).decode("utf-8"))
        except (ValueError, RecursionError):
            raise CorruptArtifactError(DAMAGED) from None


def read_program(file: BinaryIO, size: int) -> Program:
    """The program of a ``.pt2`` file.

    Raises:
        BadInputError: it takes something else than rows, or has an unknown operation.
        CorruptArtifactError: it is damaged.
    """
    opened = Pt2(file, size)
    models = [name for name in opened.entries if name.startswith("models/")]
    if models != [MODEL]:
        raise BadInputError(f"it holds {counted(len(models), 'program')}: save one, called model")
    try:
        return _program(opened, opened.json(MODEL))
    except (KeyError, TypeError, AttributeError, IndexError, ValueError, OverflowError):
        raise CorruptArtifactError(DAMAGED) from None


def _program(opened: Pt2, model: Any) -> Program:
    graph, signature = model["graph_module"]["graph"], model["graph_module"]["signature"]
    constants: dict[str, Constant] = {}
    configs: dict[str, Any] = {}
    taken: list[str] = []
    for spec in signature["input_specs"]:
        ((kind, about),) = spec.items()
        if kind == "user_input":
            taken.append(about["arg"].get("as_tensor", {}).get("name", ""))
        elif kind in ("parameter", "buffer", "tensor_constant"):
            name = about[f"{kind}_name"]
            folder = "constants" if kind == "tensor_constant" else "weights"
            if folder not in configs:
                configs[folder] = opened.json(f"data/{folder}/model_{folder}_config.json")
            array = _stored(opened, name, f"data/{folder}", configs[folder]["config"][name])
            constants[about["arg"]["name"]] = Constant(array, name, kind == "parameter")
        else:
            raise BadInputError(f"its program takes {shown(kind)}, which no network here can")
    if not all(taken):
        raise BadInputError("it takes something else than tensors: a network here takes rows")
    outputs = []
    for spec in signature["output_specs"]:
        ((kind, about),) = spec.items()
        if kind != "user_output":
            raise BadInputError("it changes its own buffers: save it after model.eval()")
        outputs.append(str(about["arg"]["as_tensor"]["name"]))
    calls = [call for node in graph["nodes"] for call in _calls(node)]
    sizes = {name: graph["tensor_values"][name]["sizes"] for name in taken}
    inputs = [Taken(name, tuple(one.get("as_int") for one in sizes[name])) for name in taken]
    return Program(tuple(calls), tuple(inputs), tuple(outputs), constants)


def _stored(opened: Pt2, name: str, folder: str, about: Any) -> Array:
    """A tensor of the file."""
    meta = about["tensor_meta"]
    kind = DTYPES.get(meta["dtype"])
    if kind is None or about["use_pickle"] or meta["layout"] != 7:
        raise BadInputError(f"{shown(name)} is no plain tensor of numbers: save it as float32")
    sizes, strides = (tuple(int(o["as_int"]) for o in meta[k]) for k in ("sizes", "strides"))
    offset = int(meta["storage_offset"]["as_int"])
    raw = opened.read(f"{folder}/{about['path_name']}", 2**31)
    flat = _numbers(raw, kind, name)
    extent = 1 + sum((n - 1) * s for n, s in zip(sizes, strides, strict=True))
    if min((*sizes, *strides, offset, 0)) < 0 or math.prod(sizes) > len(flat):
        raise CorruptArtifactError(f"{shown(name)} claims more numbers than there are")
    if 0 not in sizes and offset + extent > len(flat):
        raise CorruptArtifactError(f"{shown(name)} claims more numbers than there are")
    steps = [step * flat.itemsize for step in strides]
    return np.lib.stride_tricks.as_strided(flat[offset:], sizes, steps, writeable=False).copy()


def _numbers(raw: bytes, kind: str, name: str) -> Array:
    width = 2 if kind == "bf16" else np.dtype(kind).itemsize
    if len(raw) % width:
        raise CorruptArtifactError(f"{shown(name)} is cut off")
    if kind == "bf16":
        return (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
    return np.frombuffer(raw, kind if kind == "?" else f"<{kind}")


def _calls(node: Any) -> list[Call]:
    target = str(node["target"])
    outputs = tuple(name for one in node["outputs"] for name in _outputs(one))
    where = place(target.removeprefix("torch.ops."), outputs[0] if outputs else "")
    op = target.removeprefix(ATEN).partition(".")[0]
    if op in SKIPPED or not outputs:
        return []
    if not target.startswith(ATEN):
        raise BadInputError(f"it has the operation {where}, which no network here can have")
    args = {one["name"]: _argument(one["arg"]) for one in node["inputs"]}
    if op == "full_like":
        args.setdefault("fill_value", 0.0)
    return calls_of(op, args, outputs, where)


def _outputs(one: Any) -> list[str]:
    ((kind, about),) = one.items()
    if kind == "as_tensors":
        return [str(part["name"]) for part in about]
    if kind == "as_sym_int":
        return [str(about["as_name"])]
    return [str(about["name"])] if isinstance(about, dict) else [""]


def _argument(arg: Any) -> Any:
    ((kind, about),) = arg.items()
    if kind == "as_tensor":
        return Ref(str(about["name"]))
    if kind == "as_tensors":
        return [Ref(str(one["name"])) for one in about]
    if kind in ("as_sym_int", "as_sym_float"):
        return _symbol(about)
    if kind == "as_sym_ints":
        return [_symbol(one) for one in about]
    if kind == "as_none":
        return None
    return about


def _symbol(about: Any) -> Any:
    """A size: a number, or that of the rows, as only rows may be of any number."""
    if "as_name" in about:
        return NUMBER_OF_ROWS
    return about.get("as_int", about.get("as_float"))
