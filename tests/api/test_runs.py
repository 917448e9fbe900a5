"""A run as people hold it: which is meant, its table, its picture, its face in a notebook."""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs.job import Job, JobState, Priority
from tests.api.support import QUICK, ending_workers
from tests.test_pipeline import small_spec


@pytest.fixture
def asked(small_table: Path) -> dict[str, Any]:
    return {"data": small_table, "targets": ["y", "z"], "group": "g", **QUICK}


def test_a_run_is_meant_by_its_id_a_beginning_latest_its_folder_or_itself(
    asked: dict[str, Any], store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = api.run(progress=False, **asked)
    monkeypatch.chdir(store.parent)
    relative = f"{store.name}/{run.run_id}"
    ways = (run, run.run_id, run.run_id[:-3], "latest", run.path, str(run.path), relative)
    for way in (*ways, Path(relative), api.RunFolder(run.store, run.run_id)):
        assert api.open_run(way).path == run.path
        assert api.importance(way, 0)[0].score.shape == (8,)
        assert api.load_network(way).target_names == ("y", "z")
        assert [one["run_id"] for one in api.compared([way])] == [run.run_id]
        with pytest.raises(BadInputError, match=f"{run.run_id} is done already"):
            api.resume(way)
    moved = tmp_path / "colleague" / run.run_id
    shutil.copytree(run.path, moved)
    there = api.open_run(moved)
    assert there.path == moved
    assert api.whatif(there).stage == api.whatif(run).stage
    pd.testing.assert_frame_equal(there.frame(), run.frame())
    for about_the_queue in (api.cancel, api.resume, api.delete):
        for way in (there, moved):
            with pytest.raises(BadInputError, match="is not in the store .* set SPINN_RESULTS"):
                about_the_queue(way)
    assert moved.exists()


@pytest.mark.parametrize("text", ["../colleague/{}", "{}/../../colleague/{}", "/etc", "a/b"])
def test_no_text_leads_out_of_the_store(asked: dict[str, Any], store: Path, text: str) -> None:
    made = create_run(small_spec(Path(asked["data"])))
    shutil.copytree(made.path, store.parent / "colleague" / made.run_id)
    with pytest.raises(BadInputError, match="is not a run id, and no folder of the store"):
        api.open_run(text.format(made.run_id, made.run_id))
    with pytest.raises(BadInputError, match="there is no run in the folder"):
        api.open_run(store.parent)


def test_the_demo_is_itself_whatever_begins_so(asked: dict[str, Any], store: Path) -> None:
    made = create_run(small_spec(Path(asked["data"])))
    made.path.rename(store / "demo-2")
    assert api.is_demo(api.open_run("demo"))
    assert api.open_run("demo-").run_id == "demo-2"


def test_the_table_says_what_the_networks_score(asked: dict[str, Any]) -> None:
    run = api.run(progress=False, **asked)
    frame, result = run.frame(), run.result()
    assert result is not None
    assert list(zip(frame["stage"], frame["arm"], strict=True)) == [
        (0, "dense"), (1, "structured"), (1, "random"), (2, "structured"), (2, "random"),
        (2, "scratch"), (2, "linear"),
    ]  # fmt: skip
    problem = api.load_problem(run.spec().data)
    rows = {"test": (problem.test, "r2"), "val": (problem.val, "val_r2")}
    by_stage = frame[frame["arm"].isin(["dense", "structured"])].set_index("stage")
    for stage in range(3):
        network = api.load_network(run, stage=stage)
        row = by_stage.loc[stage]
        assert row["params"] == sum(p.numel() for p in network.parameters())
        for places, column in rows.values():
            predicted = network(np.asarray(problem.inputs)[places])
            right = r2_score(problem.targets[places], predicted)
            assert row[column] == pytest.approx(right, abs=1e-5)
        alone = r2_score(
            problem.targets[problem.test],
            network(np.asarray(problem.inputs)[problem.test]),
            multioutput="raw_values",
        )
        assert [row["y.r2"], row["z.r2"]] == pytest.approx(alone.tolist(), abs=1e-5)
    named = pd.DataFrame(np.asarray(problem.inputs), columns=list(problem.input_names)) * 100
    assert network.findings(named[["c", "a", "b"]]) == network.findings(named.to_numpy())
    assert network.findings(named)
    linear = frame.iloc[-1]
    assert (linear["hidden"], linear["params"]) == ("", 3 * 2 + 2)
    assert list(frame.index[frame["r2"].isna()]) == [2], "of a control before its last stage"
    assert frame["updates"].iloc[0] == result["arms"][0]["updates"]


def test_a_run_that_is_not_finished_has_a_table_too(asked: dict[str, Any]) -> None:
    whole = api.run(progress=False, **asked)
    frame = whole.frame()
    whole.result_path.unlink()
    (whole.stacks / "stage2_pruned.pt").unlink()
    run = api.open_run(whole.run_id)
    so_far = run.frame()
    assert list(so_far["arm"]) == ["dense", "structured", "random"]
    pd.testing.assert_series_equal(so_far["val_r2"], frame["val_r2"].head(3))
    assert so_far["r2"].isna().all()
    assert "2 of 3 stages done" in run._repr_html_()
    for refused in (lambda: run.headline, run.plot, lambda: api.load_network(run)):
        with pytest.raises(BadInputError, match="is not finished"):
            refused()
    assert api.load_network(run, stage=1).input_names == ("a", "b", "c")
    with pytest.raises(BadInputError, match="has no stage 2: finished are 0 and 1"):
        api.load_network(run, stage=2)
    fresh = create_run(small_spec(Path(asked["data"])))
    assert api.open_run(fresh).frame().empty


def test_the_picture_is_a_figure_that_any_notebook_shows() -> None:
    code = (
        "import sys; from spinn_engine import api; f = api.open_run('demo').plot(); "
        "assert f._repr_png_()[:8] == bytes.fromhex('89504e470d0a1a0a'); "
        "[axes] = f.axes; print(axes.get_xlabel(), *sorted(axes.get_legend_handles_labels()[1])); "
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "parameters" in done.stdout
    assert "structured" in done.stdout


class Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_shows_a_run_and_nothing_of_it_is_obeyed(asked: dict[str, Any]) -> None:
    demo = api.open_run("demo")
    shown = Tags(demo._repr_html_())
    assert shown.tags == {"div", "b", "br", "table", "thead", "tbody", "tr", "th", "td"}
    assert demo.headline in shown.text
    assert "1,765" in shown.text
    assert len(demo._repr_html_()) < 5000
    run = create_run(small_spec(Path(asked["data"])))
    run.spec_path.write_text('{"a": "<script>"}')
    broken = Tags(api.open_run(run.run_id)._repr_html_())
    assert broken.tags == {"div", "b", "br"}
    assert "not as it was written" in broken.text
    evil = api.open_run("demo")
    evil.result = lambda: {**(demo.result() or {}), "headline": "<script>x</script>"}  # type: ignore[method-assign]
    assert "script" not in Tags(evil._repr_html_()).tags


def told_as(monkeypatch: pytest.MonkeyPatch, *states: Job | None) -> None:
    left = list(states)
    monkeypatch.setattr("spinn_engine.api.waiting.find_job", lambda _: left.pop(0))
    monkeypatch.setattr("spinn_engine.api.waiting.EVERY_SECONDS", 0.0)
    monkeypatch.setattr("spinn_engine.api.waiting.ensure_worker", lambda: None)


def job(state: JobState, stage: int = 0, error: str | None = None) -> Job:
    return Job("one", state, stage, 2, 3, 8, 60.0, None, Priority.NORMAL, None, None, error)


@pytest.fixture
def waiting(asked: dict[str, Any], store: Path) -> api.Run:
    create_run(small_spec(Path(asked["data"]))).path.rename(store / "one")
    return api.open_run("one")


def test_waiting_says_each_step_once_or_nothing(
    waiting: api.Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    states = [JobState.QUEUED, JobState.RUNNING, JobState.RUNNING, JobState.DONE]
    told_as(monkeypatch, *map(job, states))
    assert waiting.wait() is waiting
    said = ["run one is queued", "run one: stage 0 of 2", "run one is done"]
    assert capsys.readouterr().err.splitlines() == said
    told_as(monkeypatch, *map(job, states))
    waiting.wait(progress=False)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    told_as(monkeypatch, *map(job, states))
    waiting.wait()
    line = capsys.readouterr().err
    assert line.count("\n") == 1
    assert "\rrun one: stage 0 of 2, epoch 3 of 8, about 1 min 0 s left" in line


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (job(JobState.FAILED, error="the loss became NaN"), "run one failed: the loss became NaN"),
        (job(JobState.CANCELLED), "run one was cancelled: api.resume goes on"),
        (None, "run one is not in the queue: api.resume puts it there"),
    ],
)
def test_what_will_never_be_done_is_not_waited_for(
    waiting: api.Run, monkeypatch: pytest.MonkeyPatch, state: Job | None, told: str
) -> None:
    told_as(monkeypatch, job(JobState.RUNNING), state)
    with pytest.raises(SpinnError, match=told):
        waiting.wait(progress=False)


def test_waiting_ends_in_time_and_by_ctrl_c(
    waiting: api.Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told_as(monkeypatch, job(JobState.RUNNING))
    with pytest.raises(SpinnError, match="run one is not done after 0 s: it goes on"):
        waiting.wait(timeout=0)

    def press(_: float) -> None:
        raise KeyboardInterrupt

    told_as(monkeypatch, job(JobState.RUNNING))
    monkeypatch.setattr("spinn_engine.api.waiting.time.sleep", press)
    with pytest.raises(KeyboardInterrupt):
        waiting.wait()
    assert capsys.readouterr().err.endswith("run one goes on; wait() waits for it again\n")


@pytest.mark.slow
def test_a_submitted_run_is_waited_for_and_pointed_at(asked: dict[str, Any]) -> None:
    run = api.submit(priority="high", **asked)
    assert not run.existing
    with ending_workers():
        assert run.wait(progress=False, timeout=300).is_complete()
    again = api.submit(**asked)
    assert (again.run_id, again.existing) == (run.run_id, True)
    assert again.wait() is again
    with pytest.raises(BadInputError, match="unknown priority 'urgent': use one of high, normal"):
        api.submit(priority="urgent", **asked)
