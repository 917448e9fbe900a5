"""The picture of many runs: what no other run beats, drawn so that all can be seen."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts.pareto import Point, beside, pareto, pareto_step
from tests.dashboard.compare_support import HOSTILE


def figure_of(mean: float) -> dict[str, Any]:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.001, "n": 3}


def points_of(places: list[tuple[int, int]]) -> list[Point]:
    return [
        Point(f"r{number}", float(x), figure_of(y / 20)) for number, (x, y) in enumerate(places)
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
    drawn = beside(points)
    for x in {point.x for point in points}:
        equal = sorted((p for p in points if p.x == x), key=lambda p: -p.r2["mean"])
        assert len({drawn[p.run_id] for p in equal}) == len(equal)
        best = max(p.r2["mean"] for p in equal)
        assert [drawn[p.run_id] for p in equal if drawn[p.run_id] == x]
        assert next(p for p in equal if drawn[p.run_id] == x).r2["mean"] == best
        assert all(x / 1.31 < drawn[p.run_id] < x * 1.31 for p in equal)


def test_markup_from_people_is_text_in_the_picture() -> None:
    kinds = [HOSTILE, "plain"]
    points = [
        Point("a", 10.0, figure_of(0.9), HOSTILE, chosen=True),
        Point("b", 20.0, {**figure_of(0.8), "low": None, "high": None, "n": 1}, "plain"),
    ]
    figure = pareto(points, {"dense": figure_of(0.95)}, "parameters (count)", kinds, "a")
    names = [trace.name for trace in figure.data]
    assert "&lt;img src=x onerror=alert(1)&gt; **bold** [a](javascript:b)" in names
    assert not [name for name in names if "<" in name]
    assert figure.layout.annotations[0].text == "baseline"
    marker = next(trace for trace in figure.data if trace.name.startswith("&lt;")).marker
    assert list(marker.line.width) == [2]
    drawn = next(trace for trace in figure.data if trace.name == "plain")
    assert 1 - drawn.y[0] == pytest.approx(0.8)
    assert drawn.error_y.array[0] == drawn.error_y.arrayminus[0] == 0


def test_a_kind_keeps_its_colour_when_others_are_hidden() -> None:
    points = [Point(name, 10.0, figure_of(0.9), name) for name in "abc"]
    kinds = ["a", "b", "c"]
    whole = {t.name: t.marker.color for t in pareto(points, {}, "x (1)", kinds).data[1:]}
    [alone] = pareto(points[2:], {}, "x (1)", kinds).data[1:]
    assert alone.marker.color == whole["c"] != whole["a"]
