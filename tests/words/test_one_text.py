"""One fact of a finished run has one text in the terminal, on its page and in its report."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.console import Console
from streamlit.testing.v1 import AppTest  # noqa: TID251

from spinn_engine import api
from spinn_engine.cli.views.tables import arms_table, result_table
from tests.dashboard.support import opened, table_with, words
from tests.report.html_support import Page

LABELS = {"dense": "dense", "structured": "structured", "dense_longer": "dense, longer"}


def plain(text: str) -> str:
    """Text whose spaces are all of one kind."""
    return " ".join(text.split())


@pytest.fixture(scope="module")
def demo() -> dict[str, Any]:
    return api.open_run("demo").result() or {}


@pytest.fixture(scope="module")
def terminal(demo: dict[str, Any]) -> list[str]:
    """Lines of the tables that ``compare`` and ``run`` print."""
    out = io.StringIO()
    console = Console(file=out, width=300)
    console.print(arms_table(demo))
    console.print(result_table(api.open_run("demo")))
    return [plain(line) for line in out.getvalue().splitlines()]


@pytest.fixture(scope="module")
def page() -> AppTest:
    return opened("run", run="demo")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Page:
    out = tmp_path_factory.mktemp("report")
    api.write_report("demo", out)
    return Page(out / "report.html")


@pytest.mark.parametrize("arm", LABELS)
def test_an_arm_is_told_in_the_same_words(
    demo: dict[str, Any], terminal: list[str], page: AppTest, report: Page, arm: str
) -> None:
    found = next(one for one in demo["arms"] if one["arm"] == arm)
    start = next(k for k, line in enumerate(terminal) if line.startswith(f"{arm} "))
    line = " ".join(terminal[start : start + 2])  # intervals stand below their figures
    shown = table_with(page, "Peak memory").set_index("Arm").loc[LABELS[arm]]
    compared = {row: columns[LABELS[arm]] for row, columns in report.tables[0].as_dict().items()}
    costs = report.table("What every arm costs").as_dict()[LABELS[arm]]
    reported = {
        "Parameters": compared["Parameters"],
        "Hidden widths": compared["Hidden widths"],
        "File": compared["File"],
        "Peak memory": compared["Peak memory of one pass"],
        "Latency": compared["Inference, batch of 8,192"],
        "Speed-up": costs["Speed-up"],
        "MAC ratio": costs["MAC ratio"],
        "Epoch kept": compared["Epoch kept, last training"],
        "R²": f"{compared['R²']} {compared['95 % interval of R²']}",
    }
    for name, text in reported.items():
        on_page = shown[name]
        assert plain(text) == plain(on_page if isinstance(on_page, str) else f"{on_page:,}")
    for name in ("Parameters", "Hidden widths", "File"):
        assert reported[name] in line
    for name, mark in (("Speed-up", " ["), ("R²", " ["), ("Epoch kept", " of ")):
        assert mark in plain(reported[name]) or (name, arm) == ("Speed-up", "dense")
        for part in plain(reported[name]).replace(mark, f"\n{mark.lstrip()}").split("\n"):
            assert part in line
    kept = found["trainings"][-1]["kept_epoch"]
    told = f"{min(kept)} to {max(kept)} of {found['trainings'][-1]['epochs']}"
    assert plain(reported["Epoch kept"]) == told
    low, high = found["r2"]["low"], found["r2"]["high"]
    assert plain(reported["R²"]) == f"{found['r2']['mean']:.4f} [{low:.4f}, {high:.4f}]"


def test_a_stage_is_told_in_the_same_words(
    demo: dict[str, Any], terminal: list[str], page: AppTest, report: Page
) -> None:
    last = demo["stages"][-1]
    line = next(line for line in terminal if line.startswith(f"{last['stage']} "))
    shown = table_with(page, "Reduction", "File").iloc[-1]
    cells = report.table("stage by stage").as_dict()[str(last["stage"])]
    assert plain(cells["Hidden widths"]) == shown["Hidden widths"]
    assert plain(cells["Fewer"]) == shown["Reduction"]
    assert plain(cells["Epoch kept"]) == shown["Epoch kept"]
    assert shown["Epoch kept"] in line
    assert plain(cells["File"]) == shown["File"]
    assert plain(f"{cells['R² test']} {cells['95 % interval']}") == shown["R²"]
    for name in ("Hidden widths", "File"):
        assert shown[name] in line
    for target in last["per_output"]:
        assert shown[f"R² {target}"] in line


def test_repetitions_and_times_are_told_in_the_same_words(
    demo: dict[str, Any], terminal: list[str], page: AppTest, report: Page
) -> None:
    text = plain(report.text)
    for told in (" ".join(terminal), plain(words(page)), text):
        assert f"95 % interval over {len(demo['seeds'])} seeds" in told
    took = re.search(r"validation of all arms took (.+?) on ", text)
    assert took is not None
    assert took[1] in plain(words(page))
