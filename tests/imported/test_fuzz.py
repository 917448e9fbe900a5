"""Mutated files: nothing but a network or one sentence comes out.

``python -m tests.imported.test_fuzz SECONDS`` goes on for longer.
"""

from __future__ import annotations

import io
import json
import struct
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.nn.utils import prune

from spinn_engine.errors import BadInputError
from spinn_engine.export import writers
from spinn_engine.export.folding import fold
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import read_network
from spinn_engine.imported.files.pickle_machine import STEPS
from tests.export.kinds import GRAPHS, raw_network_of
from tests.imported.programs import matlab
from tests.imported.programs.hostile import program
from tests.imported.structures import kinds_of_torch
from tests.imported.support import Part, Pinn, mlp, pickled, small, tensor, torch_zip, zip_of
from tests.imported.test_stored_networks import safetensors_bytes
from tests.peers.table import FILES


def own_export() -> bytes:
    """A network between fixed ends, as an export of this project writes it."""
    network = fold(raw_network_of(GRAPHS["mlp_between_all"]), torch.float32)
    graph = network.graph
    columns = [
        [{"name": f"{end}{at}", "unit": None} for at in range(n)]
        for end, n in (("x", graph.inputs), ("y", graph.outputs))
    ]
    about = {"inputs": json.dumps(columns[0]), "outputs": json.dumps(columns[1])}
    about |= {"format": "spinn-export-1", "dtype": "float32", "graph": graph.model_dump_json()}
    return writers.safetensors_bytes(network, about)


def seeds() -> dict[str, bytes]:
    """Files that are read, each of another kind."""
    torch.manual_seed(0)
    pruned = mlp((3, 4, 4, 2))
    prune.l1_unstructured(pruned[2], "weight", amount=0.5)  # type: ignore[no-untyped-call]
    optimizer = torch.optim.Adam(pruned.parameters())
    values = {
        "state_dict": mlp((3, 4, 2)).state_dict(),
        "module": Pinn((3, 4, 4, 2)),
        "nested": {
            "model": pruned.state_dict(),
            "optimizer": optimizer.state_dict(),
            "act": "tanh",
        },
        "half": mlp((3, 4, 2)).half().state_dict(),
    }
    files = {}
    for name, value in values.items():
        buffer = io.BytesIO()
        torch.save(value, buffer)
        files[name] = buffer.getvalue()
    for name in ("state_dict", "module"):
        buffer = io.BytesIO()
        torch.save(values[name], buffer, _use_new_zipfile_serialization=False)
        files[f"legacy {name}"] = buffer.getvalue()
    for kind in ("residual", "fourier", "batchnorm"):
        buffer = io.BytesIO()
        torch.save(kinds_of_torch.SEEDS[kind]().state_dict(), buffer)
        files[kind] = buffer.getvalue()
    inside = io.BytesIO()
    torch.save(mlp((3, 4, 2)).state_dict(), inside)
    made = b'{"__name__": "FullyConnected", "__args__": {"activation_fn": "tanh"}}'
    files["mdlus"] = zip_of([Part("model.pt", inside.getvalue()), Part("args.json", made)])
    files["safetensors"] = safetensors_bytes(mlp((3, 4, 2)).state_dict(), activation="tanh")
    files["own export"] = own_export()
    files["pt2"] = program()
    files["onnx"] = (FILES / "flax_residual.onnx").read_bytes()
    layers = [(np.ones((4, 3)), np.ones(4)), (np.ones((2, 4)), np.ones(2))]
    files["onnx of MATLAB"] = matlab.chain(matlab.R2022B, layers, "Tanh", np.ones(3), np.ones(3))
    return files


SEEDS = seeds()
BARE = (  # no zip files
    "safetensors", "own export", "onnx", "onnx of MATLAB", "legacy state_dict", "legacy module",
)  # fmt: skip


def outcome(path: Path, content: bytes) -> str:
    """``network``, or the sentence; whatever else is raised is a fault."""
    path.write_bytes(content)
    try:
        network = read_network(path)
    except BadInputError as error:
        return str(error).removeprefix(f"{path}: ")
    assert all(np.isfinite(weight).all() for weight in network.weights)
    for _, graph, arrays in (("", network.graph, network.arrays), *network.variants):
        found = outputs_of(graph, arrays, np.ones((2, graph.inputs), np.float32))
        assert found.shape == (2, graph.outputs)
    assert 0 <= network.nonzero <= network.params
    return "network"


def entries_are_whole(content: bytes) -> bool:
    """Whether Python's own reader of zip files finds every checksum right."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return file.testzip() is None


mutations = st.lists(
    st.tuples(st.integers(0, 2**20), st.integers(0, 255), st.sampled_from(("set", "cut", "twice"))),
    min_size=1,
    max_size=6,
)


def mutated(content: bytes, changes: list[tuple[int, int, str]]) -> bytes:
    """Bytes set to others, cut out, or repeated."""
    for place, value, how in changes:
        at = place % max(len(content), 1)
        if how == "set":
            content = content[:at] + bytes([value]) + content[at + 1 :]
        elif how == "cut":
            content = content[:at] + content[at + value :]
        else:
            content = content[: at + value] + content[at:]
    return content


def with_pickle(content: bytes, changes: list[tuple[int, int, str]]) -> bytes:
    """A zip file whose pickle or JSON alone is mutated, with checksums that are right."""
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        parts = [Part(name, file.read(name)) for name in file.namelist()]
    for part in parts:
        if part.name.endswith(("data.pkl", "args.json", "model.json", "weights_config.json")):
            part.data = mutated(part.data, changes)
    return zip_of(parts)


quick = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("name", SEEDS)
@quick
@given(changes=mutations)
def test_any_bytes_changed(tmp_path: Path, name: str, changes: list[tuple[int, int, str]]) -> None:
    content = mutated(SEEDS[name], changes)
    if outcome(tmp_path / "a", content) == "network" and name not in BARE:
        assert entries_are_whole(content)


@pytest.mark.parametrize("name", [name for name in SEEDS if name not in BARE])
@quick
@given(changes=mutations)
def test_the_pickle_changed(tmp_path: Path, name: str, changes: list[tuple[int, int, str]]) -> None:
    outcome(tmp_path / "a", with_pickle(SEEDS[name], changes))


@pytest.mark.parametrize("name", ["safetensors", "own export"])
@quick
@given(changes=mutations)
def test_the_header_of_safetensors_changed(
    tmp_path: Path, name: str, changes: list[tuple[int, int, str]]
) -> None:
    content = SEEDS[name]
    (length,) = struct.unpack("<Q", content[:8])
    header = mutated(content[8 : 8 + length], changes)
    outcome(tmp_path / "a", struct.pack("<Q", len(header)) + header + content[8 + length :])


operands = st.binary(max_size=6)
programs = st.lists(st.tuples(st.sampled_from(sorted(STEPS)), operands), max_size=40)


@quick
@given(program=programs)
def test_any_instructions(tmp_path: Path, program: list[tuple[bytes, bytes]]) -> None:
    body = b"".join(code + operand for code, operand in program)
    assert outcome(tmp_path / "a", torch_zip(b"\x80\x02" + body + b".")) != "network"


steps = st.sampled_from(
    ("0", "1", "2", "3", "net", "layers", "blocks", "fc1", "fc2", "norm", "u", "v", "branch",
     "trunk", "head", "skip", "act", "inmap", "outmap", "first", "last", "a b", "inputs")
)  # fmt: skip
ends = st.sampled_from(
    ("weight", "weight", "weight", "bias", "kernel", "g", "v", "s", "weight_g", "weight_v", "a",
     "alpha", "beta", "gamma", "scale", "running_mean", "running_var", "lb", "ub", "mean", "std",
     "B", "b", "x_mean", "x_std", "weight_mask")
)  # fmt: skip
names = st.builds(lambda path, end: ".".join((*path, end)), st.lists(steps, max_size=3), ends)
shapes = st.lists(st.integers(0, 4), max_size=2).map(tuple)
square = st.sampled_from(((4, 3), (4, 4), (4, 4), (2, 4), (4,), (4,), (3,), (1,), ()))


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.dictionaries(names, square | shapes, max_size=9), seed=st.integers(0, 3))
def test_any_names_and_shapes(tmp_path: Path, found: dict[str, tuple[int, ...]], seed: int) -> None:
    tensors = {name: tensor(str(key), shape) for key, (name, shape) in enumerate(found.items())}
    numbers = [np.random.default_rng(seed).normal(size=shape) for shape in found.values()]
    data = {str(key): one.astype("<f4").tobytes() for key, one in enumerate(numbers)}
    outcome(tmp_path / "a", torch_zip(pickled(tensors), data))


def test_every_cut_is_refused(tmp_path: Path) -> None:
    for name, content in {**SEEDS, "by hand": small()}.items():
        for length in range(0, len(content), 37):
            assert outcome(tmp_path / "a", content[:length]) != "network", (name, length)


def fuzz(seconds: float) -> None:
    """Mutate for a while, and print how often each sentence came out."""
    random, counted = np.random.default_rng(int(time.time())), Counter[str]()
    names, end = list(SEEDS), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < end:
            name = names[random.integers(len(names))]
            changes = [
                (int(random.integers(2**20)), int(random.integers(256)), str(random.choice(HOWS)))
                for _ in range(random.integers(1, 8))
            ]
            inside = name not in BARE and random.random() < 0.7
            content = (with_pickle if inside else mutated)(SEEDS[name], changes)
            said = outcome(Path(folder) / "a", content)
            counted[" ".join(said.split()[:5])] += 1
    sys.stdout.write(f"{sum(counted.values()):,} files: {counted.most_common(25)}\n")


HOWS = ("set", "set", "set", "cut", "twice")

if __name__ == "__main__":
    fuzz(float(sys.argv[1]))
