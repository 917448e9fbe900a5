"""Compare: which runs are shown and chosen, what differs, and what may be compared at all."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.compare import choice, pareto
from dashboard.compare import table as compare_table
from dashboard.compare.pareto_chart import BOX, PICK
from dashboard.compare.rows import Wanted, by_data, differing
from dashboard.parts.markdown import plain, sentence
from dashboard.reads.run_facts import flattened
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from spinn_engine.vocabulary import QUESTIONS
from spinn_engine.words import latency
from tests.dashboard.compare_support import HOSTILE, copied, grid, ids, marker, rows
from tests.dashboard.support import drawn_tables, links, opened, table_with, tables, words


def test_every_finished_run_is_a_line_newest_first(several: Path, finished_run: RunFolder) -> None:
    app = opened("compare")
    assert not app.error
    assert ids(app) == ["two", "other", "one"]
    result = finished_run.result()
    assert result is not None
    last = next(arm for arm in result["arms"] if arm["arm"] == "structured")
    line = grid(app).iloc[2]
    assert line["R²"] == last["r2"]["mean"]
    assert line["n"] == 2
    assert line["Parameters"] == last["params"]
    assert line["Latency"] == last["latency_us"]["8192"]["median"]
    assert line["Seeds × folds"] == "2 × 1"
    assert line["To dense, longer"] == result["verdict"]["cost_of_pruning"]["difference"]["mean"]
    assert line["Verdict"] == "too few repetitions"


def test_another_batch_changes_the_latency(several: Path) -> None:
    app = opened("compare", at_batch="1")
    assert grid(app)["Latency"][0] == rows()["two"].latency_us["1"]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"filter": "TW"}, ["two"]),
        ({"filter": "milling paper"}, ["two"]),
        ({"tags": "paper"}, ["two"]),
        ({"sweep": "s1"}, ["other", "one"]),
        ({"sweep": "s1", "data": "milling-sim"}, ["one"]),
    ],
)
def test_filters_are_in_the_address(several: Path, query: dict[str, str], left: list[str]) -> None:
    api.set_remarks("two", ["paper"], "")
    (several / "sweeps").mkdir()
    runs = [{"run_id": name} for name in ("one", "other", "deleted since")]
    (several / "sweeps" / "s1.json").write_text(json.dumps({"runs": runs}))
    assert ids(opened("compare", **query)) == left


def test_a_filter_that_fits_nothing_says_so_and_can_be_cleared(several: Path) -> None:
    app = opened("compare", filter="nonsense")
    assert "No run fits the filter; there are 3" in app.warning[0].value
    assert not app.dataframe
    next(b for b in app.button if b.label == "Clear the filter").click().run()
    assert len(ids(app)) == 3


@pytest.mark.parametrize("field", ["text", "tags", "sources"])
def test_filters_fit_as_a_plain_search(several: Path, field: str) -> None:
    base = rows()["one"]
    every = [replace(base, run_id="A-1", tags=("Red", "b"), note="Grün"), base]
    wanted = {
        "text": Wanted(text="grün a-1"),
        "tags": Wanted(tags=("b", "c")),
        "sources": Wanted(sources=("milling-sim",)),
    }[field]
    kept = [row for row in every if wanted.fits(row)]
    assert kept == (every if field == "sources" else every[:1])


def test_a_link_names_the_chosen_runs(several: Path) -> None:
    app = opened("compare", runs="one,two")
    assert {"one", "two"} <= links(app).keys()
    assert links(app)["one"].endswith("run=one")
    assert "Chosen: 2 runs" in words(app)
    assert app.query_params["runs"] == "one,two"
    app.button(key="choose_none").click().run()
    assert "runs" not in app.query_params
    assert "3 runs. Tick some" in words(app)


def test_a_link_to_runs_that_are_gone_says_so_and_goes_on(several: Path) -> None:
    app = opened("compare", runs=f"one,gone,{HOSTILE}", baseline="nowhere")
    warning = app.warning[0].value
    assert "3 runs that this store does not have" in warning
    for name in ("gone", HOSTILE, "nowhere"):
        assert plain(name) in warning
    assert "Chosen: 1 run" in words(app)
    assert len(ids(app)) == 3


def test_boxes_choose_and_keep_what_the_filter_hides(
    several: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state: dict[str, Any] = {"key": {"selection": {"rows": [1]}}, choice.CHOSEN: ["old"]}
    monkeypatch.setattr("streamlit.session_state", state)
    compare_table.take_ticks("key", ["one", "two"])
    assert state[choice.CHOSEN] == ["old", "two"]
    state["key"] = {"selection": {"rows": []}}
    compare_table.take_ticks("key", ["one", "two"])
    assert state[choice.CHOSEN] == ["old"]


def test_a_clicked_point_is_chosen_and_a_box_that_is_given_up_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    r2 = {"mean": 0.9, "low": None, "high": None, "n": 1}
    points = [marker(name, float(x), r2) for x, name in enumerate(("one", "two", "three"), 1)]
    state: dict[str, Any] = {choice.CHOSEN: ["one"]}
    monkeypatch.setattr("streamlit.session_state", state)

    def select(*clicked: str, **box: list[float]) -> list[str]:
        state["key"] = {"selection": {PICK: [{"run_id": name} for name in clicked], BOX: box}}
        pareto.choose_selected("key", points)
        chosen: list[str] = state[choice.CHOSEN]
        return chosen

    assert select("two") == ["one", "two"]
    state[choice.CHOSEN] = ["one"]  # unchosen in the table
    assert select() == ["one", "two"]  # clicked again
    assert select("<b>") == ["one", "two"]
    before = choice.table_round()
    assert select("<b>", x=[2.5, 1.5], error=[1, 0.5]) == ["one", "two"]  # nothing is in it
    assert select("<b>") == ["one", "two"]
    assert choice.table_round() == before
    box = {"x": [3.5, 2.5], "error": [0.2, 0.05]}
    assert select("<b>", **box) == ["one", "two", "three"]
    state[choice.CHOSEN] = ["one"]
    assert select("<b>", "two", **box) == ["one", "two"]  # the box was told before
    state[choice.CHOSEN] = ["one"]
    assert select() == ["one"]  # the picture began anew


def test_a_run_is_pinned_with_a_button(several: Path) -> None:
    app = opened("compare", runs="one,two")
    app.button(key="pin_two").click().run()
    assert app.selectbox(key="baseline").value == "two"
    assert app.query_params["baseline"] == "two"
    assert app.button(key="pin_two").disabled


def test_only_what_differs_is_shown(several: Path) -> None:
    app = opened("compare", runs="one,two")
    table = table_with(app, "Field").set_index("Field")
    assert list(table.columns) == ["two", "one"]
    assert list(table.loc["prune.criterion"]) == ["l2", "l1"]
    assert "prune.stages" not in table.index
    unlike, equal = differing([rows()["two"], rows()["one"]])
    assert len(table) == len(unlike)
    assert f"{equal} that are equal are hidden" in words(app)
    assert equal > 30


@given(
    st.recursive(
        st.integers(),
        lambda part: st.dictionaries(st.text("abc", min_size=1), part, min_size=1),
        max_leaves=20,
    ).filter(lambda spec: isinstance(spec, dict))
)
def test_flattened_names_lead_to_their_values(spec: dict[str, Any]) -> None:
    flat = flattened(spec)
    for name, value in flat.items():
        found: Any = spec
        for part in name.split("."):
            found = found[part]
        assert found == value
    assert len(flat) == str(spec).count(": ") - str(spec).count(": {")


def test_runs_with_other_columns_stand_in_one_table(
    several: Path, folded_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(folded_run, several, "folds")
    monkeypatch.setenv("SPINN_RESULTS", str(several))
    table = table_with(opened("compare", runs="one,folds"), "Arm", "Pooled R²")
    pooled = table.groupby("Run")["Pooled R²"].agg(set)
    assert pooled["one"] == {"–"}
    assert "–" not in pooled["folds"]


def test_arms_and_verdicts_of_every_run(several: Path, finished_run: RunFolder) -> None:
    app = opened("compare", runs="one,two")
    table = table_with(app, "Arm")
    assert list(table["Run"]) == ["two", "one"] * 7
    result = finished_run.result()
    assert result is not None
    verdict = result["verdict"]
    for part in (verdict[name] for name in QUESTIONS if verdict[name] is not None):
        assert words(app).count(sentence(part["sentence"])) == 2
    for target in verdict["targets"]:
        assert words(app).count(sentence(target["numbers"])) >= 2


def test_many_runs_are_held_against_each_other_only_when_chosen(
    several: Path, finished_run: RunFolder
) -> None:
    copied(finished_run, several, "fourth")
    app = opened("compare")
    assert "4 runs. Tick some" in words(app)
    assert not tables(app)
    app = opened("compare", runs="fourth,one")
    assert set(table_with(app, "Arm")["Run"]) == {
        "fourth", "one"
    }  # fmt: skip


def test_runs_on_other_data_have_a_picture_of_their_own(several: Path) -> None:
    app = opened("compare")
    drawn = [set(tables["runs"]["run_id"]) for tables in drawn_tables(app)]
    assert drawn == [{"one", "two"}, {"other"}]
    assert "learned 2 sets of data" in app.info[0].value
    assert [len(group) for group in by_data(list(rows().values()))] == [2, 1]


def test_the_picture_shows_what_was_asked_for(several: Path) -> None:
    app = opened("compare", runs="one,two", draw="chosen", across="latency", at_batch="64")
    [tables] = drawn_tables(app)
    runs = tables["runs"].set_index("run_id")
    assert set(runs["kind"]) == {"l1", "l2"}
    assert tables["bands"]["arm"].tolist() == ["dense", "dense_longer"]
    assert len(tables["steps"]) in (1, 2)
    [chart] = app.get("vega_lite_chart")
    assert "latency at a batch of 64 (ms, log scale)" in chart.proto.spec
    assert runs["size"]["one"] == latency(rows()["one"].latency_us["64"])


def test_dense_bands_are_drawn_only_where_all_share_them(several: Path) -> None:
    one, two = rows()["one"], rows()["two"]
    assert pareto.shared_references([one, two]).keys() == {"dense", "dense_longer"}
    changed = {**two.references, "dense": {**two.references["dense"], "per_seed": [0.1, 0.2]}}
    apart = replace(two, references=changed)
    assert pareto.shared_references([one, apart]).keys() == {"dense_longer"}
    without = replace(two, references={"dense": two.references["dense"]})
    assert pareto.shared_references([one, without]).keys() == {"dense"}


def test_one_finished_run_says_how_to_get_a_second(
    finished_run: RunFolder, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied(finished_run, store, "only")
    monkeypatch.setenv("SPINN_RESULTS", str(store))
    app = opened("compare")
    assert "the only finished run" in app.info[0].value
    assert links(app)["Clone with changes"] == "plan?from=only"
    assert "It takes two runs to differ" in words(app)


def test_without_a_finished_run_the_way_to_one_is_shown() -> None:
    app = opened("compare")
    assert "There is no finished run yet" in words(app)
    assert "Plan a run" in links(app)
    assert not app.error
