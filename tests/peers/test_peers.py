"""Every peer's file is there, beside what the peer says of it; those that are read today agree."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.ops import Function
from spinn_engine.imported import read_network
from tests.peers.record import ROWS
from tests.peers.scaling import scaled
from tests.peers.table import FILES, INPUTS, TABLE, TARGETS, rows, write_table

END = ".expected.json"
PEERS = sorted(path.name.removesuffix(END) for path in FILES.glob(f"*{END}"))
PROGRAMS = [name for name in PEERS if name.endswith(".pt2")]
TORCH = (".pt", ".pth", ".ckpt", ".mdlus", ".safetensors")
REFUSED = {
    "pina_pirate.ckpt": "a PirateNet, .* (a matrix of Fourier features) is not in the file",
    "torch_script.pt": "a TorchScript program",
}
UNSEEN = {  # what these compute beside their layers leaves no tensor: another part looks for it
    "deepxde_features.pt": [12, 16, 16, 2],
    "deepxde_hard.pt": [4, 16, 16, 2],
    "torch_sigmoid.pt": [4, 16, 16, 2],
    "torch_skips.pt": [4, 16, 16, 16, 2],
    "torch_softplus.pt": [4, 16, 16, 2],
}
READ = [name for name in PEERS if name.endswith(TORCH) and name not in {*REFUSED, *UNSEEN}]
COMPUTE = ("physicsnemo", "torch_whole", "torch_legacy_whole")  # the file tells what is computed
TOOLS = {
    "deepxde",
    "equinox",
    "flax",
    "jax2onnx",
    "keras",
    "neuromancer",
    "nvidia-physicsnemo",
    "orbax-checkpoint",
    "pina-mathlab",
    "pytorch-lightning",
    "safetensors",
    "skl2onnx",
    "skops",
    "skorch",
    "torch",
    "torch-pruning",
}


def expected(file: str) -> dict[str, Any]:
    """What the peer says of its file."""
    told: dict[str, Any] = json.loads((FILES / f"{file}{END}").read_text(encoding="utf-8"))
    return told


def test_nothing_lies_there_of_which_nothing_is_expected() -> None:
    there = {path.name for path in FILES.iterdir() if path.suffix != ".json"}
    assert there == {*PEERS, TABLE.name}
    tools = {next(iter(expected(file)["tool"])) for file in PEERS}
    assert tools == TOOLS


def test_the_table_is_the_one_that_the_script_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.peers.table.FILES", tmp_path)
    monkeypatch.setattr("tests.peers.table.TABLE", tmp_path / "table.csv")
    write_table()
    assert (tmp_path / "table.csv").read_bytes() == TABLE.read_bytes()


@pytest.mark.parametrize("file", PEERS)
def test_what_a_peer_says_is_whole(file: str) -> None:
    told = expected(file)
    assert told["file"] == file
    assert set(told) >= {"tool", "kind", "structure", "widths", "activation", "parameters"}
    assert 100 < (FILES / file).stat().st_size < 60_000
    x, y = rows()
    inputs, outputs = np.array(told["inputs"]), np.array(told["outputs"])
    assert inputs.shape == (ROWS, len(INPUTS))
    assert outputs.shape == (ROWS, len(told["targets"]))
    assert np.isfinite(inputs).all()
    assert np.isfinite(outputs).all()
    y = y[:, [TARGETS.index(name) for name in told["targets"]]]
    for key, values in (("input_scaling", x), ("target_scaling", y)):
        scale, again = told[key], scaled(told[key]["kind"], values)
        np.testing.assert_allclose(scale["offset"], again.offset)
        np.testing.assert_allclose(scale["divisor"], again.divisor)
        if values is x:
            np.testing.assert_allclose(inputs, again.do(x)[:ROWS], rtol=1e-5, atol=1e-6)
        else:  # the rows that are kept are predicted as well as R2 of all says
            off = again.undo(outputs) - y[:ROWS]
            allowed = 3 * np.sqrt(1 - np.array(told["r2"]["train"])) * y.std(axis=0)
            assert (np.sqrt((off**2).mean(axis=0)) < allowed).all()
    assert min(told["r2"]["test"]) > 0.9


def acting(graph: Graph, told: str) -> Graph:
    """The graph with what the peer says that it has between layers, in the place of every tanh."""
    found = re.search(r"sin|tanh|gelu", told) if " z" in told else None
    name, factor = found[0] if found else told, 30.0 if told == "sin(30 z)" else 1.0
    if name == "prelu":
        return graph
    ops = tuple(
        op.model_copy(update={"function": name, "factor": factor})
        if isinstance(op, Function) and op.function == "tanh"
        else op
        for op in graph.ops
    )
    return Graph(ops=ops, widths=graph.widths, prunable=graph.prunable)


@pytest.mark.parametrize("file", READ)
def test_what_is_read_computes_what_the_peer_predicts(file: str) -> None:
    told = expected(file)
    network = read_network(FILES / file)
    assert network.computes == file.startswith(COMPUTE)
    inputs, off = np.array(told["inputs"], np.float32), []
    for _, graph, arrays in (("", network.graph, network.arrays), *network.variants):
        if graph.inputs != inputs.shape[1]:
            continue
        seen = graph if network.activation else acting(graph, told["activation"])
        off.append(np.abs(outputs_of(seen, arrays, inputs) - told["outputs"]).max())
    assert min(off) < 1e-5 * max(1, np.abs(told["outputs"]).max())
    folded = network.params < told["parameters"]  # into the matrices
    assert folded == bool(re.search("norm|Norm|slope|factor|adaptive", told["structure"])) or (
        network.params == told["parameters"]
    )


@pytest.mark.parametrize("file", UNSEEN)
def test_what_leaves_no_tensor_is_said_to_be_undecided(file: str) -> None:
    network = read_network(FILES / file)
    assert [network.inputs, *network.hidden, network.outputs] == UNSEEN[file]
    assert not network.computes
    assert any("functions behind the outputs" in words for words in network.undecided)


@pytest.mark.parametrize("file", REFUSED)
def test_what_cannot_be_read_is_refused_for_its_reason(file: str) -> None:
    with pytest.raises(BadInputError) as caught:
        read_network(FILES / file)
    assert re.search(REFUSED[file].replace("(", r"\(").replace(")", r"\)"), str(caught.value))


@pytest.mark.parametrize("file", [name for name in PEERS if name.endswith(".onnx")])
def test_an_onnx_file_computes_what_the_network_before_its_export_did(file: str) -> None:
    told = expected(file)
    session = onnxruntime.InferenceSession(FILES / file)
    given = {session.get_inputs()[0].name: np.array(told["inputs"], dtype=np.float32)}
    outputs = np.array(told["outputs"])
    (made,) = session.run(None, given)
    np.testing.assert_allclose(made.reshape(outputs.shape), outputs, atol=1e-5)


@pytest.mark.filterwarnings("ignore:`torch.jit.load` is deprecated:DeprecationWarning")
@pytest.mark.parametrize("file", [*PROGRAMS, "torch_script.pt"])
def test_a_program_of_torch_computes_what_its_network_did(file: str) -> None:
    told, content = expected(file), io.BytesIO((FILES / file).read_bytes())
    if file in PROGRAMS:
        program: Any = torch.export.load(content).module()
    else:
        program = torch.jit.load(content)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        made = program(torch.tensor(told["inputs"]))
    np.testing.assert_allclose(made.numpy(), told["outputs"], atol=1e-5)
