"""The tables behind the pictures: there is one by every picture, and it says what is drawn."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.adapt.error_chart import MOST_BATCHES, batch_rows
from dashboard.run.neuron_tables import histogram_rows, slice_rows, weight_rows
from dashboard.run.solution import map_rows
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import ARMS
from tests.dashboard.support import drawn_rows, opened, table_with, unfolded

MINUS = "\N{MINUS SIGN}"


def number(text: str) -> float:
    return float(text.replace(MINUS, "-").replace(",", ""))


def floats(*values: float) -> NDArray[np.float32]:
    return np.array(values, np.float32)


def sections(app: AppTest) -> list[list[Any]]:
    """What stands below each heading of a page, in order."""
    found: list[list[Any]] = [[]]
    for node in app.main:
        if node.type in ("title", "header", "subheader"):
            found.append([])
        found[-1].append(node)
    return found


def is_picture(node: Any) -> bool:
    """A chart, but for the small drawn shapes, whose every bar has its numbers written on it."""
    return node.type in ("plotly_chart", "vega_lite_chart") and "neurons in" not in node.proto.alt


@pytest.mark.parametrize("page", ["overview", "data", "run", "adapt"])
def test_every_picture_has_a_table_by_it(
    finished_run: RunFolder, folded_run: RunFolder, page: str
) -> None:
    seen = 0
    for run in (finished_run, folded_run):
        seed = str(api.dense_scores(run.run_id, "l1")[0])
        app = unfolded(opened(page, run=run.run_id, seed=seed, layer="1", neuron="3"))
        for section in sections(app):
            pictures = sum(map(is_picture, section))
            tables = sum("<table>" in node.proto.body for node in section if node.type == "html")
            assert tables >= bool(pictures), [n.proto.alt for n in section if is_picture(n)]
            seen += pictures
    assert (seen > 0) == (page != "adapt")


def test_what_cannot_be_unfolded_is_one_sentence() -> None:
    def page() -> None:
        from dashboard.parts import elements
        from spinn_engine.errors import SpinnError

        def gone() -> None:
            raise SpinnError("the run is gone")

        elements.folded("Numbers", ":material/table:", "fold", gone)

    app = AppTest.from_function(page).run()
    assert not app.error
    app.session_state["fold"] = True
    app.run()
    assert [error.value for error in app.error] == ["the run is gone"]
    assert not app.exception


def test_the_survival_map_in_numbers_is_what_the_files_hold(finished_run: RunFolder) -> None:
    app = unfolded(opened("run", run=finished_run.run_id))
    table = table_with(app, "Left")
    layers = api.importance("finished", 2, int(str(app.selectbox(key="seed").value)))
    for at, layer in enumerate(layers):
        gone = [stage for stage in layer.stage_removed.tolist() if stage > 0]
        assert table["Removed in stage 1"][at] == gone.count(1)
        assert table["Removed in stage 2"][at] == gone.count(2)
        assert table["Left"][at] == len(layer.stage_removed) - len(gone)


def test_the_prediction_in_numbers_is_what_is_drawn(finished_run: RunFolder) -> None:
    app = unfolded(opened("run", run=finished_run.run_id))
    table = table_with(app, "Predicted R²", "Stage")
    drawn = drawn_rows(app)["marks"].groupby("name")[["params", "r2"]].agg(list)
    for column, name in (
        ("Predicted R²", "predicted"),
        ("R² before fine-tuning", "before fine-tuning"),
        ("R² after fine-tuning", "after fine-tuning"),
    ):
        assert [number(text) for text in table[column][1:]] == pytest.approx(
            drawn["r2"][name], abs=5.1e-5
        )
    assert table["Parameters"].tolist() == [
        *drawn["params"]["dense"],
        *drawn["params"]["after fine-tuning"],
    ]
    alone = table_with(app, "Predicted R²", "Layer")
    lines = drawn_rows(app)["layers"]
    assert [number(text) for text in alone["Predicted R²"]] == pytest.approx(
        (1 - lines["error"]).tolist(), abs=5.1e-5
    )


def test_the_curves_in_numbers_end_where_the_log_does(finished_run: RunFolder) -> None:
    app = unfolded(opened("run", run=finished_run.run_id))
    table = table_with(app, "Validation loss")
    text = (finished_run.path / "metrics.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    final = [line for line in lines if line["epoch"] == line["epochs"]]
    assert len(table) == len(final)
    shown = sorted(map(number, table["Validation loss"]))
    told = sorted(sum(line["val_loss"]) / len(line["val_loss"]) for line in final)
    assert shown == pytest.approx(told, rel=1e-3)
    assert set(table["Epoch"]) == {f"{line['epochs']} of {line['epochs']}" for line in final}


def test_the_tradeoff_in_numbers_has_every_arm_and_repetition(finished_run: RunFolder) -> None:
    result = finished_run.result()
    assert result is not None
    table = table_with(unfolded(opened("run", run="finished")), "Each repetition")
    arms = {arm["arm"]: arm for arm in result["arms"]}
    names = {ARMS[arm].label: arm for arm in arms}
    assert set(table["Arm"]) == set(names)
    for _, row in table.iterrows():
        arm = names[row["Arm"]]
        assert row.iloc[0] == ARMS[arm].glyph
        if not row["Size"]:
            each = [number(text) for text in row["Each repetition"].split(",")]
            assert each == pytest.approx(arms[arm]["r2"]["per_seed"], abs=5.1e-5)


def test_many_batches_are_thinned_and_the_last_one_stays() -> None:
    errors = {"wear": {"mean": [at / 7 for at in range(1234)]}}
    result: dict[str, Any] = {
        "data": {"target_names": ["wear"], "units": {"wear": "mm"}},
        "batches": [{"first_row": 10 * at + 1, "last_row": 10 * at + 10} for at in range(1234)],
        "networks": [
            {"network": name, "arms": [{"arm": "full", "by_batch": {"rmse": errors}}]}
            for name in ("dense", "structured")
        ],
    }
    rows = batch_rows(result)
    bare = {**result, "data": {**result["data"], "units": {"wear": None}}}
    assert batch_rows(bare)[0]["Target"] == "wear"  # a table's columns have no units
    assert 2 < len(rows) <= MOST_BATCHES + 1
    assert rows[0]["Rows"].split() == ["1", "to", "10"]
    assert rows[-1]["Rows"].split() == ["12,331", "to", "12,340"]
    assert rows[-1]["Target"] == "wear (mm)"
    assert rows[-1]["dense, all layers again"] == f"{1233 / 7:.4g}"


def test_the_weights_of_a_neuron_in_numbers() -> None:
    rows = weight_rows(("a", "b*", "c"), floats(0.5, -2, 1))
    assert [row["Other end"] for row in rows] == ["b*", "c", "a"]
    assert [number(row["Weight"]) for row in rows] == [-2, 1, 0.5]


def test_slices_and_bins_hold_every_row_once() -> None:
    draws = np.random.default_rng(0)
    target, noise = draws.normal(size=503), draws.normal(size=503)
    activation = floats(*(target**3 + noise))
    slices = slice_rows(activation, floats(*target))
    assert sum(row["Validation rows"] for row in slices) == 503
    upto = [number(row["to"]) for row in slices]
    assert upto == sorted(upto)
    low = activation[target <= np.sort(target)[50]]
    assert number(slices[0]["Mean activation"]) == pytest.approx(low.mean(), rel=5e-3)
    assert number(slices[0]["Standard deviation"]) == pytest.approx(low.std(), rel=5e-3)
    assert sum(row["Validation rows"] for row in histogram_rows(activation)) == 503
    assert slice_rows(activation[:3], floats(*target[:3]))[-1]["Validation rows"] == 1


def test_the_maps_in_numbers_are_root_mean_squares_over_x() -> None:
    t = np.linspace(0, 1, 100, dtype=np.float32)
    field = np.stack([t, -t, 3 * t])
    rows = map_rows(t, {"error": {"dense": field}})
    assert len(rows) == 11
    assert (rows[0]["t"], rows[-1]["t"]) == ("0.00", "1.00")
    assert rows[-1]["RMS error, dense"] == f"{np.sqrt(11 / 3):.2g}"
