"""The numbers of Compare's table: they sort as numbers and read as on a run's page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pandas as pd
import pytest

from dashboard.compare.sortable import Number, sortable
from dashboard.compare.table import differences_to, interval_words
from spinn_engine import api
from spinn_engine.words import NO_BREAK
from tests.dashboard.compare_support import grid, grid_texts, ids, rows
from tests.dashboard.support import opened, table_with, words


def test_a_number_sorts_as_a_number_and_reads_as_on_its_run_page(several: Path) -> None:
    app = opened("compare", runs="one")
    line = grid_texts(app).iloc[2]
    arms = table_with(app, "Peak memory").set_index("Arm")
    arm = arms.loc["structured"]
    assert line["Parameters"] == f"{arm['Parameters']:,}"
    assert f"{line['R²']} {line['95 % of R²']}" == arm["R²"]
    for name in ("File", "Latency", "Speed-up"):
        assert line[name] == arm[name].replace(NO_BREAK, " ").partition(" [")[0]
    numeric = ["Parameters", "Fewer", "R²", "File", "Latency", "Speed-up", "To dense, longer"]
    assert {grid(app)[name].dtype.kind for name in numeric} == {"f"}
    with_baseline = grid_texts(opened("compare", baseline="one"))
    differences = ["R² − baseline", "Parameters − baseline", "Latency − baseline"]
    assert list(with_baseline.iloc[2][differences]) == ["–", "–", "–"]
    assert with_baseline.iloc[0]["R² − baseline"] == "−0.0100"


def test_differences_to_the_baseline(several: Path) -> None:
    app = opened("compare", baseline="one")
    table = grid(app).set_index(pd.Index(ids(app)))
    every = rows()
    assert table.loc["two", "R² − baseline"] == pytest.approx(-0.01)
    assert table.loc["two", "95 % of the difference"] == "one pair, no interval"  # equal ones
    assert table.loc["two", "Parameters − baseline"] == every["two"].params - every["one"].params
    assert table.loc["other", "95 % of the difference"] == "not paired: other data"
    assert table.loc["one", "95 % of the difference"] == "baseline"
    assert pd.isna(table["R² − baseline"]["one"])
    assert "Differences are to one" in words(app)


def test_latency_of_another_machine_is_no_difference(several: Path) -> None:
    one, two = rows()["one"], rows()["two"]
    assert differences_to(two, one, "1")["Latency − baseline"] == pytest.approx(0.0)
    elsewhere = replace(two, machine="another")
    assert differences_to(elsewhere, one, "1")["Latency − baseline"] is None
    assert differences_to(elsewhere, one, "1")["R² − baseline"] == pytest.approx(-0.01)


def test_no_cell_that_is_taken_away_is_a_formula() -> None:
    """Streamlit writes the cells of a grid into a CSV file as they are."""
    wild = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\uff1d1", "fine"]
    rows = [{"Note": one, "Tags": [one], "n": Number(-1.5, "\N{MINUS SIGN}1.5")} for one in wild]
    frame = cast(Any, sortable(rows)).data
    assert list(frame["Note"]) == [*(f"'{one}" for one in wild[:-1]), "fine"]
    assert [tags[0] for tags in frame["Tags"]] == list(frame["Note"])
    assert list(frame["n"]) == [-1.5] * len(wild)
    found = api.Difference(0.01, 0.002, 0.018, 3, ())
    assert interval_words(found)[0].isdigit()
