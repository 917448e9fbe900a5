"""Pictures of one neuron."""

from __future__ import annotations

from typing import Any

import numpy as np

from dashboard.run.neuron_charts import (
    MOST_BARS,
    MOST_POINTS,
    activation_histogram,
    activation_scatter,
    weight_bars,
)


def trace(figure: Any, name: str) -> Any:
    return next(t for t in figure.data if t.name == name)


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
