"""Every format of every kind of network in both precisions, read by others than who wrote it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import onnx
import pytest
import safetensors.torch
import torch

from spinn_engine.errors import SpinnError
from spinn_engine.export import fresh_process
from spinn_engine.export.comparison import Trial, outputs_in_a_fresh_process, outputs_of
from spinn_engine.export.folding import RawNetwork, fold
from spinn_engine.export.translated.torch_code import torch_code
from spinn_engine.export.writers import WRITERS
from spinn_engine.vocabulary import FORMATS
from tests.export.kinds import GRAPHS, raw_network_of
from tests.export.support import ABOUT, DTYPES, digests, network_of, raw_network, raw_rows

ROWS = np.random.default_rng(0).normal(size=(300, 3)) * 3.0
Case = tuple[str, str, str]
# A program takes a second to make: in double precision one will do.
CASES = [
    (f, g, d)
    for g in GRAPHS
    for d in DTYPES
    for f in FORMATS
    if f != "pt2" or d == "float32" or g == "residual"
]


@cache
def folded(graph: str, dtype: str) -> RawNetwork:
    return fold(raw_network_of(GRAPHS[graph]), DTYPES[dtype])


def trial(name: str, network: RawNetwork, dtype: str, number: int) -> Trial:
    file, how = f"file_{number}{FORMATS[name].suffix}", FORMATS[name]
    load = how.load.format(name=file, network=torch_code(network.graph))
    return Trial(file, WRITERS[name](network, ABOUT), load, how.run, dtype)


@pytest.fixture(scope="module")
def strangers() -> Mapping[Case, np.ndarray[Any, Any]]:
    """What one fresh process gets from all files."""
    trials = [
        trial(name, folded(graph, dtype), dtype, number)
        for number, (name, graph, dtype) in enumerate(CASES)
    ]
    return dict(zip(CASES, outputs_in_a_fresh_process(trials, ROWS), strict=True))


@pytest.mark.parametrize(("name", "graph", "dtype"), CASES)
def test_a_fresh_process_gets_what_the_network_gives(
    strangers: Mapping[Case, np.ndarray[Any, Any]], name: str, graph: str, dtype: str
) -> None:
    found, network = strangers[name, graph, dtype], folded(graph, dtype)
    expected = outputs_of(network.module, ROWS.astype(dtype))
    assert found.dtype == np.dtype(dtype)
    # ONNX Runtime has Gelu in float32 only
    exact = dtype == "float64" and (name, graph) != ("onnx", "gelu")
    tolerance = 1e-11 if exact else 1e-5
    assert (np.abs(found - expected) / expected.std(axis=0)).max() < tolerance


def test_what_needs_this_package_does_not_work_there() -> None:
    buffer = io.BytesIO()
    torch.save(raw_network(), buffer)
    how = FORMATS["module"]
    ours = Trial("a.pth", buffer.getvalue(), how.load.format(name="a.pth"), how.run, "float64")
    with pytest.raises(SpinnError, match=r"does not work in a fresh process: .*spinn_engine"):
        outputs_in_a_fresh_process([ours], np.zeros((3, 3)))


def test_an_onnx_file_says_what_it_is() -> None:
    network = network_of("tanh", "float32", bias=False)
    model = onnx.load_from_string(WRITERS["onnx"](network, ABOUT))
    assert {entry.key: entry.value for entry in model.metadata_props} == ABOUT
    (taken,), (given,) = model.graph.input, model.graph.output
    assert (taken.name, given.name) == ("inputs", "outputs")
    for value, width in ((taken, 3), (given, 2)):
        rows, columns = value.type.tensor_type.shape.dim
        assert (rows.dim_param, columns.dim_value) == ("rows", width)


def test_the_program_takes_any_number_of_rows() -> None:
    network = network_of("silu", "float32")
    extra = {"about.json": ""}
    content = io.BytesIO(WRITERS["pt2"](network, ABOUT))
    program = torch.export.load(content, extra_files=extra).module()
    assert json.loads(extra["about.json"]) == ABOUT
    for count in (1, 2, 77, 9000):
        x = torch.from_numpy(raw_rows(raw_network(), count).astype(np.float32))
        torch.testing.assert_close(program(x), network.module(x))


def test_safetensors_are_named_as_torch_names_them() -> None:
    network = network_of("tanh", "float32")
    content = WRITERS["safetensors"](network, ABOUT)
    weights = safetensors.torch.load(content)
    assert set(weights) == {f"{layer}.{part}" for layer in (0, 2, 4) for part in ("weight", "bias")}
    for name, tensor in network.module.state_dict().items():
        assert torch.equal(weights[name], tensor)
    length = int.from_bytes(content[:8], "little")
    assert length % 8 == 0
    assert json.loads(content[8 : 8 + length])["__metadata__"] == ABOUT


@pytest.mark.parametrize("layout", ["coo", "csr"])
def test_sparse_files_hold_no_zeros_and_open_safely(layout: str) -> None:
    network = network_of("tanh", "float32")
    content = io.BytesIO(WRITERS[layout](network, ABOUT))
    saved = torch.load(content, weights_only=True)
    assert {key: saved[key] for key in ABOUT} == ABOUT
    for name, tensor in network.module.state_dict().items():
        if tensor.dim() == 1:
            assert torch.equal(saved["state_dict"][name], tensor)
            continue
        weight = saved["state_dict"][name]
        assert weight.layout == {"coo": torch.sparse_coo, "csr": torch.sparse_csr}[layout]
        assert weight.values().numel() == tensor.count_nonzero()
        assert torch.equal(weight.to_dense(), tensor)


@pytest.mark.parametrize("layout", ["coo", "csr"])
def test_a_map_that_is_not_learned_stays_dense(layout: str) -> None:
    network = folded("fourier", "float32")
    saved = torch.load(io.BytesIO(WRITERS[layout](network, ABOUT)), weights_only=True)
    weights = saved["state_dict"]
    assert torch.equal(weights["map.weight"], network.module.state_dict()["map.weight"])
    assert all(weights[name].layout != torch.strided for name in network.matrices)
    assert [*network.matrices] == ["0.weight", "2.weight", "4.weight"]


def test_the_same_network_gives_the_same_bytes_in_another_process() -> None:
    code = "import json; from tests.export.support import digests; print(json.dumps(digests()))"
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert json.loads(done.stdout) == digests() == digests()


@pytest.mark.parametrize("count", [1, 2, 8193, 8194, 20_000])
def test_a_fresh_process_runs_every_row_once_and_never_none(count: int) -> None:
    rows = np.arange(count)
    file = {"load": "seen = []", "run": "seen.append(len(x)); assert seen[-1]; y = 2 * x"}
    assert fresh_process._outputs(file, rows).tolist() == (2 * rows).tolist()
