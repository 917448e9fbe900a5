"""The Plan page: what is typed is what is planned, and what is wrong is said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard.parts.markdown import plain
from dashboard.reads import dense_network
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from spinn_engine.words import fixed
from tests.dashboard.support import (
    drawn_rows,
    image_words,
    metric,
    opened,
    table_with,
    tables,
    words,
)


def test_plan_shows_the_default_run() -> None:
    app = opened("plan")
    assert app.slider(key="stages").value == 4
    assert app.slider(key="ratio").value == 68.5
    table = tables(app)[0]
    assert table["Parameters"].tolist()[0] == 666_882
    assert table["Hidden widths"].tolist()[0] == "512-512-512-256"
    assert metric(app, "Parameters, overall") == "−68.3 %"  # multiples of 8, nearest to it
    assert [words.partition(",")[0].replace("\xa0", " ") for words in image_words(app)] == [
        "Dense",
        *(f"Stage {stage}" for stage in range(1, 5)),
    ]


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
    assert tables(app)[0]["Parameters"].tolist() == [stage.params for stage in stages]
    assert stages[-1].params == 377_282


def test_plan_shows_all_reductions_whichever_is_given() -> None:
    app = opened("plan", ratio_of="MACs overall", ratio="50")
    last = tables(app)[0].iloc[-1]
    assert last["MAC reduction"] == metric(app, "MACs, overall").strip("−") == "50.0 %"
    assert last["Reduction"] == metric(app, "Parameters, overall").strip("−")
    app.button_group(key="ratio_of").set_value("bytes").run()
    assert app.number_input(key="max_bytes").value == last["Bytes"]
    assert tables(app)[0]["Bytes"].iloc[-1] == last["Bytes"]


def test_plan_of_custom_widths_is_what_was_typed() -> None:
    app = opened("plan", schedule="custom", widths="400, 400, 400, 200; 64, 64, 64, 32")
    assert not app.error
    shown = list(tables(app)[0]["Hidden widths"])
    assert shown[1:] == ["400-400-400-200", "64-64-64-32"]


def test_plan_of_the_global_schedule_says_that_widths_are_nominal() -> None:
    app = opened("plan")
    assert "nominal" not in words(app)
    app.button_group(key="ratio_of").set_value("neurons a stage").run()
    app.selectbox(key="schedule").set_value("global").run()
    assert not app.error
    assert app.button_group(key="ratio_of").value == "parameters overall"
    assert "The widths are nominal" in words(app)


def test_plan_rounds_widths_and_then_needs_no_hint() -> None:
    assert "multiples of 8 turn" in words(opened("plan", round_to="1"))
    app = opened("plan")
    assert "multiples of 8 turn" not in words(app)
    last = tables(app)[0]["Hidden widths"].iloc[-1]
    assert all(int(width) % 8 == 0 for width in last.split("-"))


def test_plan_predicts_what_would_be_left_where_such_a_network_is_trained(
    finished_run: RunFolder,
) -> None:
    assert "marks" not in drawn_rows(opened("plan"))
    app = opened("plan", hidden="12, 8", stages="2", ratio="40")
    plan = drawn_rows(app)["marks"].set_index("name").loc["this plan"]
    assert plan["params"] == tables(app)[0]["Parameters"].iloc[-1]
    assert "A prediction in closed form" in words(app)
    hidden = tuple(int(w) for w in tables(app)[0]["Hidden widths"].iloc[-1].split("-"))
    r2 = api.whatif("finished", hidden)[0].r2
    assert f"R² {fixed(r2)} on validation rows" in words(app)
    assert (plan["r2"], plan["error"]) == pytest.approx((r2, 1 - r2))
    relu = opened("plan", hidden="12, 8", stages="2", ratio="40", activation="relu")
    assert "marks" not in drawn_rows(relu)


def test_plan_link_repeats_the_plan() -> None:
    app = opened("plan", stages="2", ratio="50", hidden="64, 32", activation="relu", seeds="5")
    assert app.slider(key="stages").value == 2
    assert app.text_input(key="hidden").value == "64, 32"
    assert app.selectbox(key="activation").value == "relu"
    assert app.number_input(key="seeds").value == 5
    assert len(tables(app)[0]) == 3


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
        ({"source": "table", "path": "a.csv"}, "there is no such file"),
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
    assert len(tables(app)[0]) == 7


def test_plan_shows_markup_in_names_as_text(tmp_path: Path) -> None:
    name = "<script>alert(1)</script> **bold** [link](http://example.org)"
    app = opened("plan", source="table", path=str(tmp_path / name), targets="y")
    assert plain(name[:30]) in app.error[0].value


def test_plan_learns_the_shape_of_a_table(small_table: Path) -> None:
    app = opened("plan", source="table", path=str(small_table), targets="y", group="g", drop="z")
    assert not app.error
    assert "3 inputs, 1 target;" in words(app)
    assert "400 rows in 20 groups" in words(app)


def test_plan_shows_the_columns_of_a_table_before_a_target_is_named(small_table: Path) -> None:
    app = opened("plan", source="table", path=str(small_table))
    assert "name at least one target column" in app.error[0].value
    columns = table_with(app, "Kind")
    assert {"a", "b", "y", "g"} <= set(columns["Column"])
    assert set(columns["Use"]) == {"input"}


def test_plan_offers_the_physics_terms_that_the_data_knows() -> None:
    app = opened("plan", physics_wear_law="0.01")
    keys = [box.key for box in app.number_input if str(box.key).startswith("physics_")]
    assert keys == [
        "physics_non_negative",
        "physics_monotone",
        "physics_wear_law",
        "physics_heat_balance",
    ]
    assert app.number_input(key="physics_wear_law").value == 0.01
    assert not app.error


def test_plan_gives_burgers_its_own_network_and_no_physics_terms() -> None:
    app = opened("plan", source="burgers")
    assert not app.error
    widths = api.RunSpec.from_dict({"data": {"source": "burgers"}}).model.hidden
    assert app.text_input(key="hidden_burgers").value == ", ".join(map(str, widths))
    assert not [box for box in app.number_input if str(box.key).startswith("physics_")]


def test_plan_asks_for_the_path_of_the_nasa_file() -> None:
    assert "give the path" in opened("plan", source="nasa-mill").error[0].value


@pytest.mark.parametrize("criterion", ["l1", "l2"])  # the run's own, and another
def test_the_curve_of_a_finished_run_is_the_predicted_one(
    finished_run: RunFolder, criterion: str
) -> None:
    prune = api.PruneSpec.model_validate({"stages": 1, "criterion": criterion})
    found = api.whatif_curve(finished_run.run_id, prune.criterion, prune.reconstruction)
    assert dense_network.predicted_curve(
        finished_run.run_id, prune.criterion, prune.reconstruction
    ) == [(stage.params, prediction.r2) for prediction, stage in found]


def test_plan_says_what_the_checks_call_an_error(small_table: Path) -> None:
    frame = pd.read_csv(small_table)
    frame["heat"] = 3 - 2 * frame["y"]
    frame.to_csv(small_table, index=False)
    query = {"source": "table", "path": str(small_table), "targets": "y", "group": "g"}
    app = opened("plan", **query)
    assert any("leak (heat" in one.value.replace("\\", "") for one in app.warning)


def test_an_address_of_before_says_the_widths_and_epochs_of_a_plan_for_a_file(
    small_table: Path,
) -> None:
    """Widgets of files have keys of their own, and epochs were the only way to say how long."""
    asked = {"source": "table", "path": str(small_table), "targets": "y"}
    app = opened("plan", **asked, hidden="24, 16", epochs="4")
    assert app.text_input(key="hidden_file").value == "24, 16"
    assert app.number_input(key="epochs").value == 4
    dense = table_with(app, "Hidden widths").iloc[0]
    assert dense["Hidden widths"] == "24-16"
