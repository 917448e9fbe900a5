"""What CONTRIBUTING.md says is all that a new entry needs: its blocks are put in, and all is used.

In a copy of the tree: the blocks of the text go where their first lines say, then commands and
pages are run there, each in a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
pytestmark = pytest.mark.slow
SECTION = re.compile(r"^### (An? [^\n]+)\n(.*?)(?=^##)", flags=re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```python\n# (\S+?)(?:, in (\w+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)
MOST_FILES = {
    "A criterion": 2,
    "A schedule": 2,
    "A control": 1,
    "A problem": 2,
    "A check": 3,
    "A claim's quantity": 2,  # and its line in docs/claims.md
    "An export format": 2,
    "A page": 2,
}
SPEC = [
    "--data", "sine", "--hidden", "8,8", "--stages", "2", "--epochs", "3", "--fine-tune-epochs",
    "1", "--seeds", "1", "--param-reduction", "0.5", "--device", "cpu",
]  # fmt: skip


@dataclass(frozen=True)
class Block:
    """One block of the text: the file, the table in it if it goes into one, and the code."""

    path: str
    table: str | None
    code: str


SECTIONS = {
    name: [Block(path, table or None, code) for path, table, code in BLOCK.findall(body)]
    for name, body in SECTION.findall(TEXT)
}

MORE = [
    Block(path, table or None, code)
    for path, table, code in BLOCK.findall(Path(__file__).with_name("more_entries.md").read_text())
]


def put(root: Path, blocks: list[Block]) -> None:
    """Put the blocks of a section where they say."""
    tables = {block.path: block.table for block in blocks if block.table}
    for block in blocks:
        path = root / block.path
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            path.write_text(block.code, encoding="utf-8")
            continue
        text = path.read_text(encoding="utf-8")
        if block.table:
            at = end_of_table(text, block.table)
        elif re.match("import |from ", block.code):
            at = [found.end() for found in re.finditer(r"^(import|from) .*\n", text, re.M)][0]
        else:
            at = beginning_of_table(text, tables[block.path])
        extra = "" if block.table or block.code.startswith(("import", "from")) else "\n\n"
        path.write_text(f"{text[:at]}{block.code}{extra}{text[at:]}", encoding="utf-8")


def head_of(text: str, table: str) -> re.Match[str]:
    found = re.search(rf"^( *){table}\b[^\n]*[\[({{]\n", text, flags=re.MULTILINE)
    assert found is not None, table
    return found


def end_of_table(text: str, table: str) -> int:
    head = head_of(text, table)
    end = re.compile(rf"^{head[1]}[\])}}]", flags=re.MULTILINE).search(text, head.end())
    assert end is not None
    return end.start()


def beginning_of_table(text: str, table: str | None) -> int:
    """Above its comment, if it has one."""
    assert table is not None
    lines = text[: head_of(text, table).start()].splitlines(keepends=True)
    while lines[-1].startswith("#"):
        lines.pop()
    return len("".join(lines))


def files_of(root: Path) -> dict[str, bytes]:
    found = [*root.glob("spinn_engine/**/*"), *root.glob("dashboard/**/*")]
    return {str(p): p.read_bytes() for p in found if p.suffix in (".py", ".jinja", ".css")}


class Tree:
    """A copy of the tree, and what is run in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("spinn_engine", "dashboard", "assets", "tests"):
            hidden = shutil.ignore_patterns("__pycache__")
            shutil.copytree(ROOT / name, root / name, ignore=hidden)
        for name in ("pyproject.toml", "requirements.txt"):
            shutil.copy(ROOT / name, root / name)

    def run(self, *words: str, code: int = 0) -> str:
        """What a Python command prints; what it complains of, where it is to fail."""
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env={
                **os.environ,
                "PYTHONPATH": str(self.root),
                "SPINN_RESULTS": str(self.root / "results"),
                "COLUMNS": "200",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, f"{words}: {done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stderr if code else done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self.run("-m", "spinn_engine", *words, "--json"))


def lines_of(run: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Tree:
    """The tree with every entry of the text, and a run that uses them.

    The run ``a_before`` was made before there was the criterion, ``b_added`` with it, ``c_split``
    from a table.
    """
    tree = Tree(tmp_path_factory.mktemp("copy") / "spinn")
    for name, blocks in SECTIONS.items():
        if name != "A criterion":
            put(tree.root, blocks)
    before = tree.json("run", *SPEC, "--controls", "linear")["run_id"]
    put(tree.root, SECTIONS["A criterion"])
    put(tree.root, MORE)
    controls = "l2_neurons,random,again"
    words = "--criterion", "largest", "--schedule", "backwards", "--controls", controls
    run = tree.json("run", *SPEC, *words)["run_id"]
    table = tree.root / "turns.csv"
    table.write_text("x,y\n" + "".join(f"{x},{x * x % 7}\n" for x in range(60)))
    data = "--data", f"table:{table}", "--targets", "y", "--split", "turns"
    split = tree.json("run", *SPEC, *data, "--controls", "linear")["run_id"]
    for found, name in ((before, "a_before"), (run, "b_added"), (split, "c_split")):
        (tree.root / "results" / found).rename(tree.root / "results" / name)
    return tree


@pytest.mark.parametrize("name", MOST_FILES)
def test_an_entry_touches_no_more_files_than_these(name: str, tmp_path: Path) -> None:
    for folder in ("spinn_engine", "dashboard"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    before = files_of(tmp_path)
    put(tmp_path, SECTIONS[name])
    after = files_of(tmp_path)
    changed = {path for path in after if after[path] != before.get(path)}
    assert 0 < len(changed) <= MOST_FILES[name]


def test_every_section_is_tried() -> None:
    assert SECTIONS.keys() == MOST_FILES.keys()


def test_the_blocks_are_as_the_linters_want_them(tree: Tree) -> None:
    tree.run("-m", "ruff", "check", "--fix", "--quiet", "spinn_engine", "dashboard")
    tree.run("-m", "ruff", "format", "--check", "--quiet", "spinn_engine", "dashboard")


def test_the_run_used_them(tree: Tree) -> None:
    folder = tree.root / "results" / "b_added"
    result = json.loads((folder / "spinn_structured_metrics.json").read_text())
    assert result["data"]["source"] == "sine"
    assert {arm["arm"] for arm in result["arms"]} == {
        "dense", "structured", "l1", "l2_neurons", "random", "again"
    }  # fmt: skip
    assert {"against_l2_neurons", "against_random", "against_again"} < result["verdict"].keys()
    epochs = {(x["stage"], x["epochs"]) for x in lines_of(folder) if x["arm"] == "again"}
    assert epochs == {(2, 5)}, "the last stage, for as long as all"
    widths = [stage["hidden"] for stage in result["stages"]]
    assert [a != b for a, b in zip(widths[0], widths[1], strict=True)] == [False, True]
    assert [a != b for a, b in zip(widths[1], widths[2], strict=True)] == [True, False]
    assert result["stages"][-1]["param_reduction"] == pytest.approx(0.5, abs=0.06)
    assert "small" in {finding["check"] for finding in result["checks"]}


def test_the_report_tells_what_was_done(tree: Tree) -> None:
    tree.run("-m", "spinn_engine", "report", "b_added", "--out", "report")
    methods = " ".join((tree.root / "report" / "methods.txt").read_text().split())
    for words in (
        "The data are the sine of SPINN Explorer",
        "stage k pruned the k-th hidden layer from the end alone",
        "scored before every stage by the largest absolute value of their incoming weights",
        "“L2 neurons” (the same widths with neurons chosen by L2, all else alike)",
        "“once more” (the final widths trained from new weights for 5 epochs in another order)",
    ):
        assert words in methods
    page = (tree.root / "report" / "report.html").read_text()
    assert "There are 300 rows in all." in page
    assert "Against the same widths by L2" in page
    tables = (tree.root / "report" / "tables" / "arms.tex").read_text().replace("~", " ")
    assert "L2 neurons" in tables
    assert "once more" in tables


def test_the_table_is_split_so(tree: Tree) -> None:
    folder = tree.root / "results" / "c_split"
    data = json.loads((folder / "spinn_structured_metrics.json").read_text())["data"]
    assert data["split"] == "turns"
    assert data["rows"] == {"train": 36, "val": 12, "test": 12}
    tree.run("-m", "spinn_engine", "report", "c_split", "--out", "turns")
    assert "12 for the test: rows in turn;" in (tree.root / "turns" / "methods.txt").read_text()


def test_the_command_line_offers_them(tree: Tree) -> None:
    told = tree.run("-m", "spinn_engine", "run", "--help")
    for name in ("largest", "backwards", "l2_neurons", "sine"):
        assert re.search(rf"\b{name}\b", told), name
    assert "npz" in tree.run("-m", "spinn_engine", "export", "--help")


def test_a_dense_network_of_before_says_that_it_was_not_scored_so(tree: Tree) -> None:
    words = "-m", "spinn_engine", "whatif"
    told = tree.run(*words, "a_before", "--criterion", "largest", code=2)
    assert "trained before there was a criterion largest: use one of l1, obs, l1_out" in told
    assert "Traceback" not in told
    assert "R2" in tree.run(*words, "b_added", "--criterion", "largest")


def test_the_format_gives_the_network_back(tree: Tree) -> None:
    [found] = tree.json("export", "b_added", "--format", "npz")["exports"]
    assert found["file"].endswith(".npz")
    assert found["largest_share_of_spread"] < 1e-5


def test_the_quantity_is_judged(tree: Tree) -> None:
    claim = {"claim": "It has 24 neurons.", "quantity": "neurons", "hidden": [8, 16]}
    path = tree.root / "claims.json"
    path.write_text(json.dumps({"claims": [claim | {"value": v} for v in ("24", "23")]}))
    verdicts = [row["verdict"] for row in tree.json("verify", str(path))["claims"]]
    assert verdicts == ["confirmed", "contradicted"]


def test_every_page_shows_them(tree: Tree) -> None:
    tree.run("-m", "tests.added_entries")


def test_the_contracts_hold_for_them(tree: Tree) -> None:
    new = "largest or backwards or l2_neurons or sine or small or neurons or npz or count or same"
    words = "-q", "-p", "no:cacheprovider", "-n", "0", "-k", f"{new} or again or turns"
    told = tree.run("-m", "pytest", "tests/contracts", *words)
    assert int(re.findall(r"(\d+) passed", told)[0]) > 30
