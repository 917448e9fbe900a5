"""Programs that are broken or mean harm, by name: their bytes, and what is said of them."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from tests.imported.hostile_pickles import Files
from tests.imported.support import Part, zip_of

ROWS = ("rows", 4)


def model(
    nodes: list[onnx.NodeProto],
    arrays: dict[str, Any] | None = None,
    taken: dict[str, tuple[Any, ...]] | None = None,
) -> onnx.ModelProto:
    """A model from ``x`` to ``y``."""
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
        for name, shape in ({"x": ROWS} if taken is None else taken).items()
    ]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", None])
    tensors = [numpy_helper.from_array(np.asarray(v), k) for k, v in (arrays or {}).items()]
    graph = helper.make_graph(nodes, "g", inputs, [output], tensors)
    opset = helper.make_opsetid("", 20)
    return helper.make_model(graph, opset_imports=[opset], producer_name="test")


def node(op: str, taken: list[str], made: str = "y", **told: Any) -> onnx.NodeProto:
    return helper.make_node(op, taken, [made], name=f"{op}_{made}", **told)


WEIGHT = {"w": np.ones((4, 2), np.float32)}


def onnx_files() -> Files:
    for name, made, words in (
        ("a circle", model([node("Tanh", ["z"]), node("Tanh", ["y"], "z")]), "in no circle"),
        ("unknown", model([node("Hardmax", ["x"])]), "Hardmax (Hardmax_y)"),
        ("another domain", model([node("Evil", ["x"], domain="com.evil")]), "com.evil.Evil"),
        ("no input", model([node("MatMul", ["w", "w"])], {"w": np.ones((2, 2))}, {}), "0 inputs"),
        ("two inputs", model([node("Add", ["x", "z"])], taken={"x": ROWS, "z": (3, 4)}),
         "other numbers of rows"),
        ("an image too", model([node("MatMul", ["x", "w"])], WEIGHT,
                               {"x": ROWS, "z": ("rows", 3, 4)}), "[rows, inputs]"),
        ("wide inputs", model([node("MatMul", ["x", "w"])], WEIGHT,
                              {f"x{at}": ("rows", 2**16) for at in range(99)}), "inputs"),
        ("three axes", model([node("Tanh", ["x"])], taken={"x": ("rows", 3, 4)}), "[rows, inputs]"),
        ("no layer", model([node("Tanh", ["x"])]), "no layer that learns"),
        ("nothing", model([node("Identity", ["x"])]), "no network in it"),
        ("no operation", model([]), "no whole ONNX model"),
        ("a wrong shape", model([node("MatMul", ["x", "w"])], {"w": np.ones((3, 2))}), "shape"),
        ("infinite", model([node("MatMul", ["x", "w"])], {"w": np.full((4, 2), np.inf)}), "NaN"),
        ("text", model([node("MatMul", ["x", "w"])], {"w": np.full((4, 2), "a")}), "numbers"),
        ("rows mixed", model([node("ReduceMean", ["x"], axes=[0])]), "over rows"),
        ("a huge array", model([node("MatMul", ["w", "v"]), node("Add", ["x", "y"], "z")], {
            "w": np.ones((2**15, 1)), "v": np.ones((1, 2**15))}), "too many to read"),
        ("doubled", model([*(node("Concat", [f"w{i}"] * 2, f"w{i + 1}", axis=0)
                             for i in range(60)), node("MatMul", ["x", "w60"])],
                          {"w0": np.ones((4, 2))}), "too many to read"),
        ("columns doubled", model([*(node("Concat", [f"x{i}" if i else "x"] * 2, f"x{i + 1}",
                                           axis=1) for i in range(40))]), "columns"),
        ("sums doubled", model([*(node("Add", [f"x{i}" if i else "x"] * 2, f"x{i + 1}")
                                  for i in range(3000)),
                                node("Slice", ["x3000", "s", "e", "a"], "z"),
                                node("MatMul", ["z", "v"])],
                               {"s": np.array([0]), "e": np.array([2]), "a": np.array([1]),
                                "v": np.ones((2, 2), np.float32)}), "too deeply"),
        ("many", model([node("Tanh", ["x"])] * 9000), "9,000 operations"),
        ("a slope", model([node("MatMul", ["x", "w"], "h"),
                           node("Elu", ["h"], alpha=float("nan"))], WEIGHT), "finite"),
    ):  # fmt: skip
        yield f"ONNX: {name}", made.SerializeToString(), words
    for where in ("../../../etc/passwd", "/etc/passwd", "a.data", "b/../c"):
        yield f"ONNX: numbers in {where}", outside(where).SerializeToString(), "in another file"
    claim = model([node("MatMul", ["x", "w"])], WEIGHT)
    claim.graph.initializer[0].dims[:] = [2**40, 2**40]
    yield "ONNX: a claim", claim.SerializeToString(), "claims the shape"
    claim.graph.initializer[0].dims[:] = [4, 3]
    yield "ONNX: another claim", claim.SerializeToString(), "has other numbers"
    branch = model([node("Tanh", ["x"])])
    branch.graph.node[0].attribute.append(helper.make_attribute("then_branch", branch.graph))
    yield "ONNX: a graph inside", branch.SerializeToString(), "holds a program"
    yield "ONNX: cut off", claim.SerializeToString()[:-9], "no whole ONNX model"
    empty = b"\x08\x08\x12\x01a" + b"\x3a\x80\x80\x80\x02" + b"\x0a\x00" * 2**21
    yield "ONNX: two million operations", empty, "2,097,152 operations"


def outside(where: str) -> onnx.ModelProto:
    """A model whose numbers are said to be in another file."""
    made = model([node("MatMul", ["x", "w"])], WEIGHT)
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=where)
    return made


def program() -> bytes:
    """A ``.pt2`` file that is read."""
    buffer = io.BytesIO()
    module = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
    torch.export.save(torch.export.export(module, (torch.zeros(2, 3),)), buffer)
    return buffer.getvalue()


def changed(content: bytes, ending: str, change: Any) -> bytes:
    """A zip file in which one part is another."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = [Part(name, file.read(name)) for name in file.namelist()]
    for part in parts:
        if part.name.endswith(ending):
            part.data = change(part.data)
    return zip_of(parts)


def _with(path: list[Any], value: Any) -> Any:
    def change(data: bytes) -> bytes:
        whole = json.loads(data)
        place = whole
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value
        return json.dumps(whole).encode()

    return change


GRAPH = ["graph_module", "graph"]
META = ["config", "0.weight", "tensor_meta"]


def pt2_files() -> Files:
    whole = program()
    config = "weights_config.json"
    for name, ending, change, words in (
        ("no JSON", "model.json", lambda _: b"{", "damaged"),
        ("deep JSON", "model.json", lambda _: b"[" * 10**6, "damaged"),
        ("a list", "model.json", lambda _: b"[]", "damaged"),
        ("unknown", "model.json", _with([*GRAPH, "nodes", 0, "target"], "torch.ops.evil.run.x"),
         "evil.run"),
        ("a function", "model.json", _with([*GRAPH, "nodes", 0, "target"], "os.system"),
         "os.system"),
        ("an axis", "model.json", _with([*GRAPH, "nodes", 1], {
            "target": "torch.ops.aten.cat.default", "outputs": [{"as_tensor": {"name": "tanh"}}],
            "inputs": [{"name": "tensors", "arg": {"as_tensors": [{"name": "linear"}]}},
                       {"name": "dim", "arg": {"as_int": 10**30}}]}), "names axis"),
        ("a huge tensor", config, _with([*META, "sizes", 0, "as_int"], 10**30), "claims more"),
        ("huge steps", config, _with([*META, "strides", 0, "as_int"], 10**30), "claims more"),
        ("negative steps", config, _with([*META, "strides", 1, "as_int"], -1), "claims more"),
        ("an offset", config, _with([*META, "storage_offset", "as_int"], 2), "claims more"),
        ("another part", config, _with(["config", "0.weight", "path_name"], "../x"), "not in"),
        ("a pickle", config, _with(["config", "0.weight", "use_pickle"], True), "no plain tensor"),
    ):  # fmt: skip
        yield f".pt2: {name}", changed(whole, ending, change), words
    for length in (len(whole) // 3, len(whole) - 1):
        yield f".pt2: the first {length} bytes", whole[:length], ""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("a/models/model.json", bytes(2**26))
    yield ".pt2: a zip bomb", packed.getvalue(), "compressed"
