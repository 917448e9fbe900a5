"""Every program that a peer wrote computes here what the peer predicts, without torch."""

from __future__ import annotations

import numpy as np
import pytest

from spinn_engine.graph.arrays import outputs_of
from spinn_engine.imported import read_network
from tests.peers.table import FILES
from tests.peers.test_peers import PEERS, expected

FILES_OF_PROGRAMS = [name for name in PEERS if name.endswith((".onnx", ".pt2"))]
# Parameters that are folded away: norms at rest, slopes before a function, and the lengths of
# normalised weights.
FOLDED = {"torch_batchnorm": 64, "keras_batchnorm": 96, "torch_slopes": 2, "torch_weight_norm": 34}


@pytest.mark.parametrize("file", FILES_OF_PROGRAMS)
def test_it_computes_what_the_peer_predicts(file: str) -> None:
    told, network = expected(file), read_network(FILES / file)
    outputs = np.array(told["outputs"])
    made = outputs_of(network.graph, network.arrays, np.array(told["inputs"]))
    np.testing.assert_allclose(made, outputs, atol=1e-5 * max(1.0, np.abs(outputs).max()))
    assert network.computes
    assert network.format == file.rpartition(".")[2]
    assert network.params == told["parameters"] - FOLDED.get(file.partition(".")[0], 0)
    assert network.inputs == told["widths"][0]


@pytest.mark.parametrize(
    ("name", "hidden"),
    [
        ("torch_plain_z", (16, 16)),
        ("torch_residual", (16, 12, 12)),  # the stream, and what is inside of the blocks
        ("torch_norm_blocks", (16, 24, 24)),
        ("torch_modified", (16,)),  # gates join all layers
        ("torch_heads", (24, 12, 8, 8)),
        ("torch_skips", (16,)),
        ("torch_fourier", (16, 16)),  # never its features
    ],
)
def test_what_is_pruned_together_is_one_dimension(name: str, hidden: tuple[int, ...]) -> None:
    for suffix in (".onnx", ".pt2"):
        assert read_network(FILES / f"{name}{suffix}").hidden == hidden


def test_both_formats_give_the_same_network() -> None:
    for name in {file.rpartition(".")[0] for file in FILES_OF_PROGRAMS if file.endswith(".pt2")}:
        one, other = (read_network(FILES / f"{name}{end}") for end in (".onnx", ".pt2"))
        assert [op.kind for op in one.graph.ops] == [op.kind for op in other.graph.ops], name
        assert one.graph.widths == other.graph.widths
        assert one.graph.prunable == other.graph.prunable
