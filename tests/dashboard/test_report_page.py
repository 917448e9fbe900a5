"""Report: claims with their verdicts, the report in a process of its own, exports."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from dashboard.reads import own_process
from dashboard.report.document import written_report
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.store.runs import RunFolder
from tests.background.support import ended, reap
from tests.dashboard.support import links, opened, table_with, tables, words


@pytest.fixture
def own_copy(finished_run: RunFolder, store: Path, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """A finished run in a store of the test's own, to write beside."""
    shutil.copytree(finished_run.path, store / "mine")
    monkeypatch.setenv("SPINN_RESULTS", str(store))
    return api.open_run("mine")


def test_the_papers_claims_are_judged_without_any_run() -> None:
    app = opened("report")
    table = tables(app)[0]
    verdicts = dict(zip(table["Claim, and why"], table["Verdict"], strict=True))
    dense = next(claim for claim in verdicts if "666,882" in claim)
    assert verdicts[dense].endswith("confirmed")
    pruned = table[table["Claim, and why"].str.contains("210,364")].iloc[0]
    assert (pruned["Verdict"], pruned["Found"]) == ("✗ contradicted", 377_282)
    assert "ships with the program" in words(app)  # the demo stands in
    assert "plan" in links(app)["Plan a run"]


def test_claims_are_held_against_the_chosen_run(finished_run: RunFolder) -> None:
    app = opened("report", run="finished")
    found = api.verify(Path("assets/claims/spinn_paper.json"), "finished")
    shown = table_with(app, "Verdict")
    assert [v[2:].replace(" ", "_") for v in shown["Verdict"]] == [one["verdict"] for one in found]
    assert list(shown["Claim, and why"]) == [f"{one['claim']}\n{one['why']}" for one in found]


def test_an_unfinished_run_is_no_choice(unfinished_run: RunFolder) -> None:
    app = opened("report", run="unfinished")
    assert "no finished run unfinished" in app.warning[0].value
    assert "unfinished" not in app.selectbox(key="run").options


def test_a_report_is_made_read_and_taken_away(finished_run: RunFolder) -> None:
    app = opened("report", run="finished", with_claims="true")
    assert not app.get("iframe")
    app.button(key="make_report").click().run(timeout=120)
    assert not app.exception
    assert not app.error
    report = written_report("finished", True)
    assert b"<html" in report.page
    assert b"377,282" in report.page
    with zipfile.ZipFile(io.BytesIO(report.archive)) as archive:
        assert archive.testzip() is None
        names = {name.removeprefix("finished/") for name in archive.namelist()}
    assert {"report.html", "report.tex", "methods.txt", "report.json"} <= names == set(report.files)
    labels = [button.proto.label for button in app.get("download_button")]
    assert any(label.startswith("report.html") for label in labels)


@pytest.mark.slow
def test_an_export_is_listed_with_how_exact_it_is(own_copy: RunFolder) -> None:
    app = opened("report", run="mine")
    app.multiselect(key="formats").set_value(["safetensors"]).run()
    app.button(key="export").click().run()
    assert "You may leave this page" in words(app)
    ended(api.works("mine")[0])
    reap()
    app.run()
    assert not app.error
    manifest = api.exports("mine")[0]
    table = table_with(app, "Largest difference")
    assert table["File"].tolist() == [manifest["file"]]
    number, _, power = f"{manifest['largest_share_of_spread']:.1e}".partition("e")
    assert f"{number}e{int(power)} of the spread" in table["Largest difference"].iloc[0]
    (own_copy.path / "exports" / manifest["file"]).unlink()
    gone = opened("report", run="mine")
    labels = [button.proto.label for button in gone.get("download_button")]
    assert f"{manifest['file']} (missing)" in labels


def test_what_the_engine_refuses_is_said_in_its_own_sentence() -> None:
    with pytest.raises(BadInputError, match="there is no run 'nowhere'"):
        own_process.engine("export", "nowhere", "--format", "onnx")
