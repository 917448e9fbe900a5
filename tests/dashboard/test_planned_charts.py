"""The pictures that follow the sliders of Plan: valid Vega-Lite, and the same for every move."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
import pytest

from dashboard.charts.planned import (
    MOST_CELLS,
    cell_table,
    cut_picture,
    cut_tables,
    marked_points,
    plan_picture,
)
from dashboard.charts.whatif import curve_tables
from spinn_engine.api import PruneSpec, plan

CURVE = [(1000, 0.99), (600, 0.985), (300, 0.8)]
SCORES = [np.array([1, 4, 2, 8], np.float32), np.array([3, 1], np.float32)]


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "made",
    [lambda dark: plan_picture(CURVE, (500, 0.9), dark), lambda d: cut_picture((4, 2), "L1", d)],
)
def test_the_pictures_are_valid_vega_lite(made: Any, dark: bool) -> None:
    alt.LayerChart.from_dict(made(dark))  # raises for what its schema does not know


def test_a_move_changes_rows_and_not_the_picture() -> None:
    assert plan_picture(CURVE, (500, 0.9)) == plan_picture(CURVE, (400, 0.95))
    before, after = (
        curve_tables(CURVE, marked_points(CURVE, (500, 0.9))),
        curve_tables(CURVE, marked_points(CURVE, (400, 0.95))),
    )
    assert before["curve"].equals(after["curve"])
    assert after["marks"].values.tolist()[1][:3] == ["this plan", 400, 0.95]


@pytest.mark.parametrize("r2", [-3.0, 0.2, 0.9999, 1.0])
def test_a_plan_outside_the_curve_is_within_the_picture(r2: float) -> None:
    marks = curve_tables(CURVE, marked_points(CURVE, (500, r2)))["marks"]
    domain = plan_picture(CURVE, (500, r2))["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert domain[0] <= marks["error"].min()
    assert marks["error"].max() <= domain[1]


def test_cells_are_ranked_and_know_their_neuron() -> None:
    cells = cell_table(SCORES)
    assert cells["neuron"].tolist() == [3, 1, 2, 0, 0, 1]
    assert cells["place"].tolist() == [1, 2, 3, 4, 1, 2]
    assert cells["until"].tolist() == [2, 3, 4, 5, 2, 3]
    assert cells["share"].tolist() == pytest.approx([1, 0.5, 0.25, 0.125, 1, 1 / 3])


def test_of_wide_layers_neighbours_by_score_are_one_cell() -> None:
    wide = cell_table([np.random.default_rng(0).random(512, np.float32)] * 4)
    assert len(wide) <= MOST_CELLS + 4
    for _, row in wide.groupby("layer"):
        assert (row["place"].iloc[0], row["until"].iloc[-1]) == (1, 513)
        assert row["until"].iloc[:-1].tolist() == row["place"].iloc[1:].tolist()
        assert row["score"].is_monotonic_decreasing


def test_a_layer_of_zeros_is_drawn() -> None:
    assert cell_table([np.zeros(3, np.float32)])["share"].tolist() == [0, 0, 0]


def test_cuts_stand_where_the_stages_end_and_only_where_something_goes() -> None:
    stages = plan(PruneSpec(stages=2, widths=((3, 2), (1, 2))), (4, 2), 3, 1)
    found = cut_tables(cell_table(SCORES), stages, ("stream", "block 1"))
    assert found["cuts"].values.tolist() == [[0, 4, False], [0, 2, True]]
    assert found["rows"][["cut", "end"]].values.tolist() == [[2, 5], [3, 3]]
    assert found["rows"]["label"].tolist() == ["stream: 1 of 4 kept", "block 1: 2 of 2 kept"]
