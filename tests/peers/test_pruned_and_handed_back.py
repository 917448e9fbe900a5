"""What each tool trained is pruned by 68.5 % and handed back, as good as it was, without us.

A file goes the whole way: read, pruned and fine-tuned on the peer's own rows, exported. What comes
out is opened in a fresh process as that tool's users open it, and its R2 on the test rows is held
against what the peer said of its own network.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from spinn_engine import api
from tests.peers import handing
from tests.peers.table import FILES, TABLE, TARGETS, TEST, TRAIN, VAL, rows
from tests.peers.test_peers import expected

MARGIN = 0.01  # of R2
SHARE, NEAR = 0.685, 0.02  # of so few parameters no widths leave every share
ASKED: dict[str, Any] = {"stages": 2, "criterion": "obs"}  # and the usual training


@dataclass(frozen=True)
class Peer:
    """How a tool's file is handed back.

    Attributes:
        file: what the tool wrote.
        format: of the export.
        way: of ``handing.WAYS``, how its users open that.
        else_: the way where the tool is not installed.
    """

    file: str
    format: str
    way: str
    else_: str = ""


PEERS = {
    "PyTorch": Peer("torch_residual.pt2", "pt2", "program"),
    "Lightning": Peer("lightning.ckpt", "module", "lightning"),
    "skorch": Peer("skorch.safetensors", "safetensors", "skorch"),
    "DeepXDE": Peer("deepxde.pt", "safetensors", "deepxde"),
    "PINA": Peer("pina.ckpt", "module", "module"),
    "PhysicsNeMo": Peer("physicsnemo.mdlus", "module", "module"),
    "neuromancer": Peer("neuromancer_residual.pth", "module", "module"),
    "Keras": Peer("keras.keras", "safetensors", "keras", "arrays"),
    "Flax": Peer("flax.msgpack", "safetensors", "flax", "arrays"),
    "Equinox": Peer("equinox.eqx", "safetensors", "equinox", "arrays"),
    "scikit-learn": Peer("sklearn_pipeline.skops", "safetensors", "sklearn"),
}

SLOW = ("PyTorch", "Lightning", "skorch", "DeepXDE")  # to export a program, or to import the tool


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The peers' table, split as they split it."""
    folder, known = tmp_path_factory.mktemp("table"), pd.read_csv(TABLE)
    for name, part in {"train": TRAIN, "val": VAL, "test": TEST}.items():
        known[part].to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.mark.parametrize(
    "tool", [pytest.param(one, marks=[pytest.mark.slow] * (one in SLOW)) for one in PEERS]
)
def test_it_is_as_good_and_opens_where_it_came_from(tool: str, table: Path, tmp_path: Path) -> None:
    peer, told = PEERS[tool], expected(PEERS[tool].file)
    run = api.run(
        data=f"table:{table}",
        targets=told["targets"],
        drop=[name for name in TARGETS if name not in told["targets"]],
        dense=str(FILES / peer.file),
        param_reduction=SHARE,
        controls=(),
        seeds=1,
        device="cpu",
        progress=False,
        **ASKED,
    )
    frame = run.frame()
    dense, last = (
        frame[frame["arm"] == arm].iloc[at] for arm, at in (("dense", 0), ("structured", -1))
    )
    theirs = float(np.mean(told["r2"]["test"]))
    assert dense["r2"] == pytest.approx(theirs, abs=1e-4)
    assert last["params"] / dense["params"] == pytest.approx(1 - SHARE, abs=NEAR)

    files = api.export(run, [peer.format, "onnx"], out=tmp_path)["exports"]
    paths = {one["format"]: str(tmp_path / one["file"]) for one in files}
    x, y = (columns[TEST] for columns in rows())
    np.save(tmp_path / "rows.npy", x)
    way = peer.way if not peer.else_ or find_spec(peer.way) else peer.else_
    command = [way, paths[peer.format], paths["onnx"], "rows.npy", "out.npz"]
    subprocess.run([sys.executable, "-I", handing.__file__, *command], cwd=tmp_path, check=True)
    made = np.load(tmp_path / "out.npz")
    y = y[:, [TARGETS.index(name) for name in told["targets"]]]
    for given in (made["given"], made["onnx"]):
        found = float(r2_score(y, given))
        assert found == pytest.approx(last["r2"], abs=1e-4)
        assert found > theirs - MARGIN
    assert made["count"] == last["params"]
    assert_told(tool, (dense["params"], last["params"]), (theirs, last["r2"]))


def assert_told(tool: str, params: tuple[int, int], r2: tuple[float, float]) -> None:
    """As the table for contributors has it; the last R2 to what another processor may change."""
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (line,) = (one for one in text.splitlines() if one.startswith(f"| {tool} | `"))
    _, file, _, counts, scores = (cell.strip() for cell in line.strip("|").split("|"))
    assert file == f"`{PEERS[tool].file}`"
    assert counts == f"{params[0]} to {params[1]}"
    before, after = scores.split(" to ")
    assert float(before) == pytest.approx(r2[0], abs=1e-4)
    assert float(after) == pytest.approx(r2[1], abs=MARGIN)
