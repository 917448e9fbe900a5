"""Networks that others trained and published: the nine of GokuNEmu, a cosmological emulator.

They stand in files with much beside them (scaling, principal components, training history), and
say by a word which activation they have.
"""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
import torch
from gokunemu._model import SimpleNN
from torch.nn.functional import silu

from spinn_engine.imported import read_network

FILES = sorted(Path(str(files("gokunemu") / "models")).glob("*/best_model.pth"))
ARRAYS = [
    np.ndarray,
    np.dtype,
    *(type(np.dtype(kind)) for kind in ("f4", "f8", "i8", "bool")),
    *(
        getattr(import_module("numpy._core.multiarray"), name)
        for name in ("_reconstruct", "scalar")
    ),
]
READ_WHERE_THE_CLASS_IS_NOT = """
import sys
sys.modules["gokunemu"] = None  # any import of it is an error
from pathlib import Path
from spinn_engine.imported import read_network
network = read_network(Path(sys.argv[1]))
print(network.format, network.inputs, *network.hidden, network.outputs)
"""


def test_all_nine_are_there() -> None:
    assert len(FILES) == 9


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_read_as_their_own_code_reads_them(path: Path, tmp_path: Path) -> None:
    with torch.serialization.safe_globals(ARRAYS):  # a stranger's pickle gets nothing else
        theirs = torch.load(path, weights_only=True, map_location="cpu")
    weights = [value for value in theirs["state_dict"].values() if value.ndim == 2]
    inputs, outputs = weights[0].shape[1], weights[-1].shape[0]
    model = SimpleNN(theirs["num_layers"], theirs["hidden_size"], inputs, outputs)
    model.load_state_dict(theirs["state_dict"])
    ours = read_network(path)
    assert ours.activation == theirs["activation"].lower() == "silu"
    assert ours.hidden == (theirs["hidden_size"],) * theirs["num_layers"]
    assert ours.params == sum(value.numel() for value in model.parameters())
    x = torch.randn(7, inputs, generator=torch.Generator().manual_seed(0))
    signal = x
    for weight, bias in zip(ours.weights, ours.biases, strict=True):
        assert bias is not None
        last = signal @ torch.from_numpy(weight) + torch.from_numpy(bias)
        signal = silu(last)
    torch.testing.assert_close(last, model(x), rtol=1e-4, atol=1e-4)
    whole = tmp_path / "whole.pt"
    torch.save(model, whole)
    told = subprocess.run(
        [sys.executable, "-c", READ_WHERE_THE_CLASS_IS_NOT, str(whole)],
        capture_output=True,
        text=True,
        check=True,
    )
    shape = " ".join(map(str, (inputs, *ours.hidden, outputs)))
    assert told.stdout.strip() == f"zip whole module {shape}"
