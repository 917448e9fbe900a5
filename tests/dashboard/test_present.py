"""The presentation of a run: seven honest sentences, seven pictures, the keys, the hand-out."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest

from dashboard.charts.axes import error_of
from dashboard.parts.markdown import plain
from dashboard.parts.presentation import charts as charts
from dashboard.parts.presentation import navigation
from dashboard.parts.presentation import titles as findings
from dashboard.parts.presentation.slides import SLIDES, evenly_chosen
from spinn_engine.store.runs import RunFolder
from spinn_engine.words import typeset
from tests.dashboard.support import drawn_rows, figures, image_words, links, opened, words

Result = dict[str, Any]


@pytest.fixture
def result(finished_run: RunFolder) -> Result:
    """A finished run's result, to be changed freely."""
    found = finished_run.result()
    assert found is not None
    return copy.deepcopy(found)


@pytest.mark.parametrize("step", range(1, 8))
def test_each_step_has_its_sentence_a_caption_and_a_picture(
    finished_run: RunFolder, step: int
) -> None:
    result = finished_run.result()
    assert result is not None
    app = opened("run", run=finished_run.run_id, present="1", step=str(step))
    assert [title.value for title in app.title] == [plain(SLIDES[step - 1][0](result))]
    assert app.caption
    charts_there = app.get("plotly_chart")
    assert bool(charts_there or image_words(app) or drawn_rows(app)) == (step < 7)
    assert all(chart.proto.alt for chart in charts_there)
    assert f"{step}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}7" in words(app)
    assert not app.selectbox
    assert not app.slider


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("0", 1), ("-3", 1), ("99", 7), ("x", 1), ("", 1), ("2.5", 1), ("4", 4), ("9" * 5000, 1)],
)
def test_a_step_that_is_not_there_is_the_nearest(asked: str, shown: int) -> None:
    assert navigation.slide_number(asked) == shown


def test_keys_go_on_and_back_and_stop_at_the_ends(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id, present="1")
    for key, step in (
        ("Left", 1),
        ("Right", 2),
        ("Space", 3),
        ("PageDown", 4),
        ("PageUp", 3),
        ("End", 7),
        ("Right", 7),
        ("Home", 1),
    ):
        app.button(key=f"key_{key}").click().run()
        assert not app.exception
        assert app.query_params["step"] in ([str(step)], str(step))
        assert f"{step}\N{NO-BREAK SPACE}/\N{NO-BREAK SPACE}7" in words(app)
    app.button(key="key_Esc").click().run()
    assert app.title[0].value == "Run"
    assert "present" not in app.query_params
    assert "run" in app.query_params


def test_the_run_page_and_the_report_lead_here(finished_run: RunFolder) -> None:
    for page in ("run", "report"):
        app = opened(page, run=finished_run.run_id)
        html = " ".join(str(element.proto.body) for element in app.get("html"))
        assert f'href="run?run={finished_run.run_id}&amp;present=1&amp;step=1"' in html
        assert "step=all" in html


@pytest.mark.parametrize("run", ["unfinished", "nobody", "../../etc/passwd", "<script>alert(1)"])
def test_a_run_that_cannot_be_shown_is_one_sentence_and_the_way_back(
    finished_run: RunFolder, run: str
) -> None:
    app = opened("run", run=run, present="1")
    assert app.title[0].value == "Nothing to present"
    assert len(app.error) == 1
    assert "there is no finished run" in app.error[0].value
    assert 'href="run"' in " ".join(str(element.proto.body) for element in app.get("html"))
    assert "script" not in " ".join(str(element.proto.body) for element in app.get("html"))


def test_the_hand_out_has_all_of_it(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id, present="1", step="all")
    result = finished_run.result()
    assert result is not None
    titles = [header.value for header in app.header]
    assert titles == [
        f"{number}. {plain(title(result))}" for number, (title, _) in enumerate(SLIDES, start=1)
    ]
    assert len(figures(app)) == 2  # controls, speed
    assert {"means", "neurons"} <= set(drawn_rows(app))
    assert len(image_words(app)) == 1 + 3  # the dense network, and the shape of every stage
    assert not links(app)


def test_the_last_step_tells_what_was_not_measured_and_the_way_to_repeat_it(
    finished_run: RunFolder,
) -> None:
    app = opened("run", run=finished_run.run_id, present="1", step="7")
    shown = words(app)
    assert "simulated" in shown
    assert "cannot show a difference" in shown  # two seeds
    codes = [code.value for code in app.code]
    result = finished_run.result()
    assert result is not None
    assert codes[0] == "python -m spinn_engine run --spec spec.json"
    assert codes[1] == result["data"]["sha256"]


def test_the_fifth_slide_is_headed_by_the_headline(finished_run: RunFolder) -> None:
    result = finished_run.result()
    assert result is not None
    app = opened("run", run=finished_run.run_id, present="1", step="5")
    assert plain(typeset(result["headline"])) in words(app)


def test_no_slide_but_that_compares_arms(result: Result) -> None:
    sentence = findings.price(result)
    for claim in ("difference", "higher", "lower", "beat", "cost no more"):
        assert claim not in sentence


def test_the_numbers_of_the_sentences_are_those_of_the_result(result: Result) -> None:
    dense, last = result["stages"][0], result["stages"][-1]
    gone = sum(dense["hidden"]) - sum(last["hidden"])
    sentence = findings.neurons_gone(result)
    assert sentence.startswith(f"{gone} of {sum(dense['hidden'])} hidden neurons went")
    sentence = findings.shrunk(result)
    assert f"{dense['params']:,} parameters became {last['params']:,}" in sentence
    assert f"{100 * (1 - last['params'] / dense['params']):.1f} % fewer" in sentence
    structured = next(arm for arm in result["arms"] if arm["arm"] == "structured")
    ratio = structured["speed_up"]["8192"]
    result |= {"equal_work": None}  # equal networks need not be equally fast on a busy machine
    told = re.match(
        r"At batch 8,192 the pruned network runs at ([\d.]+) × ", findings.speed(result)
    )
    assert told is not None
    assert float(told[1]) == pytest.approx(ratio, rel=0.05)


def test_bands_are_the_intervals_of_the_dense_networks(
    finished_run: RunFolder, result: Result
) -> None:
    app = opened("run", run=finished_run.run_id, present="1", step="4")
    bands = drawn_rows(app)["bands"].set_index("arm")
    arms = {arm["arm"]: arm["r2"] for arm in result["arms"]}
    for label, arm in (("dense", "dense"), ("dense, longer", "dense_longer")):
        ends = error_of(arms[arm]["high"]), error_of(arms[arm]["low"])
        assert tuple(bands.loc[label]) == ends


def test_one_seed_has_no_bands(single_run: RunFolder) -> None:
    app = opened("run", run=single_run.run_id, present="1", step="4")
    assert drawn_rows(app)["bands"].empty


def test_differences_are_drawn_with_their_intervals_zero_and_the_margin() -> None:
    rows: list[tuple[str, Result]] = [
        ("longer", {"mean": -0.01, "low": -0.03, "high": 0.02}),
        ("random", {"mean": 0.5, "low": None, "high": None}),
    ]
    figure = charts.differences_picture(rows, -0.01, "R²")
    (trace,) = figure.data
    assert list(trace.x) == [-0.01, 0.5]
    assert list(trace.error_x.arrayminus) == pytest.approx([0.02, 0])
    assert list(trace.error_x.array) == pytest.approx([0.03, 0])
    assert [(line.x0, line.line.dash) for line in figure.layout.shapes] == [
        (0, "solid"),
        (-0.01, "dash"),
    ]


def test_latency_is_that_of_the_result_and_arms_differ_in_more_than_colour(result: Result) -> None:
    figure = charts.latency_picture(result["arms"], 300)
    arms = {arm["arm"]: arm["latency_us"] for arm in result["arms"]}
    assert [trace.name for trace in figure.data] == ["dense", "structured", "magnitude"]
    for trace, arm in zip(figure.data, charts.TIMED, strict=True):
        medians = [arms[arm][batch]["median"] / 1000 for batch in sorted(arms[arm], key=int)]
        assert list(trace.y) == medians
    assert len({trace.marker.symbol for trace in figure.data}) == 3


def test_of_many_stages_some_are_drawn_with_the_first_and_the_last() -> None:
    stages = [{"stage": k} for k in range(14)]
    drawn = [row["stage"] for row in evenly_chosen(stages)]
    assert len(drawn) == 5
    assert (drawn[0], drawn[-1]) == (0, 13)
    assert drawn == sorted(set(drawn))
    assert evenly_chosen(stages[:4]) == stages[:4]
