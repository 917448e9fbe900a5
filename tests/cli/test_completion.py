"""Completion by a real bash, of a program that is called ``spinn``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spinn_engine.store.runs import results_root

PROGRAM = """#!{python}
import sys
from spinn_engine.cli.main import main
sys.exit(main())
"""


@pytest.fixture
def bin_folder(tmp_path: Path) -> Path:
    """A folder with the program, as pip installs it."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash on the PATH")
    program = tmp_path / "bin" / "spinn"
    program.parent.mkdir()
    program.write_text(PROGRAM.format(python=sys.executable))
    program.chmod(0o755)
    return program.parent


def completed(folder: Path, line: str) -> set[str]:
    """What bash offers where the line ends."""
    words = line.split(" ")
    script = (
        'eval "$(_SPINN_COMPLETE=bash_source spinn)"; '
        f"COMP_WORDS=({' '.join(repr(word) for word in words)}); COMP_CWORD={len(words) - 1}; "
        '_spinn_completion spinn; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, check=True, env=os.environ | path
    )
    assert done.stderr == ""
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("spinn re", {"resume", "report"}),
        ("spinn plan --mac", {"--mac-reduction"}),
        ("spinn plan --schedule ", {"uniform", "sequential", "global", "custom"}),
        ("spinn run --controls linear,ra", {"linear,random"}),
        ("spinn export demo --format o", {"onnx"}),
        ("spinn check --data bur", {"burgers"}),
    ],
)
def test_words_are_completed(bin_folder: Path, line: str, offered: set[str]) -> None:
    assert completed(bin_folder, line) == offered


def test_runs_are_completed(bin_folder: Path) -> None:
    for run_id in ("20250101-120000-aaaaaa", "20250203-000000-cccccc"):
        (results_root() / run_id).mkdir(parents=True)
        (results_root() / run_id / "spec.json").touch()
    assert completed(bin_folder, "spinn report 202502") == {"20250203-000000-cccccc"}
    assert completed(bin_folder, "spinn compare l") == {"latest"}
