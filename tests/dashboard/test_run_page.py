"""The Run page: the verdict first, the neurons, and runs that are unfinished or broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard.parts.markdown import plain, sentence
from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import QUESTIONS
from tests.dashboard.conftest import TINY
from tests.dashboard.support import (
    PAGES,
    drawn_rows,
    figure_with,
    opened,
    table_with,
    tables,
    words,
)


def test_run_shows_neurons_stages_and_files(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id)
    drawn = drawn_rows(app)
    assert set(drawn["neurons"]["fate"]) == {"kept", "removed"}
    assert len(drawn["cuts"]) == len(TINY.model.hidden)
    assert set(drawn["fates"]["fate"]) == {"still there", "stage 1", "stage 2"}
    stages = table_with(app, "Hidden widths", "Reduction")
    assert stages["Parameters"].tolist() == [s.params for s in api.planned_stages(finished_run)]
    assert "R² tool_wear" in stages.columns
    assert "[" in stages["R²"].iloc[0]
    assert "simulated data" in words(app)
    assert "at best" in words(app)
    names = [button.proto.label.split(" ")[0] for button in app.get("download_button")]
    assert names == [
        "spinn_structured_final.pt",
        "spinn_structured_metrics.json",
        "dense_pinn_improved_final.pt",
        "magnitude_final.pt",
        "spinn_structured_stage1.pt",
        "spinn_structured_stage2.pt",
    ]


def test_run_tells_how_far_every_arm_is_from_the_physics(finished_run: RunFolder) -> None:
    result = finished_run.result()
    assert result is not None
    app = opened("run", run=finished_run.run_id)
    table = table_with(app, "Wear law")
    assert len(table) == len(result["arms"])
    for shown, arm in zip(table["Wear law"], result["arms"], strict=True):
        assert shown.startswith(f"{arm['physics']['wear_law']['mean']:.3f}")
    assert "the measured targets with their noise give" in words(app)


def test_run_begins_with_the_verdict_and_the_table_of_arms(finished_run: RunFolder) -> None:
    result = finished_run.result()
    assert result is not None
    app = opened("run", run=finished_run.run_id)
    verdict = result["verdict"]
    for part in (verdict[name] for name in QUESTIONS if verdict[name] is not None):
        assert sentence(part["sentence"]) in words(app)
    for target in verdict["targets"]:
        assert sentence(target["numbers"]) in words(app)
    assert sentence(result["headline"]) in words(app)
    assert "too few repetitions" in words(app)
    table = tables(app)[0]
    assert len(table) == len(result["arms"]) == 7
    assert table["Non-zero"].tolist() == [arm["nonzero"] for arm in result["arms"]]
    assert table["n"].tolist() == [arm["r2"]["n"] for arm in result["arms"]]
    assert table["Speed-up"].iloc[0] == table["MAC ratio"].iloc[0] == "1.00 ×"
    first = table["Latency"].tolist()
    app.button_group(key="batch").set_value("1").run()
    assert tables(app)[0]["Latency"].tolist() != first
    assert tables(app)[1]["Stored as"].tolist() == ["dense tensors", "COO", "CSR"]
    assert "same shapes, the same file and the same speed" in words(app)


def test_run_draws_all_arms_the_prediction_and_the_sensitivity(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id)
    cost = set(drawn_rows(app)["means"]["arm"])
    arms = {"dense", "structured", "dense, longer", "random neurons", "from scratch", "magnitude"}
    assert arms <= cost
    drawn = drawn_rows(app)
    assert {"predicted", "after fine-tuning"} <= set(drawn["marks"]["name"])
    assert set(drawn["layers"]["name"]) == {"layer 1", "layer 2"}
    assert not app.get("plotly_chart")  # the page waits for no other library


def test_run_with_folds_shows_how_they_scatter(folded_run: RunFolder) -> None:
    app = opened("run", run=folded_run.run_id)
    assert len(figure_with(app, "structured")["data"]) > 1
    assert "Fold by fold" in words(app)
    assert "Pooled R²" in tables(app)[0].columns
    assert "1 seed × 3 folds" in words(app)


def test_run_of_one_seed_without_controls_says_so(single_run: RunFolder) -> None:
    app = opened("run", run=single_run.run_id)
    assert "No control was run" in words(app)
    assert "one repetition, so no interval" in words(app)
    assert "n = 1, no interval" in words(app)
    assert "[" not in tables(app)[0]["R²"].iloc[0]


def test_run_heatmap_follows_the_stage_slider(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id)
    app.slider(key="stage").set_value(2).run()
    assert set(drawn_rows(app)["neurons"]["fate"]) == {"kept"}
    assert "Nothing is removed after this stage" in words(app)
    app.slider(key="stage").set_value(1).run()
    assert "is gone in stage 2" in words(app)


def test_run_that_has_not_ended_shows_what_there_is(unfinished_run: RunFolder) -> None:
    app = opened("run", run=unfinished_run.run_id)
    assert "2 of 3 stages are finished" in app.info[0].value
    assert len(table_with(app, "R² validation")) == 2
    labels = [button.proto.label for button in app.get("download_button")]
    assert len(labels) == 2


def test_run_with_nothing_finished_yet() -> None:
    folder = create_run(TINY)
    app = opened("run", run=folder.run_id)
    assert "0 of 3 stages" in app.info[0].value


def test_run_of_an_unknown_id_says_so(finished_run: RunFolder) -> None:
    app = opened("run", run="../../etc/passwd")
    assert plain("../../etc/passwd") in app.warning[0].value
    assert app.selectbox(key="run").value in [folder.run_id for folder in api.list_runs()]


@pytest.mark.parametrize("name", ["spec.json", "spinn_structured_metrics.json"])
def test_a_broken_file_is_one_sentence(finished_run: RunFolder, name: str, store: Path) -> None:
    path = finished_run.path / name
    good = path.read_bytes()
    path.write_text("{")
    try:
        for page in PAGES:
            opened(page)
        app = opened("run", run=finished_run.run_id)
        assert plain("is not as it was written") in app.error[0].value
    finally:
        path.write_bytes(good)


def test_run_link_with_a_stage_that_is_not_there(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id, stage="9")
    assert app.slider(key="stage").value in (0, 2)
    app = opened("run", run=finished_run.run_id, stage="two")
    assert app.slider(key="stage").value == 0


def test_another_run_can_be_chosen_while_looking_at_a_late_stage(
    finished_run: RunFolder, unfinished_run: RunFolder
) -> None:
    app = opened("run", run=finished_run.run_id, stage="2")
    app.selectbox(key="run").set_value(unfinished_run.run_id).run()
    assert not app.exception
    assert not app.error
    assert app.slider(key="stage").value in (0, 1)


def test_errors_that_the_checks_found_stand_before_the_verdict(finished_run: RunFolder) -> None:
    result = finished_run.result()
    assert result is not None
    leak = {"check": "leak", "severity": "error", "columns": ["heat", "y"]}
    leak |= {"message": "heat is y", "advice": "drop it"}
    places = finished_run.result_path, finished_run.manifest_path
    before = [place.read_bytes() for place in places]
    finished_run.manifest_path.unlink()  # which lists the result as it was
    finished_run.result_path.write_text(json.dumps({**result, "checks": [leak]}))
    try:
        app = opened("run", run=finished_run.run_id)
    finally:
        for place, content in zip(places, before, strict=True):
            place.write_bytes(content)
    shown = [one.value for one in app.warning]
    assert "The checks find 1 error in the data: leak (heat and y)." in [
        text.replace("\\", "") for text in shown
    ]
