"""Tags and notes on Compare: shown as text, changed in a dialog, never lost in silence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.compare.table import View, table_row
from dashboard.parts.markdown import plain
from dashboard.reads import finished_runs
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from tests.dashboard.compare_support import HOSTILE, grid, ids, rows
from tests.dashboard.support import opened, words
from tests.store.remote_support import Machines, write


def test_tags_and_notes_are_shown_as_text(several: Path) -> None:
    api.set_remarks("one", [HOSTILE[:40], "fine"], f"{HOSTILE}\n# heading")
    app = opened("compare", runs="one,two", colour="tags")
    assert f":violet-badge[{plain(HOSTILE[:40].strip())}]" in words(app)
    assert app.text[0].value == f"{HOSTILE}\n# heading"  # st.text reads no Markdown
    line = table_row(rows()["one"], View(None, "1"))
    assert line["Tags"] == [HOSTILE[:40].strip(), "fine"]
    assert line["Note"] == f"{HOSTILE} # heading"
    for kind in (app.markdown, app.caption, app.warning):
        assert not [e for e in kind if "<img" in str(e.value).replace("\\<", "")]


@pytest.fixture
def form(several: Path) -> AppTest:
    """What the dialog of a run shows; Streamlit's test client leaves dialogs after one run."""

    def script() -> None:
        import streamlit as st  # noqa: TID251

        from dashboard.compare.remarks import SEEN, begin_editing, remarks_form

        if SEEN not in st.session_state:
            begin_editing("one")
        remarks_form("one", ["known"])

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    return app


def test_the_dialog_opens_for_a_chosen_run(several: Path) -> None:
    app = opened("compare", runs="one")
    app.button(key="remarks_one").click().run()
    assert not app.exception
    assert app.text_area(key="note_of_one_").value == ""


def test_tags_and_note_are_changed(form: AppTest) -> None:
    form.multiselect(key="tags_of_one_").set_value(["known"])
    form.text_area(key="note_of_one_").set_value("why")
    form.button(key="save_remarks").click().run()
    assert not form.exception
    assert api.remarks("one").tags == ("known",)
    assert api.remarks("one").note == "why"
    app = opened("compare", runs="one")
    assert grid(app)["Note"][2] == "why"
    assert ":violet-badge[known]" in words(app)


def test_what_another_tab_has_saved_is_not_lost(form: AppTest) -> None:
    theirs = api.set_remarks("one", ["theirs"], "said before")
    form.text_area(key="note_of_one_").set_value("mine")
    form.button(key="save_remarks").click().run()
    assert "Somebody else has changed them" in form.warning[0].value
    assert form.text_area(key="note_of_one_").value == "mine"
    assert api.remarks("one") == theirs
    assert "said before" in [text.value for text in form.text]
    assert form.button(key="save_remarks").label == "Save mine over theirs"
    form.button(key="take_theirs").click().run()
    note = form.text_area(key=f"note_of_one_{theirs.stamp}")
    assert note.value == "said before"
    assert not form.warning
    note.set_value("said before, and mine")
    form.button(key="save_remarks").click().run()
    assert api.remarks("one").note == "said before, and mine"
    assert api.remarks("one").tags == ("theirs",)


def test_mine_goes_over_theirs_only_when_that_is_asked_for_again(form: AppTest) -> None:
    api.set_remarks("one", ["theirs"], "")
    form.text_area(key="note_of_one_").set_value("mine")
    form.button(key="save_remarks").click().run()
    form.button(key="save_remarks").click().run()
    assert api.remarks("one").note == "mine"


def test_a_tag_that_is_too_long_is_refused_in_a_sentence(form: AppTest) -> None:
    form.session_state["tags_of_one_"] = ["x" * 41]
    form.button(key="save_remarks").click().run()
    assert "1 to 40 characters" in form.error[0].value
    assert api.remarks("one").tags == ()


def test_a_store_on_another_machine_is_compared_and_its_new_tags_are_seen(
    finished_run: RunFolder, s3_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machines = Machines(tmp_path / "machines", monkeypatch)
    monkeypatch.setenv("SPINN_RESULTS", finished_run.path.parent.as_posix())
    here = finished_run.result()
    assert here is not None
    monkeypatch.setenv("SPINN_RESULTS", s3_store)
    remote = machines.be("a")
    write(remote, "far", {"spec.json": finished_run.spec_path.read_text()})
    write(remote, "far", {api.RESULT_NAME: json.dumps({**here, "run_id": "far"})})
    remote.publish("far")
    machines.be("b")
    assert ids(opened("compare")) == ["far"]
    machines.be("a")
    api.set_remarks("far", ["from a"], "")
    machines.be("b")
    finished_runs.look_for_changes.clear()
    assert list(grid(opened("compare"))["Tags"][0]) == ["from a"]
