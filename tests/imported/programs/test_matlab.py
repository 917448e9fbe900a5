"""What MATLAB writes is read as ONNX Runtime computes it, or ONNX itself where that refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx.reference import ReferenceEvaluator

from spinn_engine.errors import BadInputError
from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import StoredNetwork, read_network
from tests.imported.programs.matlab import (
    R2018B,
    R2020A,
    R2021B,
    R2022B,
    Layer,
    Release,
    Writer,
    chain,
)
from tests.peers.table import FILES
from tests.peers.test_peers import expected

RELEASES = {"R2018b": R2018B, "R2020a": R2020A, "R2021b": R2021B, "R2022b": R2022B}
RNG = np.random.default_rng(4)
MEAN, STD = RNG.normal(size=5), 0.5 + RNG.uniform(size=5)


def layers_of(*widths: int) -> list[Layer]:
    pairs = zip(widths, widths[1:], strict=False)
    return [(RNG.normal(size=(out, into)), RNG.normal(size=out)) for into, out in pairs]


def read(content: bytes, folder: Path) -> StoredNetwork:
    path = folder / "network.onnx"
    path.write_bytes(content)
    return read_network(path)


def by_onnx(content: bytes, x: np.ndarray) -> np.ndarray:
    """Row by row, as some releases fix the number of rows."""
    model = onnx.load_from_string(content)
    session: Any
    shape: tuple[int, ...]
    if model.opset_import[0].version < 7:  # ONNX Runtime takes no image in a Gemm
        session, shape = ReferenceEvaluator(model), (1, 1, 1, -1)
    else:
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(content, options)
        shape = (1, -1) if len(session.get_inputs()[0].shape) == 2 else (1, 1, 1, -1)
    rows = [session.run(None, {"input": row.reshape(shape)})[0].ravel() for row in x]
    return np.stack(rows)


def assert_computes(network: StoredNetwork, content: bytes, inputs: int) -> None:
    x = RNG.normal(size=(9, inputs)).astype(np.float32)
    wanted = by_onnx(content, x)
    found = outputs_of(network.graph, network.arrays, x.astype(np.float64))
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("function", ["Relu", "Tanh", "Sigmoid", "LeakyRelu", "Elu"])
@pytest.mark.parametrize("name", RELEASES)
def test_a_chain_of_every_release(name: str, function: str, tmp_path: Path) -> None:
    release: Release = RELEASES[name]
    std = STD if release.opset > 6 else None  # zscore came later
    content = chain(release, layers_of(5, 8, 6, 2), function, MEAN, std)
    network = read(content, tmp_path)
    assert network.hidden == (8, 6)
    assert network.params == 5 * 8 + 8 + 8 * 6 + 6 + 6 * 2 + 2
    assert network.computes
    assert_computes(network, content, 5)


@pytest.mark.parametrize("inputs", [1, 5])
@pytest.mark.parametrize("outputs", [1, 3])
@pytest.mark.parametrize("name", RELEASES)
def test_one_column_is_one_too(name: str, inputs: int, outputs: int, tmp_path: Path) -> None:
    layers = layers_of(inputs, 4, outputs)
    content = chain(RELEASES[name], layers, "Tanh", RNG.normal(size=inputs))
    network = read(content, tmp_path)
    assert (network.inputs, network.hidden, network.outputs) == (inputs, (4,), outputs)
    assert_computes(network, content, inputs)


def test_skips_and_norms_of_images_are_those_of_rows(tmp_path: Path) -> None:
    first, inner, last = layers_of(5, 6, 6, 2)
    made = Writer(R2022B)
    made.scaled(MEAN)
    made.dense("fc_1", first, first=True)
    norm = [made.array(f"norm_{name}", 0.5 + RNG.uniform(size=6)) for name in "sbmv"]
    made.node("BatchNormalization", "norm", *norm, epsilon=1e-5)
    made.node("Relu", "relu_1")
    made.dense("fc_2", inner, first=False)
    made.node("Add", "sum", "relu_1")
    made.node("Tanh", "tanh_1")
    made.dense("fc_3", last, first=False)
    content = made.model(5, 2)
    network = read(content, tmp_path)
    assert network.hidden == (6,)
    assert [op.kind for op in network.graph.ops].count("sum") == 1
    assert_computes(network, content, 5)


@pytest.mark.parametrize("name", RELEASES)
def test_a_trained_network_in_that_form_predicts_as_it_did(name: str, tmp_path: Path) -> None:
    told = expected("torch_plain_z.pt")
    state = torch.load(FILES / "torch_plain_z.pt", weights_only=True)
    layers = [(state[f"{at}.weight"].numpy(), state[f"{at}.bias"].numpy()) for at in (0, 2, 4)]
    network = read(chain(RELEASES[name], layers, "Tanh", np.zeros(4)), tmp_path)
    found = outputs_of(network.graph, network.arrays, np.array(told["inputs"]))
    np.testing.assert_allclose(found, told["outputs"], atol=1e-5)
    assert network.params == told["parameters"]


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"kernel_shape": [1, 3]}, "moves a window of the shape [1, 1, 3] over rows of the shape"),
        ({"pads": [0, 1, 0, 1]}, "pads, spaces or parts its window"),
        ({"dilations": [1, 2]}, "pads, spaces or parts its window"),
        ({"auto_pad": "SAME_UPPER"}, "pads, spaces or parts its window"),
        ({"group": 2}, "pads, spaces or parts its window"),
    ],
)
def test_a_window_that_is_no_whole_row_is_refused(
    told: dict[str, Any], words: str, tmp_path: Path
) -> None:
    made, width = Writer(R2022B), told.get("kernel_shape", [1, 5])[1]
    weight = made.array("w", RNG.normal(size=(6, 1, 1, width)))
    made.node("Conv", "conv", weight, **({"kernel_shape": [1, 5]} | told))
    with pytest.raises(BadInputError) as refused:
        read(made.model(5, 6), tmp_path)
    assert words in str(refused.value)


@pytest.mark.parametrize("shape", [(1, 3, 28), (1, 28, 28), ("SequenceLength", 5, 1)])
def test_images_and_sequences_are_refused(shape: tuple[Any, ...], tmp_path: Path) -> None:
    model = onnx.load_from_string(chain(R2022B, layers_of(5, 4, 2), "Relu", MEAN))
    for dim, size in zip(model.graph.input[0].type.tensor_type.shape.dim[1:], shape, strict=True):
        dim.Clear()
        if isinstance(size, int):
            dim.dim_value = size
        else:
            dim.dim_param = size
    with pytest.raises(BadInputError, match=r"a network here takes \[rows, inputs\]"):
        read(model.SerializeToString(), tmp_path)
