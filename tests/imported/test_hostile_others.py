"""Hostile files of other tools than torch: one sentence, nothing is followed or run."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import msgpack
import numpy as np
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.imported import read_network
from tests.imported import keras_files as kf
from tests.imported.test_fuzz_others import SEEDS, zipped


def refusal(path: Path, content: bytes) -> str:
    file = path / "a"
    file.write_bytes(content)
    with pytest.raises(BadInputError) as caught:
        read_network(file)
    said = str(caught.value)
    assert said.isprintable()
    assert len(said) < len(str(file)) + 400
    return said


def model_h5(path: Path, changed: Callable[[h5py.File], None]) -> bytes:
    """An ``.h5`` model of 3 inputs and 5 hidden neurons, changed by its caller."""
    layers = [kf.given(3)]
    for name, weight in (("a", np.ones((3, 5), "f4")), ("b", np.ones((5, 1), "f4"))):
        variables = [weight, np.ones(weight.shape[1], "f4")]
        config = {"units": weight.shape[1], "activation": "tanh", "use_bias": True}
        layers.append(kf.layer("Dense", name, variables, **config))
    file = path / "model.h5"
    file.write_bytes(kf.h5_bytes(kf.sequential(layers), layers))
    with h5py.File(file, "r+") as opened:
        changed(opened)
    return file.read_bytes()


KERNEL = "model_weights/a/a/kernel:0"


def _external_link(file: h5py.File) -> None:
    del file[KERNEL]
    file[KERNEL] = h5py.ExternalLink("/etc/passwd", "/secret")


def _soft_link(file: h5py.File) -> None:
    del file[KERNEL]
    file[KERNEL] = h5py.SoftLink("/model_weights/b/b/kernel:0")


def _virtual(file: h5py.File) -> None:
    del file[KERNEL]
    layout = h5py.VirtualLayout((3, 5), "f4")
    layout[:] = h5py.VirtualSource("/etc/hosts", "x", (3, 5))
    file.create_virtual_dataset(KERNEL, layout)


def _external_data(file: h5py.File) -> None:
    del file[KERNEL]
    file.create_dataset(KERNEL, (3, 5), "f4", external=[("/etc/passwd", 0, 60)])


def _bomb(file: h5py.File) -> None:
    del file[KERNEL]
    file.create_dataset(KERNEL, (2**20, 2**20), "f4", chunks=(1024, 1024), compression="gzip")


def _texts(file: h5py.File) -> None:
    del file[KERNEL]
    file[KERNEL] = ["a", "b"]


def _group(file: h5py.File) -> None:
    del file[KERNEL]
    file.create_group(KERNEL)


def _climbs(file: h5py.File) -> None:
    file["model_weights/a"].attrs["weight_names"] = ["../b/b/kernel:0", "a/bias:0"]


def _no_config(file: h5py.File) -> None:
    file.attrs["model_config"] = "{}"


def _number(file: h5py.File) -> None:
    file.attrs["model_config"] = 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_external_link, "is reached by a link"),
        (_soft_link, "is reached by a link"),
        (_virtual, "shows numbers of another place"),
        (_external_data, "shows numbers of another place"),
        (_bomb, "more than the 536,870,912 bytes that are read"),
        (_texts, "holds no numbers"),
        (_group, "is not there or twice"),
        (_climbs, "is not there or twice"),
        (_no_config, "a model of the class None"),
        (_number, "model_config is no text"),
    ],
)
def test_hdf5_that_leads_elsewhere_or_is_too_large(
    tmp_path: Path, change: Callable[[h5py.File], None], words: str
) -> None:
    assert words in refusal(tmp_path, model_h5(tmp_path, change))


def test_tables_and_other_hdf5_are_told(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file["force"] = np.arange(5.0)
    assert "an HDF5 file that Keras did not write" in refusal(tmp_path, buffer.getvalue())


def test_a_zip_that_unpacks_to_too_much(tmp_path: Path) -> None:
    content = zipped({"schema.json": b" " * (2**29 + 1)}, zipfile.ZIP_DEFLATED)
    assert len(content) < 2**20
    assert "unpack to more than" in refusal(tmp_path, content)
    content = zipped({"schema.json": b" " * (2**24 + 1)}, zipfile.ZIP_DEFLATED)
    assert "more than the 16,777,216 that are read" in refusal(tmp_path, content)


def skops(change: Callable[[dict[str, Any]], None], **entries: bytes) -> bytes:
    """scikit-learn's own file of a plain network, with another tree."""
    with zipfile.ZipFile(io.BytesIO(SEEDS["sklearn.skops"])) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    tree = json.loads(parts["schema.json"])
    change(tree)
    return zipped({**parts, "schema.json": json.dumps(tree).encode(), **entries})


def attributes(tree: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = tree["content"]["content"]
    return found


def _function(tree: dict[str, Any]) -> None:
    system = {"__class__": "system", "__module__": "os", "__loader__": "FunctionNode"}
    attributes(tree)["activation"] = system


def _another_class(tree: dict[str, Any]) -> None:
    tree["__module__"] = "physics"


def _outside(tree: dict[str, Any]) -> None:
    attributes(tree)["coefs_"]["content"][0]["file"] = "../../etc/passwd"


def _pickled(tree: dict[str, Any]) -> None:
    attributes(tree)["coefs_"]["content"][0]["file"] = "evil.npy"


def _deep(tree: dict[str, Any]) -> None:
    node: Any = {"__loader__": "ListNode", "content": []}
    for _ in range(90):
        node = {"__loader__": "ListNode", "content": [node]}
    attributes(tree)["activation"] = node


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_function, "its activation is os.system, which is code and never run"),
        (_another_class, "a model of the class physics.MLPRegressor"),
        (_outside, "its entry ../../etc/passwd is missing"),
        (_pickled, "holds no numbers"),
        (_deep, "not as skops writes it"),
    ],
)
def test_skops_that_names_code(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], words: str
) -> None:
    evil = io.BytesIO()
    np.save(evil, np.array([len], dtype=object), allow_pickle=True)
    assert pickle.loads(evil.getvalue()[128:]).tolist() == [len]
    assert words in refusal(tmp_path, skops(change, **{"evil.npy": evil.getvalue()}))


def _array(shape: list[int], dtype: str, data: bytes, code: int = 1) -> msgpack.ExtType:
    return msgpack.ExtType(code, msgpack.packb([shape, dtype, data]))


def _nested(depth: int) -> Any:
    value: Any = {"kernel": _array([1, 1], "float32", bytes(4))}
    for _ in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (
            {"kernel": _array([2**40, 3], "float32", bytes(4))},
            "the shape [1099511627776, 3]",
        ),
        ({"kernel": _array([-1, 3], "float32", bytes(4))}, "cut off or damaged"),
        ({"kernel": _array([1], "object", bytes(8))}, "numbers of an unknown kind, object"),
        ({"kernel": _array([1], "float32", bytes(4), code=7)}, "kernel is no array"),
        ({"a": {"__msgpack_chunked_array__": True}}, "an array in pieces"),
        (_nested(50), "deeper than 32 levels"),
        ({"a": 1}, "msgpack without a kernel"),
    ],
)
def test_msgpack_that_claims_what_is_not_there(tmp_path: Path, value: Any, words: str) -> None:
    assert words in refusal(tmp_path, msgpack.packb(value))


def leaves(*arrays: np.ndarray, head: bytes = b"") -> bytes:
    buffer = io.BytesIO(head)
    buffer.seek(len(head))
    for array in arrays:
        np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


W, B = np.ones((4, 3), "f4"), np.ones(4, "f4")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (leaves(W, np.array([len], dtype=object)), "leaf 2 holds no numbers"),
        (leaves(W)[:-7] + leaves(B), "leaf 2 is cut off or damaged"),
        (leaves(W, B).replace(b"(4, 3)", b"(9, 9)"), "is cut off or damaged"),
        (leaves(W, B, B), "may be a bias and part of a norm, or a norm without the layer's bias"),
        (leaves(B, W), "which is no weight [out, in]"),
        (leaves(W, B.astype(int)), "filter the network by eqx.is_inexact_array"),
        (leaves(W, B, head=b"{'a': 1}\n"), "its first line is no JSON"),
        (b'{"a": 1}\n' + b"x" * 100, "JSON or other text"),
    ],
)
def test_leaves_that_are_no_layers(tmp_path: Path, content: bytes, words: str) -> None:
    assert words in refusal(tmp_path, content)
