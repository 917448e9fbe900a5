"""Data: columns, roles, split and checks of a source, and what is carried over to Plan."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qsl

import altair as alt
import numpy as np
import pandas as pd
import pytest
import streamlit as st  # noqa: TID251
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.data import split_charts as drawn
from dashboard.parts.forms.upload import take_upload
from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.spec import DataSpec
from tests.dashboard.support import figures, links, opened, table_with, tables, words


@pytest.fixture
def leaky(small_table: Path) -> Path:
    """The small table with a column that is the target in other units, and a hostile name."""
    frame = pd.read_csv(small_table)
    frame["y_um"] = 1000 * frame["y"]
    frame = frame.rename(columns={"c": "<b>c</b>, **x**"})
    path = small_table.with_name("leaky.csv")
    frame.to_csv(path, index=False)
    return path


def on_plan(app: AppTest) -> dict[str, str]:
    """What the link to Plan asks for."""
    return dict(parse_qsl(links(app)["Plan with this data"].partition("?")[2]))


def findings_shown(app: AppTest) -> list[str]:
    return [str(m.value) for m in app.markdown if "arrow_forward" in str(m.value)]


def test_the_simulated_data_is_shown_with_its_checks() -> None:
    app = opened("data")
    assert not app.error
    found = api.check(DataSpec())
    shown = findings_shown(app)
    assert len(shown) == len(found)
    for one, text in zip(found, shown, strict=True):
        assert plain(one["check"]) in text
        assert plain(one["advice"]) in text
        assert {"error": "error", "warning": "warning", "info": "for information"}[
            one["severity"]
        ] in text
    assert "simulated data" in words(app)
    problem = api.load_problem(DataSpec())
    assert len(app.get("vega_lite_chart")) == 1 + len(problem.target_names)
    assert not figures(app)


def test_what_the_checks_advise_is_left_out_and_goes_to_plan() -> None:
    app = opened("data")
    before = len(findings_shown(app))
    app.button(key="leave_out").click().run()
    data = DataSpec(drop=("time_s", "cutting_distance_m"))
    left = len(api.check(data))
    assert f"{left} findings left, of {before} before" in app.success[0].value
    assert len(findings_shown(app)) == left < before
    assert not [button for button in app.button if button.key == "leave_out"]
    assert on_plan(app) == {"source": "milling-sim", "drop_sim": "time_s, cutting_distance_m"}
    plan = opened("plan", **on_plan(app))
    assert not plan.error
    assert "16 inputs, 2 targets" in words(plan)


def test_a_table_with_a_leak_is_warned_of_and_mended(leaky: Path) -> None:
    app = opened("data", source="table", path=str(leaky), targets="y", group="g", drop="z")
    assert not app.error
    assert any("leak" in text and plain("y_um") in text for text in findings_shown(app))
    app.button(key="leave_out").click().run()
    assert "Left out: " + plain("y_um") in app.success[0].value
    assert not any(plain("y_um") in text for text in findings_shown(app))
    expected = {"source": "table", "path": str(leaky), "targets": "y", "group": "g"}
    assert on_plan(app) == {**expected, "drop": "z, y_um"}
    assert app.query_params["drop"] in ("z, y_um", ["z, y_um"])
    plan = opened("plan", **on_plan(app))
    assert "3 inputs, 1 target;" in words(plan)


def test_roles_are_chosen_from_the_columns_and_known_on_plan(leaky: Path) -> None:
    app = opened("data")
    app.selectbox(key="source").set_value("table").run()
    app.text_input(key="path").set_value(str(leaky)).run()
    assert "Which columns are to be predicted?" in words(app)
    assert "<b>c</b>, **x**" in app.multiselect(key="pick_targets").options
    app.multiselect(key="pick_targets").set_value(["y"]).run()
    app.selectbox(key="pick_group").set_value("g").run()
    app.multiselect(key="pick_drop").set_value(["<b>c</b>, **x**", "z"]).run()
    assert not app.error
    assert "400 rows, 3 inputs, 1 target" in words(app)
    app.switch_page("plan/page.py").run().run()  # the test client brings values one run late
    assert app.text_input(key="targets").value == "y"
    assert app.text_input(key="group").value == "g"
    assert app.text_input(key="drop").value == '"<b>c</b>, **x**", z'
    assert not app.error
    app.text_input(key="group").set_value("").run()
    app.switch_page("data/page.py").run().run()
    assert app.selectbox(key="pick_group").value is None
    assert app.multiselect(key="pick_targets").value == ["y"]


def test_a_group_column_that_is_kept_is_an_input_on_both_pages(
    small_table: Path, submitted: list[api.RunSpec]
) -> None:
    asked = {"source": "table", "path": str(small_table), "targets": "y", "drop": "z"}
    app = opened("data", **asked)
    assert not [one for one in app.toggle if one.key == "keep_group"]
    app.selectbox(key="pick_group").set_value("g").run()
    assert "400 rows, 3 inputs, 1 target" in words(app)
    assert "keep_group" not in on_plan(app)
    app.toggle(key="keep_group").set_value(True).run()
    assert not app.error
    assert "400 rows, 4 inputs, 1 target" in words(app)
    assert any("says nothing of groups that are new" in one.value for one in app.warning)
    uses = table_with(app, "Kind").set_index("Column")["Use"]
    assert uses["g"] == "group: also an input"
    plan = opened("plan", **on_plan(app), hidden_file="24", stages="1")
    assert [e.value for e in plan.error] == []
    assert plan.toggle(key="keep_group").value is True
    assert "4 inputs, 1 target" in words(plan)
    assert any("says nothing of groups that are new" in one.value for one in plan.warning)
    plan.button(key="start").click().run()
    assert (submitted[0].data.group, submitted[0].data.keep_group) == ("g", True)
    plan.text_input(key="group").set_value("").run()  # with no group there is nothing to keep
    assert not plan.error
    assert not [one for one in plan.toggle if one.key == "keep_group"]


def test_names_are_shown_as_text(leaky: Path) -> None:
    app = opened("data", source="table", path=str(leaky), targets="y")
    assert "<b>" not in words(app)
    columns = table_with(app, "Kind")
    assert "<b>c</b>, **x**" in columns["Column"].tolist()


def test_roles_that_the_table_has_not_are_forgotten(leaky: Path, small_table: Path) -> None:
    app = opened("data", source="table", path=str(leaky), targets="y", drop="y_um, gone")
    assert not app.error
    app.text_input(key="path").set_value(str(small_table)).run()
    assert not app.error
    assert app.multiselect(key="pick_drop").value == []
    assert "drop" not in on_plan(app)


@pytest.mark.parametrize("source", ["table", "nasa-mill"])
def test_without_a_file_it_is_said_what_to_do(source: str) -> None:
    app = opened("data", source=source)
    assert not app.error
    assert "No file yet" in words(app)
    assert "Plan with this data" not in links(app)


def test_a_file_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    app = opened("data", source="table", path=str(tmp_path / "<i>gone</i>.csv"))
    [error] = app.error
    assert "there is no such file" in plain(error.value) or "no such file" in error.value
    assert "<i>" not in error.value


def test_rows_that_cannot_be_used_leave_the_columns_to_be_seen(small_table: Path) -> None:
    frame = pd.read_csv(small_table)
    frame["word"] = [f"w{number}" for number in range(len(frame))]
    frame.to_csv(small_table, index=False)
    app = opened("data", source="table", path=str(small_table), targets="y")
    assert "word" in app.error[0].value
    assert any("Kind" in table.columns for table in tables(app))
    app.multiselect(key="pick_drop").set_value(["word"]).run()
    assert not app.error


def test_a_changed_file_is_read_again(small_table: Path) -> None:
    app = opened("data", source="table", path=str(small_table), targets="y", group="g")
    assert "400 rows" in words(app)
    pd.read_csv(small_table).head(300).to_csv(small_table, index=False)
    app.run()
    assert "300 rows" in words(app)


def test_the_split_is_counted_as_pandas_counts_it(small_table: Path) -> None:
    data = DataSpec(source=f"table:{small_table}", targets=("y", "z"), group="g")
    found, frame = api.split(data), pd.read_csv(small_table)
    assert found.groups is not None
    seen = [number for groups in found.groups.values() for number, _ in groups]
    assert sorted(seen) == list(range(20))  # each group is in one part alone
    for part, groups in found.groups.items():
        own = frame[frame["g"].isin([number for number, _ in groups])]
        assert dict(groups) == own.groupby("g").size().to_dict()
        assert found.rows[part] == len(own)
        for spread in found.spreads:
            bins = pd.cut(own[spread.target], list(spread.edges), include_lowest=True)
            shares = bins.value_counts(sort=False, normalize=True)
            np.testing.assert_allclose(spread.shares[part], shares, atol=1.5 / len(own))
            assert sum(spread.shares[part]) == pytest.approx(1)


def test_a_strip_is_cut_into_the_groups_of_its_part() -> None:
    rows = {"train": 50, "validation": 20, "test": 30}
    groups = {"train": [(0, 20), (3, 30)], "validation": [(1, 20)], "test": [(2, 30)]}
    spec, tables = drawn.split_picture(rows, groups)
    alt.LayerChart.from_dict(spec)
    train = tables["strips"][tables["strips"]["part"] == "train"]
    assert train[["start", "end"]].values.tolist() == [[0, 20], [20, 50]]
    assert train["group"].tolist() == ["group 0", "group 3"]
    said = "".join(tables["parts"]["words"])
    for words_ in ("2 groups, 50 rows (50 %)", "1 group, 20 rows (20 %)", "1 group, 30 rows"):
        assert words_ in said
    alone = drawn.split_picture(rows, None)[1]["strips"]
    assert alone["told"].tolist() == ["50", "20", "30"]
    many = {part: [(number, 1) for number in range(count)] for part, count in rows.items()}
    many["train"] = [(number, 1) for number in range(5000)]
    strips = drawn.split_picture({**rows, "train": 5000}, many)[1]["strips"]
    assert (strips["part"] == "train").sum() == 1


def test_a_spread_ends_where_its_last_bin_ends() -> None:
    shares = {"train": (0.25, 0.75), "test": (1.0, 0.0)}
    spec, tables = drawn.spread_picture("wear, mm", (0.0, 1.0, 3.0), shares)
    alt.LayerChart.from_dict(spec)
    bins = tables["bins"].groupby("part")[["value", "percent"]].agg(list)
    assert bins["value"].tolist() == [[0, 1, 3]] * 2
    assert bins["percent"]["train"] == [25, 75, 75]
    dashes = spec["layer"][0]["encoding"]["strokeDash"]["scale"]["range"]
    assert len({tuple(dash) for dash in dashes}) == 3  # never colour alone


def test_an_upload_fills_the_path_or_says_why_not(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)

    def give(name: str, content: bytes) -> None:
        state["table_file"] = SimpleNamespace(name=name, getvalue=lambda: content)
        take_upload("table_file", api.keep_table, "path")

    give("<b>.csv", b"<html>")
    assert "web page" in str(state["table_file_refused"])
    assert "path" not in state
    give("my runs.csv", b"a,y\n1,2\n")
    assert "table_file_refused" not in state
    assert Path(str(state["path"])).parent == store / "uploads"


def test_a_split_is_chosen_and_goes_to_plan(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "walks.csv"
    frame = pd.DataFrame(rng.normal(size=(600, 4)).cumsum(axis=0).round(3), columns=list("abcy"))
    frame.to_csv(path, index=False)
    app = opened("data", source="table", path=str(path), targets="y")
    assert "Rows follow one another" in words(app)
    assert "The last rows are the test" in words(app)
    assert "no split was asked for" in words(app)
    app.selectbox(key="split_by").select("the last rows").run()
    assert not app.exception
    assert "The last rows are the test" in words(app)
    assert "no split was asked for" not in words(app)
    again = opened("plan", source="table", path=str(path), targets="y", split_by="the last rows")
    assert again.selectbox(key="split_by").value == "the last rows"
    assert "The last" in words(again)
