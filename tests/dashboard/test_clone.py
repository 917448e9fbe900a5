"""``?from=RUN``: the forms begin with that run's spec, and nothing of it is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest  # noqa: TID251

from dashboard.parts.markdown import plain
from spinn_engine import api
from spinn_engine.artifacts.creation import create_run
from spinn_engine.spec import fitted
from spinn_engine.words import names_text
from tests.dashboard.support import opened, table_with
from tests.problems.mill_file import write_mill

# Every part holds something that no widget shows, or shows rounded.
MILLING: dict[str, Any] = {
    "data": {"drop": ["feed_mm_per_tooth", "time_s"]},
    "model": {"hidden": [33, 17, 9], "activation": "silu"},
    "train": {"epochs": 7, "fine_tune_epochs": 0, "batch_size": 512, "learning_rate": 0.00213},
    "physics": {
        "wear_law": 0.00012,
        "heat_balance": 1e-5,
        "fit_coefficients": True,
        "monotone": 2000.0,
        "targets": ["tool_wear"],
    },
    "prune": {
        "stages": 12,
        "param_reduction": 0.683157,
        "least_width": 2,
        "round_to": 1,
        "criterion": "taylor",
        "reconstruction": "bias",
    },
    "compare": {"controls": ["linear", "scratch"], "folds": 3, "margin": 0.0123},
    "seeds": [5, 7, 11],
}
BURGERS: dict[str, Any] = {
    "data": {"source": "burgers"},
    "train": {"lbfgs_iterations": 200_000, "fine_tune_lbfgs_iterations": 77},
    "prune": {"mac_reduction": 0.9953, "stages": 2},
    "compare": {"margin": 0.00025},
}


def nasa(tmp_path: Path) -> dict[str, Any]:
    path = write_mill(tmp_path / "mill" / "mill.mat")
    return {
        "data": {"source": f"nasa-mill:{path}"},
        "model": {"hidden": [24, 16]},
        "prune": {"max_bytes": 1234, "stages": 1, "schedule": "global"},
        "compare": {"controls": []},
        "seeds": list(range(40)),
    }


def table(tmp_path: Path, rng: np.random.Generator) -> dict[str, Any]:
    """A table whose columns have commas, quotes and markup in their names."""
    frame = pd.DataFrame(rng.normal(size=(200, 3)), columns=["force, mean", 'say "b"', "<i>c</i>"])
    frame["wear, mm"] = frame.sum(axis=1) + 0.1 * rng.normal(size=200)
    frame["t"], frame["g"] = np.tile(np.arange(20), 10), np.repeat(np.arange(10), 20)
    path = tmp_path / "odd.csv"
    frame.to_csv(path, index=False, sep=";", decimal=",", encoding="utf-16")
    return {
        "data": {
            "source": f"table:{path}",
            "decimal": ",",
            "delimiter": ";",
            "encoding": "utf-16",
            "header": 1,
            "units_row": 0,
            "missing": ["-9999", "bad, worse"],
            "not_missing": ["NA"],
            "targets": ["wear, mm"],
            "group": "g",
            "keep_group": True,
            "time": "t",
            "drop": ["force, mean", 'say "b"'],
        },
        "model": {"hidden": [20, 20]},
        "physics": {"monotone": 0.003, "targets": ["wear, mm"]},
        "prune": {"widths": [[16, 12], [10, 8]], "round_to": 2},
    }


def as_made(spec: api.RunSpec) -> api.RunSpec:
    """As a run has it: what depends on the number of rows is set."""
    return fitted(spec, len(api.load_problem(spec.data).train))


def cloned(spec: api.RunSpec, **query: str) -> AppTest:
    app = opened("plan", **{"from": create_run(spec).run_id}, **query)
    assert not app.error
    return app


@pytest.mark.parametrize("kind", ["milling-sim", "nasa-mill", "table", "burgers", "defaults"])
def test_a_clone_is_the_same_spec(
    kind: str, tmp_path: Path, rng: np.random.Generator, submitted: list[api.RunSpec]
) -> None:
    given = {"milling-sim": MILLING, "burgers": BURGERS, "defaults": {}}.get(kind)
    if given is None:
        given = table(tmp_path, rng) if kind == "table" else nasa(tmp_path)
    spec = api.RunSpec.from_dict(given)
    app = cloned(spec)
    assert "Cloned from" in app.info[0].value
    app.button(key="start").click().run()
    assert submitted == [as_made(spec)]


@pytest.mark.parametrize("amount", ["pruning_ratio", "mac_reduction", "param_reduction"])
def test_a_clone_keeps_what_its_amount_means(amount: str, submitted: list[api.RunSpec]) -> None:
    spec = api.RunSpec.from_dict({"prune": {amount: 0.1234567}})
    cloned(spec).button(key="start").click().run()
    assert submitted == [as_made(spec)]


def test_only_what_is_changed_differs(submitted: list[api.RunSpec]) -> None:
    spec = api.RunSpec.from_dict(MILLING)
    app = cloned(spec)
    app.number_input(key="epochs").set_value(9)
    app.slider(key="ratio").set_value(50.0)
    app.number_input(key="seeds").set_value(2).run()
    app.button(key="start").click().run()
    expected = api.RunSpec.from_dict(
        {
            **MILLING,
            "train": {**MILLING["train"], "epochs": 9},
            "prune": {**MILLING["prune"], "param_reduction": 0.5},
            "seeds": [0, 1],
        }
    )
    assert submitted == [expected]


def test_what_no_widget_shows_is_told() -> None:
    told = cloned(api.RunSpec.from_dict(MILLING)).info[0].value
    for words_ in (
        "columns left out feed_mm_per_tooth, time_s",
        "batch size 512",
        "learning rate 0.00213",
        "targets of physics terms tool_wear",
        "seeds 5, 7, 11",
    ):
        assert plain(words_) in told
    assert "epochs" not in told  # there is a widget for it
    assert "Kept" not in cloned(api.RunSpec()).info[0].value


def test_with_other_data_it_is_told_what_is_as_usual_again(submitted: list[api.RunSpec]) -> None:
    app = cloned(api.RunSpec.from_dict(MILLING))
    app.selectbox(key="source").set_value("burgers")
    app.number_input(key="folds").set_value(1).run()
    assert not app.error
    assert "as usual again" in app.info[0].value
    app.selectbox(key="activation").set_value("tanh").run()
    app.button(key="start").click().run()
    default = api.RunSpec.from_dict({"data": {"source": "burgers"}})
    assert submitted[0].data == default.data
    assert submitted[0].train == as_made(default).train
    assert submitted[0].physics == default.physics
    assert submitted[0].prune.stages == 12


def test_a_device_that_only_one_machine_has_is_left_to_the_worker(
    submitted: list[api.RunSpec],
) -> None:
    app = cloned(api.RunSpec.from_dict({"train": {"device": "cuda:3"}}))
    assert plain("Its device cuda:3 became cuda") in app.info[0].value
    app.button(key="start").click().run()
    assert submitted[0].train.device == "cuda"


def test_the_address_of_a_changed_clone_repeats_it(submitted: list[api.RunSpec]) -> None:
    spec = api.RunSpec.from_dict(MILLING)
    app = cloned(spec, stages="4", epochs="15")
    assert app.slider(key="stages").value == 4
    app.button(key="start").click().run()
    assert (submitted[0].prune.stages, submitted[0].train.epochs) == (4, 15)
    assert submitted[0].train.batch_size == 512


@pytest.mark.parametrize("run_id", ["gone", "../../etc/passwd", "<script>alert(1)</script>", " "])
def test_a_run_that_is_not_there_gives_one_sentence_and_the_defaults(run_id: str) -> None:
    app = opened("plan", **{"from": run_id})
    assert not app.error
    [said] = [warning.value for warning in app.warning]
    assert plain(repr(run_id)) in said
    assert "these are the defaults" in said
    assert app.slider(key="stages").value == 4
    assert app.text_input(key="hidden").value == "512, 512, 512, 256"
    assert app.button(key="start")


def test_a_run_with_a_broken_spec_gives_one_sentence_and_the_defaults() -> None:
    folder = create_run(api.RunSpec())
    folder.spec_path.write_text("{")
    folder.manifest_path.unlink()
    app = opened("plan", **{"from": folder.run_id})
    assert plain("is not JSON") in app.warning[0].value
    assert app.button(key="start")


def test_the_way_back_leads_to_the_defaults(submitted: list[api.RunSpec]) -> None:
    app = cloned(api.RunSpec.from_dict(BURGERS))
    app.button(key="back_to_defaults").click().run()
    assert not app.info
    assert "from" not in app.query_params
    app.button(key="start").click().run()
    assert submitted == [as_made(api.RunSpec())]


def test_a_plan_is_kept_over_a_look_at_another_page_and_begun_anew_by_the_link() -> None:
    run_id = create_run(api.RunSpec.from_dict(MILLING)).run_id
    app = opened("plan", **{"from": run_id})
    app.slider(key="stages").set_value(3).run()
    app.query_params.clear()
    app.switch_page("jobs/page.py").run()
    app.switch_page("plan/page.py").run()
    assert "Cloned from" in app.info[0].value
    assert app.query_params["from"] == run_id
    assert app.slider(key="stages").value == 3
    app.switch_page("jobs/page.py").run()
    app.query_params.clear()
    app.query_params["from"] = run_id
    app.switch_page("plan/page.py").run()
    assert app.slider(key="stages").value == 12


@pytest.mark.parametrize(
    "names", [("a", "b"), ("a, b", "c"), ('say "b"', "c"), ('"', ","), (), ("ü €",)]
)
def test_names_of_columns_are_read_as_they_are_written(
    names: tuple[str, ...], tmp_path: Path
) -> None:
    columns = (*names, "y")
    frame = pd.DataFrame(np.random.default_rng(0).normal(size=(10, len(columns))), columns=columns)
    path = tmp_path / "t.csv"
    frame.to_csv(path, index=False)
    app = opened("plan", source="table", path=str(path), drop=names_text(names))
    assert "name at least one target column" in app.error[0].value
    shown = table_with(app, "Kind")
    left_out = shown["Column"][shown["Use"].str.startswith("left out")]
    assert left_out.tolist() == [plain(name) for name in names]
