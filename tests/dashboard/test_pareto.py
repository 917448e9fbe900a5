"""The picture of many runs: what no other run beats, drawn so that all can be seen."""

from __future__ import annotations

from typing import Any

import altair as alt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.compare.pareto_chart import (
    Axis,
    Point,
    pareto_picture,
    pareto_step,
    runs_inside,
    side_by_side,
)
from tests.dashboard.compare_support import HOSTILE, marker


def figure_of(mean: float) -> dict[str, Any]:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.001, "n": 3}


def points_of(places: list[tuple[int, int]]) -> list[Point]:
    return [
        marker(f"r{number}", float(x), figure_of(y / 20)) for number, (x, y) in enumerate(places)
    ]


PLACES = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 15)), min_size=1, max_size=25)


@given(PLACES)
def test_the_step_is_what_no_other_run_beats(places: list[tuple[int, int]]) -> None:
    points = points_of(places)
    kept = [(p.x, p.r2["mean"]) for p in pareto_step(points)]
    every = {(p.x, p.r2["mean"]) for p in points}
    unbeaten = {
        (x, r2)
        for x, r2 in every
        if not any(a <= x and b >= r2 and (a, b) != (x, r2) for a, b in every)
    }
    assert kept == sorted(unbeaten)


@given(PLACES)
def test_no_two_runs_are_drawn_on_one_another(places: list[tuple[int, int]]) -> None:
    points = points_of(places)
    drawn = side_by_side(points)
    for x in {point.x for point in points}:
        equal = sorted((p for p in points if p.x == x), key=lambda p: -p.r2["mean"])
        assert len({drawn[p.run_id] for p in equal}) == len(equal)
        best = max(p.r2["mean"] for p in equal)
        assert [drawn[p.run_id] for p in equal if drawn[p.run_id] == x]
        assert next(p for p in equal if drawn[p.run_id] == x).r2["mean"] == best
        assert all(x / 1.31 < drawn[p.run_id] < x * 1.31 for p in equal)


def test_what_reaches_out_of_the_frame_is_cut_off() -> None:
    wide = {"mean": 0.9, "low": -9.0, "high": 2.0, "n": 2}
    spec, tables = pareto_picture([marker("a", 10.0, wide)], {"dense": wide}, Axis("x", "1"), [""])
    low, high = spec["layer"][0]["encoding"]["y"]["scale"]["domain"]
    assert tables["runs"]["low"][0] > high
    assert tables["runs"]["high"][0] < low
    for layer in spec["layer"]:
        if layer["mark"]["type"] in ("rule", "rect", "line"):
            assert layer["mark"]["clip"]


@given(PLACES)
def test_a_box_around_everything_holds_every_run(places: list[tuple[int, int]]) -> None:
    points = points_of(places)
    runs = pareto_picture(points, {}, Axis("x", "1"), [""])[1]["runs"]
    box = {name: [runs[name].max(), runs[name].min()] for name in ("x", "error")}
    assert sorted(runs_inside(points, box)) == sorted(point.run_id for point in points)
    best = runs.to_dict("records")[int(runs["error"].argmin())]
    around = {name: [best[name] * 0.9999, best[name] * 1.0001] for name in ("x", "error")}
    assert best["run_id"] in runs_inside(points, around)
    assert runs_inside(points, {}) == []


def test_markup_from_people_is_text_in_the_picture() -> None:
    kinds = [HOSTILE, "plain"]
    points = [
        marker("a", 10.0, figure_of(0.9), HOSTILE, chosen=True),
        marker("b", 20.0, {**figure_of(0.8), "low": None, "high": None, "n": 1}, "plain"),
    ]
    spec, tables = pareto_picture(
        points, {"dense": figure_of(0.95)}, Axis("parameters", "count"), kinds, "a"
    )
    alt.LayerChart.from_dict(spec)
    assert tables["runs"]["kind"].tolist() == kinds  # drawn on a canvas or as SVG text
    assert tables["chosen"]["run_id"].tolist() == ["a"]
    assert tables["baseline"].values.tolist() == [[10.0, pytest.approx(0.1)]]
    alone = tables["runs"].set_index("run_id").loc["b"]
    assert alone["low"] == alone["high"] == alone["error"] == pytest.approx(0.2)
    [band] = tables["bands"].to_dict("records")
    assert band["label"] == "dense 0.9500"


def test_a_kind_keeps_its_colour_and_shape_when_others_are_hidden() -> None:
    points = [marker(name, 10.0, figure_of(0.9), name) for name in "abc"]
    looks = []
    for drawn in (points, points[2:]):
        layers = pareto_picture(drawn, {}, Axis("x", "1"), ["a", "b", "c"])[0]["layer"]
        [found] = [layer["encoding"] for layer in layers if "name" in layer]
        looks.append([found[channel]["scale"] for channel in ("color", "shape")])
    assert looks[0] == looks[1]
    assert all(len({str(look) for look in scale["range"]}) == 3 for scale in looks[0])
