"""The importance heatmap and the survival map, checked by their rows."""

from __future__ import annotations

import altair as alt
import numpy as np
import pytest

from dashboard.charts.neurons import (
    importance_picture,
    importance_tables,
    survival_picture,
    survival_tables,
)
from dashboard.charts.strips import MOST_CELLS, thinning_step
from spinn_engine.api import LayerImportance


def layer(score: list[float], kept: list[bool], removed: list[int]) -> LayerImportance:
    dense = np.array(removed)
    there = np.flatnonzero((dense < 0) | (dense == dense.max()))[: len(score)]
    return LayerImportance(np.array(score, np.float32), there, np.array(kept), dense)


LAYERS = [
    layer([1.0, 4.0, 2.0], [False, True, True], [2, -1, -1, 1]),
    layer([3.0, 1.0], [True, False], [-1, 2]),
]

NAMES = ("layer 1", "layer 2")


def test_heatmap_ranks_neurons_and_parts_kept_from_removed() -> None:
    found = importance_tables(LAYERS, NAMES)["neurons"]
    first = found[found["layer"] == 0]
    assert first["share"].tolist() == pytest.approx([1, 0.5, 0.25])
    assert first["fate"].tolist() == ["kept", "kept", "removed"]
    assert first[["score", "neuron"]].values.tolist() == [[4, 1], [2, 2], [1, 0]]
    second = found[found["layer"] == 1]
    assert second["share"].tolist() == pytest.approx([1, 1 / 3])
    assert second["place"].tolist() == [1, 2]


@pytest.mark.parametrize("dark", [False, True])
def test_heatmap_has_one_scale_of_values_and_two_of_colour(dark: bool) -> None:
    spec = importance_picture([4, 4], dark=dark, clickable=True)
    alt.LayerChart.from_dict(spec)
    legends = [one["encoding"]["color"] for one in spec["layer"] if "range" in str(one["encoding"])]
    assert [colour["scale"]["domain"] for colour in legends] == [[0, 1]] * 2
    kept, removed = (colour["scale"]["range"] for colour in legends)
    assert not set(kept) & set(removed)
    found = importance_tables(LAYERS, NAMES, dark=dark)["neurons"]
    looks = found.groupby("fate")["colour"].agg(set)
    assert looks["kept"] <= set(kept)
    assert looks["removed"] <= set(removed)
    assert found["colour"].iloc[0] == kept[-1]  # the highest score has the end of the scale


def test_heatmap_marks_the_cut_and_says_it_in_words() -> None:
    tables = importance_tables(LAYERS, NAMES)
    assert tables["cuts"].values.tolist() == [[0, 3], [1, 2]]
    words = ["layer 1: 2 of 3 kept", "layer 2: 1 of 2 kept"]
    assert tables["rows"]["label"].tolist() == words


def test_heatmap_by_number_keeps_the_order_of_the_dense_network() -> None:
    tables = importance_tables(LAYERS, NAMES, by_rank=False)
    assert tables["neurons"]["neuron"].tolist()[:3] == [0, 1, 2]
    assert tables["neurons"]["fate"].tolist()[:3] == ["removed", "kept", "kept"]
    assert tables["cuts"].empty


def test_heatmap_of_the_last_stage_has_nothing_removed() -> None:
    tables = importance_tables([layer([1.0, 2.0], [True, True], [-1, -1])], NAMES[:1])
    assert set(tables["neurons"]["fate"]) == {"kept"}
    assert tables["cuts"].empty


def test_heatmap_of_dead_neurons_divides_by_nothing() -> None:
    tables = importance_tables([layer([0.0, 0.0], [True, False], [-1, 1])], NAMES[:1])
    assert tables["neurons"]["share"].tolist() == [0, 0]


def test_the_chosen_neuron_has_a_ring_in_the_middle_of_its_cell() -> None:
    ring = importance_tables(LAYERS, NAMES, chosen=(0, 2))["ring"]
    assert ring.values.tolist() == [[0, 2.5]]
    assert importance_tables(LAYERS, NAMES, by_rank=False, chosen=(0, 0))["ring"][
        "place"
    ].tolist() == [1.5]
    assert importance_tables(LAYERS, NAMES)["ring"].empty


def test_a_neuron_that_went_before_has_no_ring() -> None:
    assert importance_tables(LAYERS, NAMES, chosen=(0, 3))["ring"].empty


def test_wide_layers_are_thinned_to_what_a_browser_can_draw() -> None:
    assert thinning_step([4096] * 4) == 1
    score = np.random.default_rng(0).random(70_000, np.float32)
    wide = LayerImportance(score, np.arange(70_000), score > 0.5, np.full(70_000, -1))
    drawn = importance_tables([wide] * 8, ["wide"] * 8)["neurons"]
    assert len(drawn) <= MOST_CELLS
    for _, row in drawn.groupby("layer"):
        assert (row["place"].iloc[0], row["until"].iloc[-1]) == (1, 70_001)
        assert row["until"].iloc[:-1].tolist() == row["place"].iloc[1:].tolist()


def test_survival_map_shows_the_stage_that_removed_each_neuron() -> None:
    fates = survival_tables(LAYERS, NAMES)["fates"]
    names = {2: "stage 2", 1: "stage 1", 0: "still there"}
    expected = [names[stage] for stage in (2, 0, 0, 1, 0, 2)]
    assert fates["fate"].tolist() == expected
    spec = survival_picture(LAYERS)
    alt.LayerChart.from_dict(spec)
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    assert scale["domain"] == ["still there", "stage 1", "stage 2"]
    assert len(set(scale["range"])) == 3
    words = ["layer 1: 2 of 4 left", "layer 2: 1 of 2 left"]
    assert survival_tables(LAYERS, NAMES)["rows"]["label"].tolist() == words


def test_survival_map_by_stage_puts_what_stayed_longest_first() -> None:
    fates = survival_tables(LAYERS, NAMES, by_stage=True)["fates"]
    assert fates["neuron"].tolist()[:4] == [1, 2, 0, 3]
    assert fates["fate"].tolist()[:4] == ["still there", "still there", "stage 2", "stage 1"]
