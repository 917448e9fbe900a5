"""Checkpoints as public tools write them, trained by the tool's own trainer."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spinn_engine.imported import read_network

EXPECTED: dict[str, dict[str, tuple[str, str | None]]] = {
    "skorch": {
        "params.pt": ("zip state_dict", None),
        "params.safetensors": ("safetensors", None),
        "whole.pt": ("zip whole module", "tanh"),
    },
    "lightning": {
        "weights.ckpt": ("zip state_dict", "tanh"),
        "whole training.ckpt": ("zip state_dict", "tanh"),
    },
    "deepxde": {
        "model-20.pt": ("zip state_dict", None),
        "whole.pt": ("zip whole module", "tanh"),
    },
}
WIDTHS: dict[str, tuple[int, ...]] = {
    "skorch": (3, 20, 10, 2),
    "lightning": (3, 16, 12, 2),
    "deepxde": (1, 24, 24, 24, 1),
}


@pytest.mark.parametrize("tool", EXPECTED)
def test_what_a_public_tool_writes_computes_what_the_tool_computes(
    tool: str, tmp_path: Path
) -> None:
    subprocess.run(
        [sys.executable, "-m", "tests.imported.writers", tool, str(tmp_path)],
        env={**os.environ, "HOME": str(tmp_path / "home"), "DDE_BACKEND": "pytorch"},
        cwd=Path(__file__).parents[2],
        check=True,
        capture_output=True,
    )
    rows = np.load(tmp_path / "rows.npz")
    found = {}
    for name in EXPECTED[tool]:
        network = read_network(tmp_path / name)
        found[name] = (network.format, network.activation)
        widths = (network.inputs, *network.hidden, network.outputs)
        assert widths == WIDTHS[tool]
        pairs = zip(widths, widths[1:], strict=False)
        assert network.params == sum((before + 1) * after for before, after in pairs)
        signal = rows["inputs"].astype(np.float64)
        for weight, bias in zip(network.weights, network.biases, strict=True):
            assert bias is not None
            last = signal @ weight + bias
            signal = np.tanh(last)
        np.testing.assert_allclose(last, rows["outputs"], rtol=1e-4, atol=1e-5)
    assert found == EXPECTED[tool]
