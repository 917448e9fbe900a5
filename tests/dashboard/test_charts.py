"""The pictures, checked by their data."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import altair as alt
import numpy as np
import plotly.graph_objects as go
import pytest

from dashboard.charts.architecture import architecture, width_label
from dashboard.charts.curves import TRAINING, curve_table, loss_curves, stage_starts, thinned
from dashboard.charts.style import GREY
from dashboard.charts.tradeoff import tradeoff_picture
from dashboard.charts.whatif import PointKind, prediction_picture, sensitivity_picture
from dashboard.run.folds_chart import folds_picture
from spinn_engine.spec import PruneSpec, RunSpec, TrainSpec
from spinn_engine.vocabulary import ARMS


def trace(figure: go.Figure, name: str) -> Any:
    return next(t for t in figure.data if t.name == name)


def test_width_label_says_what_became_of_a_layer() -> None:
    assert width_label(285, 512) == "512 → 285 (−44 %)"
    assert width_label(512, 512) == "512"


def test_architecture_centres_every_bar_and_draws_the_dense_ghost() -> None:
    drawn = ElementTree.fromstring(architecture((285, 143), (512, 256)))
    middle = float(drawn.attrib["width"]) / 2
    for name, widths in (("dense", (512, 256)), ("left", (285, 143))):
        bars = [bar.attrib for bar in drawn if bar.get("class") == name]
        found = [float(bar["width"]) for bar in bars]
        assert found[1] / found[0] == pytest.approx(widths[1] / widths[0], abs=1e-3)
        assert all(
            float(bar["x"]) + float(bar["width"]) / 2 == pytest.approx(middle, abs=0.02)
            for bar in bars
        )
        assert float(bars[0]["y"]) < float(bars[1]["y"])  # input side on top
        if name == "dense":
            dense = found
    assert found[0] / dense[0] == pytest.approx(285 / 512, abs=1e-3)
    labels = [element.text for element in drawn if element.tag.endswith("text")]
    assert labels == ["512 → 285 (−44 %)", "256 → 143 (−44 %)"]


def stage_row(stage: int, params: int, per_seed: list[float], half: float | None) -> dict[str, Any]:
    mean = float(np.mean(per_seed))
    ends = (None, None) if half is None else (mean - half, mean + half)
    r2 = {"mean": mean, "low": ends[0], "high": ends[1], "n": len(per_seed), "per_seed": per_seed}
    return {"stage": stage, "params": params, "r2": r2}


def test_tradeoff_draws_every_seed_and_the_interval_of_the_mean() -> None:
    rows = [stage_row(0, 1000, [0.98, 0.99], 0.004), stage_row(1, 500, [0.97, 0.98], 0.01)]
    spec, tables = tradeoff_picture(rows, [], ceiling=0.995)
    mean = tables["means"].set_index("arm").loc["structured"]
    assert mean["x"] == 500
    assert (mean["error"], mean["low"], mean["high"]) == pytest.approx((0.025, 0.035, 0.015))
    seeds = tables["repetitions"]
    assert seeds[seeds["arm"] == "dense"]["error"].tolist() == pytest.approx([0.02, 0.01])
    assert tables["lines"]["error"].tolist() == pytest.approx([0.005])
    assert y_of(spec)["scale"]["reverse"]  # a better R2 is higher
    alt.LayerChart.from_dict(spec)


def y_of(spec: dict[str, Any]) -> dict[str, Any]:
    """The y channel of the means."""
    layers = [one for one in spec["layer"] if one["data"]["name"] == "means"]
    return dict(layers[-1]["encoding"]["y"])


def test_tradeoff_of_one_seed_has_no_interval() -> None:
    rows = [stage_row(0, 1000, [0.9], None), stage_row(1, 500, [-3.0], None)]
    means = tradeoff_picture(rows, [])[1]["means"]
    assert (means["low"] == means["error"]).all()
    assert (means["high"] == means["error"]).all()


def test_tradeoff_axis_is_labelled_with_r2_and_counts() -> None:
    rows = [stage_row(0, 666_882, [0.98], None), stage_row(1, 210_050, [0.9], None)]
    spec, tables = tradeoff_picture(rows, [])
    y, x = y_of(spec), spec["layer"][-2]["encoding"]["x"]
    assert len(y["axis"]["values"]) >= 3
    low, high = y["scale"]["domain"]
    assert all(low <= value <= high for value in y["axis"]["values"])
    assert low <= tables["means"]["error"].min() <= tables["means"]["error"].max() <= high
    assert {200e3, 400e3} <= {round(value) for value in x["axis"]["values"]}


def test_every_arm_has_a_colour_and_a_shape_of_its_own() -> None:
    for look in ("colour", "symbol", "label", "glyph", "shape", "dash"):
        assert len({getattr(arm, look) for arm in ARMS.values()}) == len(ARMS)


def arm_row(arm: str, params: int, per_seed: list[float]) -> dict[str, Any]:
    return {"arm": arm, **stage_row(0, params, per_seed, 0.01)}


def test_tradeoff_shows_every_arm_and_moves_those_of_equal_size_apart() -> None:
    stages = [stage_row(0, 1000, [0.98, 0.99], 0.01), stage_row(1, 500, [0.97, 0.98], 0.01)]
    arms = [
        arm_row("dense", 1000, [0.98, 0.99]),
        arm_row("structured", 500, [0.97, 0.98]),
        arm_row("random", 500, [0.96, 0.97]),
        arm_row("dense_longer", 1000, [0.98, 0.98]),
    ]
    tables = tradeoff_picture(stages, arms)[1]
    x = tables["means"].set_index("arm")["x"]
    assert x["structured"] == 500
    assert x["random neurons"] == pytest.approx(500, rel=0.1)
    assert x["random neurons"] > 500
    assert x["dense, longer"] > x["dense"]
    assert (tables["repetitions"]["arm"] == "random neurons").sum() == 2


def test_a_linear_model_far_below_is_a_note_and_squeezes_nothing() -> None:
    stages = [stage_row(0, 1000, [0.99], None), stage_row(1, 500, [0.985], None)]
    far, near = (arm_row("linear", 38, [r2]) for r2 in (0.5, 0.98))
    spec, tables = tradeoff_picture(stages, [far])
    [line] = tables["lines"].to_dict("records")
    assert line["off"]
    assert "linear: 0.5000, below" in line["text"]
    assert y_of(spec) == y_of(tradeoff_picture(stages, [])[0])
    assert not tradeoff_picture(stages, [near])[1]["lines"]["off"].any()


@pytest.mark.parametrize("dark", [False, True])
def test_tradeoff_tells_arms_by_colour_and_shape_and_bands_by_dash(dark: bool) -> None:
    stages = [stage_row(0, 1000, [0.98, 0.99], 0.01), stage_row(1, 500, [0.97, 0.98], 0.01)]
    arms = [
        arm_row("dense", 1000, [0.98, 0.99]),
        arm_row("dense_longer", 1000, [0.98, 0.98]),
        arm_row("scratch", 500, [0.9, 0.91]),
    ]
    spec, tables = tradeoff_picture(stages, arms, None, dark, ("dense", "dense_longer"))
    alt.LayerChart.from_dict(spec)
    assert tables["bands"]["arm"].tolist() == ["dense", "dense, longer"]
    assert tables["bands"][["high", "low"]].iloc[1].tolist() == pytest.approx([0.01, 0.03])
    for layer in spec["layer"]:
        if layer["mark"]["type"] == "point":
            looks = [layer["encoding"][channel]["scale"] for channel in ("color", "shape")]
            assert looks[0]["domain"] == looks[1]["domain"]
            assert len(set(looks[1]["range"])) == len(looks[1]["domain"]) == 4
    dashes = [one["encoding"].get("strokeDash") for one in spec["layer"]]
    assert [dash["condition"]["value"] != dash["value"] for dash in dashes if dash] == [True, True]


def test_prediction_marks_its_points_on_the_curve() -> None:
    kinds = [PointKind("this plan", [(400, 0.9)], GREY, "circle")]
    spec, tables = prediction_picture([(1000, 0.99), (300, 0.8)], kinds)
    alt.LayerChart.from_dict(spec)
    assert tables["curve"]["params"].tolist() == [1000, 300]
    marked = tables["marks"].iloc[0].to_dict()
    assert marked.pop("error") == pytest.approx(0.1)
    texts = {"size": "400", "told": "0.9000"}
    assert marked == {"name": "this plan", "params": 400, "r2": 0.9} | texts


def test_sensitivity_draws_a_line_a_layer() -> None:
    layers = [[(0.0, 0.99), (0.5, 0.9)], [(0.0, 0.99), (0.5, 0.98)]]
    spec, tables = sensitivity_picture(layers, ("layer 1", "layer 2"))
    alt.LayerChart.from_dict(spec)
    lines = tables["layers"].groupby("name")["removed"].agg(list)
    assert lines.to_dict() == {"layer 1": [0, 50], "layer 2": [0, 50]}
    for channel in ("color", "strokeDash"):
        looks = spec["layer"][0]["encoding"][channel]["scale"]["range"]
        assert len({str(look) for look in looks}) == len(layers)


def test_folds_stand_beside_each_other_and_may_be_far_below_zero() -> None:
    arms = [{"arm": arm, "per_fold_r2": [0.9, -10.0, 0.5]} for arm in ("dense", "structured")]
    figure = folds_picture(arms)
    assert trace(figure, "dense").y[1] == pytest.approx(11)
    assert trace(figure, "dense").x[0] < 1 < trace(figure, "structured").x[0]
    assert any(label.startswith("\N{MINUS SIGN}") for label in figure.layout.yaxis.ticktext)


SPEC = RunSpec(train=TrainSpec(epochs=3, fine_tune_epochs=2), prune=PruneSpec(stages=2))


def line(stage: int, epoch: int, loss: float, arm: str | None = None) -> dict[str, Any]:
    train = [loss, 3 * loss] if epoch else None
    return {
        "stage": stage,
        "arm": arm or ("structured" if stage else "dense"),
        "epoch": epoch,
        "epochs": 2 if stage else 3,
        "train_loss": train,
        "val_loss": [loss, loss],
        "val_r2": [0.5, 0.7],
    }


def test_curves_put_the_stages_one_after_the_other() -> None:
    table = curve_table([line(0, 0, 4.0), line(0, 3, 1.0), line(1, 0, 2.0), line(2, 2, 0.5)], SPEC)
    assert stage_starts(SPEC) == [0, 3, 5, 7]
    arms = {name: table[table["arm"] == name] for name in table["arm"]}
    assert arms["dense"]["epoch"].tolist() == [0, 3]
    assert arms["structured"]["epoch"].tolist() == [3, 7]
    assert arms[TRAINING]["epoch"].tolist() == [3, 7]
    assert arms[TRAINING]["loss"].tolist() == [2.0, 1.0]
    assert arms["dense"]["r2"].iloc[0] == pytest.approx(0.6)


def test_curves_of_several_arms_of_one_stage_stay_apart() -> None:
    lines = [line(2, 1, 1.0), line(2, 1, 2.0, "random"), line(2, 1, 3.0, "scratch")]
    table = curve_table(lines, SPEC).set_index("arm")
    assert table.loc["random neurons", "loss"] == 2.0
    assert table.loc["random neurons", "epoch"] == 6
    assert table.loc["from scratch", "epoch"] == 1  # it trains for the whole run
    drawn = loss_curves(SPEC, stage_starts(SPEC))
    domain = drawn["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert "linear" not in domain
    assert set(table.index) <= set(domain)


def test_curves_description_depends_on_the_spec_alone() -> None:
    starts = stage_starts(SPEC)
    assert loss_curves(SPEC, starts) == loss_curves(SPEC, starts)
    stages = loss_curves(SPEC, stage_starts(SPEC))["layer"][1]["data"]["values"]
    assert stages == [{"epoch": 3, "label": "1"}, {"epoch": 5, "label": "2"}]


def test_an_empty_curve_is_a_table_without_rows() -> None:
    assert len(curve_table([], SPEC)) == 0


def test_thinning_keeps_ends_and_spikes() -> None:
    values = np.ones(100_000)
    values[54_321] = 50.0
    places = thinned(values)
    assert len(places) <= 1002
    assert {0, 54_321, 99_999} <= set(places.tolist())
    assert thinned(np.ones(5)).tolist() == [0, 1, 2, 3, 4]
