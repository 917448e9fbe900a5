"""``inspect`` as people and other programs call it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from spinn_engine import api
from spinn_engine.cli import inspect
from spinn_engine.cli.main import main
from tests.cli.test_command_line import complaint, printed
from tests.imported.support import Pinn, linears, mlp, saved

Capture = pytest.CaptureFixture[str]


def test_it_prints_the_contract(capsys: Capture, tmp_path: Path) -> None:
    module = Pinn((18, 16, 12, 2))
    with torch.no_grad():
        linears(module)[1].weight[:5] = 0
    path = saved(tmp_path / "a.pth", module)
    found = printed(capsys, "inspect", str(path), "--json")
    params = 19 * 16 + 17 * 12 + 13 * 2
    assert found == {
        "inputs": 18,
        "outputs": 2,
        "hidden": [16, 12],
        "params": params,
        "nonzero": params - 5 * 16,
        "activation": "tanh",
        "computes": False,
        "format": "zip whole module",
        "loaded_safely": True,
        "dtype": "float32",
        "dead_neurons": [0, 5],
        "params_without_dead": 19 * 16 + 17 * 7 + 8 * 2,
        "input_names": None,
        "target_names": None,
        "notes": found["notes"],
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "file_bytes": path.stat().st_size,
    }
    assert any("tests.imported.support.Pinn" in note for note in found["notes"])


def test_people_see_what_is_dead(capsys: Capture, tmp_path: Path) -> None:
    module = mlp((18, 16, 12, 2)).double()
    with torch.no_grad():
        linears(module)[1].weight[:5] = 0
    path = saved(tmp_path / "a.pt", {"state_dict": module.state_dict(), "[red]": 1})
    assert main(["inspect", str(path)]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    for words in (
        "hidden 16-12",
        "parameters 534",
        "non-zero 454 (85.0 %)",
        "dead neurons 0 5",
        "activation not stored",
        "zip state_dict, float64",
        "Without its 5 dead neurons it would be 16-7, with 439 parameters, 17.8 % fewer.",
        "- float64 became float32",
        "left out: [red].",
    ):
        assert words in shown


@pytest.mark.parametrize(
    ("zeros", "words"), [(0, "as dense as it looks"), (1, "but no whole neuron is dead")]
)
def test_it_says_what_zeros_are_worth(
    capsys: Capture, tmp_path: Path, zeros: int, words: str
) -> None:
    module = mlp()
    with torch.no_grad():
        linears(module)[1].weight[0, :zeros] = 0
    assert main(["inspect", str(saved(tmp_path / "a.pt", module))]) == 0
    assert words in " ".join(capsys.readouterr().out.split())


def test_names_of_columns_are_shown_without_what_a_terminal_obeys() -> None:
    assert inspect._counted(2, ("a\x1b[0m", "b\n")) == "2: a?[0m and b?"
    assert inspect._counted(30, ("x",) * 30).endswith("x and 6 more")


def test_what_cannot_be_read_is_one_line(capsys: Capture, tmp_path: Path) -> None:
    assert "no such file" in complaint(capsys, "inspect", str(tmp_path / "[none].pt"), "--json")
    page = tmp_path / "page.pt"
    page.write_text("<html>")
    assert "a web page" in complaint(capsys, "inspect", str(page))
    assert "Missing argument 'FILE'" in complaint(capsys, "inspect")


def test_the_command_loads_no_torch(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.pt", mlp().state_dict())
    code = (
        "import sys; from spinn_engine.cli.main import main; "
        f"code = main(['inspect', {str(path)!r}, '--json']); "
        "sys.exit(code or 7 * ('torch' in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["hidden"] == [8, 8, 8]
    assert api.inspect(path).hidden == (8, 8, 8)
