"""The presets of Plan, and the cut through the dense network that moves with its sliders."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.plan.presets import LOSS
from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.store.runs import RunFolder
from spinn_engine.words import fixed
from tests.dashboard.support import drawn_rows, opened, tables, words

OTHER = {"hidden": "31, 17"}  # no run has such a network


def last_widths(app: AppTest) -> tuple[int, ...]:
    text = tables(app)[0]["Hidden widths"].iloc[-1]
    return tuple(int(width) for width in text.split("-"))


@pytest.mark.parametrize(("preset", "ratio"), [("paper", 68.5), ("edge", 95.0)])
def test_a_preset_sets_the_uniform_schedule_and_the_parameters_overall(
    preset: str, ratio: float
) -> None:
    app = opened("plan", schedule="sequential", ratio_of="neurons a stage", ratio="10")
    app.button(key=f"preset_{preset}").click().run()
    assert app.slider(key="ratio").value == ratio
    assert app.selectbox(key="schedule").value == "uniform"
    assert app.button_group(key="ratio_of").value == "parameters overall"
    plan = api.plan(
        api.PruneSpec(stages=4, param_reduction=ratio / 100), (512, 512, 512, 256), 18, 2
    )
    assert last_widths(app) == plan[-1].hidden


def test_the_smallest_within_is_refused_with_a_reason_until_there_is_a_network() -> None:
    app = opened("plan", **OTHER)
    assert app.button(key="preset_smallest").disabled
    assert "The third preset is not there yet" in words(app)
    assert not app.button(key="preset_edge").disabled


def test_the_presets_lead_out_of_a_plan_that_cannot_be_had() -> None:
    app = opened("plan", ratio_of="neurons a stage", ratio="99", stages="8")
    assert app.error
    app.button(key="preset_paper").click().run()
    assert not app.error


def test_the_smallest_within_a_hundredth_is_what_is_then_planned(finished_run: RunFolder) -> None:
    app = opened("plan", hidden="12, 8", stages="2", round_to="1")
    found = api.smallest_predicted(finished_run.run_id, api.PruneSpec(round_to=1), LOSS)
    app.button(key="preset_smallest").click().run()
    assert last_widths(app) == found.stage.hidden
    assert f"R² {fixed(found.r2)} on validation rows" in words(app)
    assert found.r2 >= found.dense_r2 - LOSS


def test_where_no_smaller_network_will_do_the_plan_stays_and_says_so(
    finished_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise BadInputError("no smaller network keeps it")

    monkeypatch.setattr(api, "smallest_predicted", refuse)
    app = opened("plan", hidden="12, 8", stages="1", ratio="33")
    app.button(key="preset_smallest").click().run()
    assert "no smaller network keeps it" in words(app)
    assert app.slider(key="ratio").value == 33
    app.slider(key="ratio").set_value(34.0).run()
    assert "no smaller network" not in words(app)


def test_the_cut_moves_with_the_slider(finished_run: RunFolder) -> None:
    app = opened("plan", hidden="12, 8", stages="2", ratio="40")
    seed, scores = api.dense_scores(finished_run.run_id, "l1")
    seen = []
    for ratio in (40.0, 60.0):
        app.slider(key="ratio").set_value(ratio).run()
        hidden = last_widths(app)
        drawn = drawn_rows(app)
        cuts = drawn["cuts"].groupby("last")["cut"].agg(list)
        assert cuts[True] == [width + 1 for width in hidden]
        stages = tables(app)[0]["Hidden widths"]
        assert cuts[False] == [int(width) + 1 for width in stages.iloc[1].split("-")]
        assert list(drawn["rows"]["label"]) == [
            f"layer {k}: {left} of {whole} kept"
            for k, (left, whole) in enumerate(zip(hidden, (12, 8), strict=True), start=1)
        ]
        seen.append(hidden)
    assert seen[0] != seen[1]
    assert f"seed {seed}. The line is the cut of stage 2" in words(app)
    cells = drawn["cells"]
    for number, layer in enumerate(scores):
        row = cells[cells["layer"] == number]
        np.testing.assert_array_equal(row["score"], np.sort(layer)[::-1])
        np.testing.assert_array_equal(layer[row["neuron"]], row["score"])


def test_one_stage_has_no_earlier_cuts(finished_run: RunFolder) -> None:
    app = opened("plan", hidden="12, 8", stages="1", ratio="40")
    assert drawn_rows(app)["cuts"]["last"].all()
    assert "dotted" not in words(app)
