"""The rooms: imports go down one way, and what must start fast loads no torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = [
    "errors", "words", "application", "spec", "problems", "training", "pruning", "evaluation",
    "imported", "store", "artifacts", "claims", "report", "pipeline", "adaptation", "foreground",
    "export", "jobs", "background", "api", "cli", "__main__", "dashboard",
]  # fmt: skip
FOR_THE_DASHBOARD = (
    "spinn_engine.api",
    "spinn_engine.spec",
    "spinn_engine.errors",
    "spinn_engine.words",
)


def imported(path: Path) -> set[str]:
    """Modules that a file imports from the two packages, at any depth."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("spinn_engine", "dashboard")}


def room(module: str) -> str | None:
    parts = module.split(".")
    if parts[0] == "dashboard":
        return "dashboard"
    return parts[1] if len(parts) > 1 and parts[1] in ORDER else None


@pytest.mark.parametrize("path", sorted(ROOT.glob("spinn_engine/**/*.py")), ids=str)
def test_imports_go_down_one_way(path: Path) -> None:
    relative = path.relative_to(ROOT).with_suffix("")
    mine = room(".".join(relative.parts))
    if mine is None:  # the package itself
        return
    for module in imported(path):
        other = room(module)
        if other and other != mine:
            assert ORDER.index(other) < ORDER.index(mine), f"{relative} imports {module}"


@pytest.mark.parametrize("path", sorted(ROOT.glob("dashboard/**/*.py")), ids=str)
def test_the_dashboard_knows_the_facade_alone(path: Path) -> None:
    engine = {name for name in imported(path) if name.startswith("spinn_engine.")}
    assert {n for n in engine if not n.startswith(FOR_THE_DASHBOARD)} == set()


@pytest.mark.parametrize(
    "module",
    [
        "spinn_engine.spec",
        "spinn_engine.pruning.schedule",
        "spinn_engine.store.runs",
        "spinn_engine.jobs.queue",
        "spinn_engine.jobs.worker.service",
        "spinn_engine.api",
        "spinn_engine.cli.main",
    ],
)
def test_no_torch_at_module_level(module: str) -> None:
    code = f"import sys, {module}; assert 'torch' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_worker_that_idles_for_days_loads_neither_torch_nor_pandas() -> None:
    code = (
        "import sys, spinn_engine.cli.worker, spinn_engine.jobs.worker.workflow; "
        "from spinn_engine.cli.main import _parser; _parser('worker'); "
        "print(sorted({'torch', 'pandas', 'numpy', 'scipy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
