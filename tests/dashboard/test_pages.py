"""Every page through Streamlit's own test client: empty, full, and with what users get wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.formats import plain
from spinn_engine import api
from spinn_engine.artifacts.store import RunFolder, create_run
from spinn_engine.errors import BadInputError
from tests.dashboard.conftest import TINY

APP = Path(__file__).parents[2] / "dashboard" / "app.py"
PAGES = ("overview", "plan", "jobs", "run")


def opened(page: str, **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.switch_page(f"app_pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    """All running text of a page."""
    kinds = (app.title, app.subheader, app.markdown, app.caption, app.error, app.warning, app.info)
    return "\n".join(str(element.value) for kind in kinds for element in kind)


def metric(app: AppTest, label: str) -> str:
    return str(next(m.value for m in app.metric if m.label == label))


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def figure_with(app: AppTest, trace: str) -> dict[str, Any]:
    """The picture that has a trace of this name."""
    return next(f for f in figures(app) if trace in [t["name"] for t in f["data"]])


def names_in(app: AppTest) -> set[str]:
    return {trace["name"] for figure in figures(app) for trace in figure["data"]}


@pytest.mark.parametrize("page", PAGES)
def test_no_page_is_empty_without_runs(page: str) -> None:
    app = opened(page)
    assert not app.error
    assert len(words(app)) > 60


def test_overview_without_runs_says_what_to_do() -> None:
    app = opened("overview")
    assert "No finished run yet" in words(app)
    assert app.button(key="new_run").label == "New run"


def test_overview_shows_the_newest_finished_run(finished_run: RunFolder) -> None:
    app = opened("overview")
    result = finished_run.result()
    assert result is not None
    assert metric(app, "Parameters") == f"−{100 * result['parameter_reduction']:.1f} %"
    r2 = result["stages"][-1]["r2"]["mean"]
    assert metric(app, "R² on test rows, mean of n = 2") == f"{r2:.4f}"
    assert "simulated data" in words(app)
    assert len(figures(app)) == 1


def test_plan_shows_the_default_run() -> None:
    app = opened("plan")
    assert app.slider(key="stages").value == 4
    assert app.slider(key="ratio").value == 68.5
    table = app.table[0].value
    assert table["Parameters"].tolist()[0] == 666_882
    assert table["Hidden widths"].tolist()[0].replace("\xa0", " ") == "512 · 512 · 512 · 256"
    assert metric(app, "Parameters, overall") == "−68.5 %"
    assert len(figures(app)) == 5


def test_plan_switch_carries_the_ratio_over_to_its_other_meaning() -> None:
    app = opened("plan")
    a_stage = float(metric(app, "Neurons, a stage").strip("− %"))
    app.button_group(key="ratio_of").set_value("neurons a stage").run()
    assert app.slider(key="ratio").value == pytest.approx(a_stage, abs=0.3)
    assert metric(app, "Neurons, a stage") == f"−{app.slider(key='ratio').value:.1f} %"


def test_plan_in_neurons_matches_the_engine() -> None:
    app = opened("plan", ratio_of="neurons a stage", ratio="25", schedule="sequential")
    stages = api.plan(
        api.PruneSpec(stages=4, schedule="sequential", pruning_ratio=0.25),
        (512, 512, 512, 256),
        18,
        2,
    )
    assert app.table[0].value["Parameters"].tolist() == [stage.params for stage in stages]
    assert stages[-1].params == 377_282


def test_plan_shows_all_reductions_whichever_is_given() -> None:
    app = opened("plan", ratio_of="MACs overall", ratio="50")
    last = app.table[0].value.iloc[-1]
    assert last["MAC reduction"] == metric(app, "MACs, overall").strip("−") == "50.0 %"
    assert last["Reduction"] == metric(app, "Parameters, overall").strip("−")
    app.button_group(key="ratio_of").set_value("bytes").run()
    assert app.number_input(key="max_bytes").value == last["Bytes"]
    assert app.table[0].value["Bytes"].iloc[-1] == last["Bytes"]


def test_plan_of_custom_widths_is_what_was_typed() -> None:
    app = opened("plan", schedule="custom", widths="400, 400, 400, 200; 64, 64, 64, 32")
    assert not app.error
    shown = [text.replace("\xa0", " ") for text in app.table[0].value["Hidden widths"]]
    assert shown[1:] == ["400 · 400 · 400 · 200", "64 · 64 · 64 · 32"]


def test_plan_of_the_global_schedule_says_that_widths_are_nominal() -> None:
    app = opened("plan")
    assert "nominal" not in words(app)
    app.button_group(key="ratio_of").set_value("neurons a stage").run()
    app.selectbox(key="schedule").set_value("global").run()
    assert not app.error
    assert app.button_group(key="ratio_of").value == "parameters overall"
    assert "The widths are nominal" in words(app)


def test_plan_rounds_widths_and_then_needs_no_hint() -> None:
    assert "multiples of 8" in words(opened("plan"))
    app = opened("plan", round_to="8")
    assert "multiples of 8 turn" not in words(app)
    last = app.table[0].value["Hidden widths"].iloc[-1]
    assert all(int(width) % 8 == 0 for width in last.replace("\xa0", "").split("·"))


def test_plan_predicts_what_would_be_left_where_such_a_network_is_trained(
    finished_run: RunFolder,
) -> None:
    assert "this plan" not in names_in(opened("plan"))
    app = opened("plan", hidden="12, 8", stages="2", ratio="40")
    plan = next(t for t in figure_with(app, "this plan")["data"] if t["name"] == "this plan")
    assert plan["x"][0] == app.table[0].value["Parameters"].iloc[-1]
    assert "A prediction in closed form" in words(app)
    hidden = tuple(int(w) for w in app.table[0].value["Hidden widths"].iloc[-1].split("·"))
    r2 = api.whatif("finished", hidden)[0].r2
    assert f"R² {r2:.4f} on validation rows" in words(app)
    relu = opened("plan", hidden="12, 8", stages="2", ratio="40", activation="relu")
    assert "this plan" not in names_in(relu)


def test_plan_link_repeats_the_plan() -> None:
    app = opened("plan", stages="2", ratio="50", hidden="64, 32", activation="relu", seeds="5")
    assert app.slider(key="stages").value == 2
    assert app.text_input(key="hidden").value == "64, 32"
    assert app.selectbox(key="activation").value == "relu"
    assert app.number_input(key="seeds").value == 5
    assert len(app.table[0].value) == 3


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"hidden": "512, x"}, "hidden widths must be whole numbers"),
        ({"hidden": " "}, "hidden widths must be whole numbers"),
        ({"hidden": "0"}, "greater than or equal to 1"),
        ({"hidden": "4", "stages": "8", "ratio": "99"}, "cannot be reached"),
        ({"hidden": "8, 8", "ratio_of": "neurons a stage", "ratio": "99"}, "with fewer than 1"),
        ({"hidden": "8, 8", "ratio_of": "neurons a stage", "ratio": "1"}, "remove no neuron"),
        ({"schedule": "custom", "widths": "600, 512, 512, 256"}, "grows from"),
        ({"schedule": "custom", "widths": "64, 64"}, "stage 1 has 2 layers"),
        ({"schedule": "custom", "widths": "64, many"}, "must be whole numbers"),
        ({"schedule": "custom", "widths": " "}, "at least one stage"),
        ({"ratio_of": "bytes", "max_bytes": "8"}, "cannot be reached"),
        ({"hidden": "8, 8", "round_to": "16"}, "larger than hidden layer 1"),
        ({"hidden": "8, 8", "least_width": "9"}, "larger than hidden layer 1"),
        ({"source": "table"}, "give the path"),
        ({"source": "table", "path": "a.csv"}, "at least one target"),
        ({"source": "table", "path": "no/such.csv", "targets": "y"}, "no/such.csv"),
    ],
)
def test_plan_says_what_is_wrong_in_one_sentence(query: dict[str, str], says: str) -> None:
    app = opened("plan", **query)
    assert len(app.error) == 1
    assert plain(says) in app.error[0].value
    assert "Traceback" not in app.error[0].value
    assert not [button for button in app.button if button.key == "start"]


def test_plan_keeps_everything_else_when_one_field_is_wrong() -> None:
    app = opened("plan", stages="6")
    app.text_input(key="hidden").set_value("many").run()
    assert app.error
    assert app.slider(key="stages").value == 6
    app.text_input(key="hidden").set_value("64, 64").run()
    assert not app.error
    assert len(app.table[0].value) == 7


def test_plan_shows_markup_in_names_as_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script> **bold** [link](http://example.org)"
    app = opened("plan", source="table", path=str(tmp_path / name), targets="y")
    assert plain(name[:30]) in app.error[0].value


def test_plan_learns_the_shape_of_a_table(small_table: Path) -> None:
    app = opened("plan", source="table", path=str(small_table), targets="y", group="g", drop="z")
    assert not app.error
    assert "3 inputs, 1 target;" in words(app)
    assert "400 rows in 20 groups" in words(app)


def test_start_submits_what_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    submitted: list[api.RunSpec] = []
    workers: list[None] = []

    def submit(spec: api.RunSpec) -> str:
        submitted.append(spec)
        return create_run(spec).run_id

    monkeypatch.setattr(api, "submit", submit)
    monkeypatch.setattr(api, "ensure_worker", lambda: workers.append(None))
    app = opened("plan", stages="2", ratio="40", hidden="16, 16", epochs="7", seeds="2", folds="5")
    app.selectbox(key="criterion").set_value("Taylor")
    app.selectbox(key="reconstruction").set_value("bias")
    app.multiselect(key="controls").set_value(["random neurons", "linear"])
    app.number_input(key="margin").set_value(0.02).run()
    app.button(key="start").click().run()
    assert len(submitted) == len(workers) == 1
    spec = submitted[0]
    assert spec.model.hidden == (16, 16)
    assert spec.prune.stages == 2
    assert spec.prune.param_reduction == 0.4
    assert spec.train.epochs == 7
    assert spec.seeds == (0, 1)
    assert (spec.prune.criterion, spec.prune.reconstruction) == ("taylor", "bias")
    assert spec.compare.controls == ("random", "linear")
    assert (spec.compare.folds, spec.compare.margin) == (5, 0.02)
    assert app.title[0].value == "Jobs"


def test_start_that_is_refused_says_why_and_keeps_the_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def submit(spec: api.RunSpec) -> str:
        raise BadInputError("the disk is full")

    monkeypatch.setattr(api, "submit", submit)
    app = opened("plan", stages="3")
    app.button(key="start").click().run()
    assert app.error[0].value == "the disk is full"
    assert app.slider(key="stages").value == 3


def job(run_id: str, state: api.JobState, **more: Any) -> api.Job:
    values: dict[str, Any] = {
        "run_id": run_id,
        "state": state,
        "stage": 1,
        "stages": 2,
        "epoch": 1,
        "epochs": 1,
        "eta_seconds": None,
        "worker": None,
        "error": None,
    }
    return api.Job(**{**values, **more})


def with_jobs(monkeypatch: pytest.MonkeyPatch, *jobs: api.Job) -> None:
    monkeypatch.setattr(api, "jobs", lambda: list(jobs))
    monkeypatch.setattr(api, "workers", list)


def test_jobs_shows_progress_time_left_and_curves(
    unfinished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = job(unfinished_run.run_id, api.JobState.RUNNING, eta_seconds=200.0)
    with_jobs(monkeypatch, running)
    app = opened("jobs")
    progress = app.get("progress")[0].proto
    assert progress.value == 40  # 4 of 10 epochs of all arms
    assert progress.text == "Stage 1 of 2, magnitude, epoch 1 of 1, about 3 min 20 s left"
    assert len(app.get("arrow_vega_lite_chart") or app.get("vega_lite_chart")) == 2
    assert "stage 1 of dense_longer, magnitude done" in app.code[-1].value
    assert app.button(key=f"cancel_{unfinished_run.run_id}")


def test_jobs_without_a_worker_gives_the_command_and_a_button(
    unfinished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[None] = []
    monkeypatch.setattr(api, "ensure_worker", lambda: started.append(None))
    with_jobs(monkeypatch, job(unfinished_run.run_id, api.JobState.QUEUED))
    app = opened("jobs")
    assert app.code[0].value.endswith("python -m spinn_engine worker")
    app.button(key="worker").click().run()
    assert started


def test_jobs_of_a_failed_run_says_why_and_can_resume_it(
    unfinished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[str] = []
    monkeypatch.setattr(api, "resume", called.append)
    monkeypatch.setattr(api, "ensure_worker", lambda: None)
    name = unfinished_run.run_id
    with_jobs(monkeypatch, job(name, api.JobState.FAILED, error="the loss became NaN"))
    app = opened("jobs")
    assert app.error[0].value == "the loss became NaN"
    app.button(key=f"resume_{name}").click().run()
    assert called == [name]


def test_jobs_tells_what_an_action_ran_into(
    finished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(run_id: str) -> None:
        raise BadInputError("it is running again")

    monkeypatch.setattr(api, "delete", refuse)
    with_jobs(monkeypatch, job(finished_run.run_id, api.JobState.DONE))
    app = opened("jobs")
    app.button(key=f"delete_{finished_run.run_id}").click().run()
    assert not app.exception
    assert app.error[0].value == "it is running again"


def test_jobs_of_a_run_whose_files_are_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    with_jobs(monkeypatch, job("gone", api.JobState.FAILED, error="lost"))
    app = opened("jobs")
    assert plain("there is no run 'gone'") in app.error[0].value


def test_run_shows_neurons_stages_and_files(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id)
    assert {"kept", "removed", "cut", "stage removed"} <= names_in(app)
    heatmap = figure_with(app, "kept")
    assert [t["name"] for t in heatmap["data"]] == ["kept", "removed", "cut"]
    stages = app.table[-1].value
    assert stages["Parameters"].tolist() == [s.params for s in api.planned_stages(finished_run)]
    assert "R² tool\\_wear" in stages.columns
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


def test_run_begins_with_the_verdict_and_the_table_of_arms(finished_run: RunFolder) -> None:
    result = finished_run.result()
    assert result is not None
    app = opened("run", run=finished_run.run_id)
    for sentence in result["verdict"]["words"]:
        assert plain(sentence).replace("R2", "R²") in words(app)
    assert "too few repetitions" in words(app)
    table = app.table[0].value
    assert len(table) == len(result["arms"]) == 7
    assert table["Non-zero"].tolist() == [arm["nonzero"] for arm in result["arms"]]
    assert table["n"].tolist() == [arm["r2"]["n"] for arm in result["arms"]]
    assert table["Speed-up"].iloc[0] == table["MAC ratio"].iloc[0] == "1.00\xa0×"
    first = table["Latency"].tolist()
    app.button_group(key="batch").set_value("1").run()
    assert app.table[0].value["Latency"].tolist() != first
    assert app.table[1].value["Stored as"].tolist() == ["dense tensors", "COO", "CSR"]
    assert "same shapes, the same file and the same speed" in words(app)


def test_run_draws_all_arms_the_prediction_and_the_sensitivity(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id)
    cost = {trace["name"] for trace in figure_with(app, "path")["data"]}
    arms = {"dense", "structured", "dense, longer", "random neurons", "from scratch", "magnitude"}
    assert arms <= cost
    assert {"predicted for a stage", "after fine-tuning", "layer 1", "layer 2"} <= names_in(app)


def test_run_with_folds_shows_how_they_scatter(folded_run: RunFolder) -> None:
    app = opened("run", run=folded_run.run_id)
    assert len(figure_with(app, "structured")["data"]) > 1
    assert "Fold by fold" in words(app)
    assert "Pooled R²" in app.table[0].value.columns
    assert "1 seed × 3 folds" in words(app)


def test_run_of_one_seed_without_controls_says_so(single_run: RunFolder) -> None:
    app = opened("run", run=single_run.run_id)
    assert "No control was run" in words(app)
    assert "one repetition, so no interval" in words(app)
    assert "n = 1, no interval" in words(app)
    assert "[" not in app.table[0].value["R²"].iloc[0]


def test_run_heatmap_follows_the_stage_slider(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id)
    app.slider(key="stage").set_value(2).run()
    assert [t["name"] for t in figure_with(app, "kept")["data"]] == ["kept"]
    assert "Nothing is removed after this stage" in words(app)
    app.slider(key="stage").set_value(1).run()
    assert "is gone in stage 2" in words(app)


def test_run_that_has_not_ended_shows_what_there_is(unfinished_run: RunFolder) -> None:
    app = opened("run", run=unfinished_run.run_id)
    assert "2 of 3 stages are finished" in app.info[0].value
    table = app.table[-1].value
    assert len(table) == 2
    assert "R² validation" in table.columns
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
        assert plain("is not JSON") in app.error[0].value
    finally:
        path.write_bytes(good)


def test_no_page_loads_torch(finished_run: RunFolder) -> None:
    script = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"for page in {PAGES}:\n"
        f"    app = AppTest.from_file({str(APP)!r}, default_timeout=60)\n"
        "    app.switch_page(f'app_pages/{page}.py')\n"
        "    app.query_params['hidden'] = '12, 8'\n"
        "    app.query_params['stages'] = '2'\n"
        "    app.run()\n"
        "    assert not app.exception and not app.error, page\n"
        "    if page == 'plan':\n"
        "        assert 'A prediction' in ' '.join(c.value for c in app.caption)\n"
        "assert 'torch' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=APP.parents[1], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]


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
