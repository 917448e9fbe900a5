"""The rooms: imports go down one way, and what must start fast loads no torch."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ORDER = [
    "errors", "vocabulary", "words", "application", "environment", "guarded", "graph",
    "spec", "problems", "training",
    "pruning", "evaluation", "imported", "store", "artifacts", "claims", "report", "pipeline",
    "adaptation", "foreground", "smallest", "export", "jobs", "background", "api", "cli",
    "__main__", "dashboard",
]  # fmt: skip
DASHBOARD = ["charts", "reads", "people", "parts", "a page", "shell"]  # its rooms, likewise
FOR_THE_DASHBOARD = ("api", "spec", "errors", "vocabulary", "words")
LARGEST_ROOM = 15
FILES = sorted([*ROOT.glob("spinn_engine/**/*.py"), *ROOT.glob("dashboard/**/*.py")])
PAGES = sorted(path.parent.name for path in ROOT.glob("dashboard/*/page.py"))


def module_of(path: Path) -> str:
    """``a/b.py`` is ``a.b``, and ``a/b/__init__.py`` too."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(path): path for path in FILES}


@cache
def imported(path: Path) -> set[str]:
    """Modules of the two packages that a file imports, also in functions and for types alone."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.module, f"{path} imports by dots"
            below = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= below & MODULES.keys()
            if not below <= MODULES.keys():
                found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return found & MODULES.keys()


def room(module: str) -> str:
    """A room of the engine, or the dashboard as one; the engine's package itself is in none."""
    package, _, rest = module.partition(".")
    return "dashboard" if package == "dashboard" else rest.partition(".")[0]


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """The sets of modules that all reach each other."""

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        waiting = [start]
        while waiting:
            new = graph[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    reach = {module: reached(module) for module in graph}
    found = {
        frozenset(other for other in reach[module] if module in reach[other])
        for module in graph
        if module in reach[module]
    }
    return [set(circle) for circle in found]


def test_circles_are_seen() -> None:
    graph = {"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set(), "e": {"e", "a"}}
    assert sorted(map(sorted, circles(graph))) == [["b", "c"], ["e"]]


def test_no_module_is_imported_by_what_it_imports() -> None:
    assert circles({module: imported(path) for module, path in MODULES.items()}) == []


@pytest.mark.parametrize("path", FILES, ids=module_of)
def test_imports_go_down_one_way(path: Path) -> None:
    mine = room(module_of(path))
    if mine:
        allowed = {"", *ORDER[: ORDER.index(mine) + 1]}
        assert {module for module in imported(path) if room(module) not in allowed} == set()


@pytest.mark.parametrize("path", sorted(ROOT.glob("dashboard/**/*.py")), ids=module_of)
def test_the_dashboard_knows_the_facade_alone(path: Path) -> None:
    rooms = {room(name) for name in imported(path)} - {"dashboard", ""}
    assert rooms <= {*FOR_THE_DASHBOARD}


@pytest.mark.parametrize("path", sorted(ROOT.glob("dashboard/*/**/*.py")), ids=module_of)
def test_rooms_of_the_dashboard_know_those_before_them(path: Path) -> None:
    mine = module_of(path).split(".")[1]
    own = DASHBOARD.index(mine) if mine in DASHBOARD else DASHBOARD.index("a page")
    for module in imported(path):
        package, _, rest = module.partition(".")
        other = rest.partition(".")[0]
        if package == "dashboard" and other not in ("", mine):
            assert other in DASHBOARD[:own], module


def test_pictures_know_no_streamlit() -> None:
    for path in (*ROOT.glob("dashboard/charts/*.py"), *ROOT.glob("dashboard/*/*_chart*.py")):
        assert "import streamlit" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("page", PAGES)
def test_a_pages_folder_is_imported_by_itself_alone(page: str) -> None:
    for path in FILES:
        if not path.is_relative_to(ROOT / "dashboard" / page):
            assert [
                name for name in imported(path) if f"{name}.".startswith(f"dashboard.{page}.")
            ] == [], path


def test_no_room_is_full() -> None:
    rooms = Counter(path.parent.relative_to(ROOT).as_posix() for path in FILES)
    assert {room: files for room, files in rooms.items() if files > LARGEST_ROOM} == {}


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
        "import sys, spinn_engine.jobs.worker.service, spinn_engine.jobs.worker.workflow; "
        "from spinn_engine.cli.main import main; main(['worker', '--slot', 'a b']); "
        "print(sorted({'torch', 'pandas', 'numpy', 'scipy'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
