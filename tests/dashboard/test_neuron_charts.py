"""Pictures of one neuron, and what lies over the heatmap."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.charts.neuron import (
    MOST_BARS,
    MOST_POINTS,
    activation_histogram,
    activation_scatter,
    weight_bars,
)
from dashboard.charts.neuron_picks import CHOSEN, MAX_POINTS, PICK, add_picks, picked_every
from dashboard.charts.neurons import importance_heatmap
from spinn_engine.api import LayerImportance


def trace(figure: Any, name: str) -> Any:
    return next(t for t in figure.data if t.name == name)


def layer(score: list[float], index: list[int]) -> LayerImportance:
    values, numbers = np.array(score, np.float32), np.array(index)
    return LayerImportance(values, numbers, values > 1, np.full(max(index) + 1, -1))


LAYERS = [layer([1, 4, 2], [0, 3, 5]), layer([3, 1], [1, 2])]


def test_every_neuron_has_a_point_that_tells_its_number() -> None:
    figure = importance_heatmap(LAYERS)
    add_picks(figure, LAYERS, by_rank=True, chosen=(1, 5))
    points = trace(figure, PICK)
    assert list(points.customdata) == [3, 5, 0, 1, 2]  # by falling score, layer by layer
    assert list(points.x) == [1, 2, 3, 1, 2]
    assert list(points.y) == [0, 0, 0, 1, 1]
    assert list(points.text) == [4, 2, 1, 3, 1]
    ring = trace(figure, CHOSEN)
    assert (ring.x[0], ring.y[0]) == (2, 0)


def test_by_number_the_points_follow_the_cells() -> None:
    figure = importance_heatmap(LAYERS, by_rank=False)
    add_picks(figure, LAYERS, by_rank=False, chosen=None)
    assert list(trace(figure, PICK).customdata) == [0, 3, 5, 1, 2]
    assert CHOSEN not in [t.name for t in figure.data]


def test_a_neuron_that_is_gone_by_this_stage_is_not_marked() -> None:
    figure = importance_heatmap(LAYERS)
    add_picks(figure, LAYERS, by_rank=True, chosen=(1, 4))
    assert CHOSEN not in [t.name for t in figure.data]


def test_the_points_of_a_wide_network_are_thinned() -> None:
    wide = [layer(list(range(4096)), list(range(4096)))] * 4
    figure = importance_heatmap(wide)
    add_picks(figure, wide, by_rank=True, chosen=None)
    points, step = trace(figure, PICK), picked_every(wide)
    assert len(points.x) <= MAX_POINTS < 4 * 4096 <= step * MAX_POINTS
    assert all(
        number == 4096 - place for place, number in zip(points.x, points.customdata, strict=True)
    )


def test_bars_are_the_strongest_weights_by_name() -> None:
    weights = np.random.default_rng(0).normal(size=40).astype(np.float32)
    names = [f"input {place}" for place in range(40)]
    bars = weight_bars(names, weights).data[0]
    expected = sorted(range(40), key=lambda place: -abs(weights[place]))[:MOST_BARS]
    assert list(bars.customdata) == [names[place] for place in expected]
    np.testing.assert_array_equal(bars.x, weights[expected])
    assert len({*bars.marker.color}) == 2


def test_the_histogram_counts_every_row() -> None:
    values = np.random.default_rng(0).normal(size=500).astype(np.float32)
    bars = activation_histogram(values).data[0]
    assert sum(bars.y) == 500
    near = bars.x[int(np.argmax(bars.y))]
    assert abs(near - np.median(values)) < 1


def test_the_scatter_draws_evenly_chosen_rows() -> None:
    values = np.arange(1500, dtype=np.float32)
    points = activation_scatter(values, -values, "wear").data[0]
    assert len(points.x) <= MOST_POINTS
    np.testing.assert_array_equal(points.x, -np.asarray(points.y))
    assert set(np.diff(points.y)) == {3}
