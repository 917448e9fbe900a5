"""One neuron on the Run page: chosen by number or link, and told as the run has it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st  # noqa: TID251

from dashboard.parts.markdown import plain
from dashboard.run import neuron
from spinn_engine import api
from spinn_engine.store.runs import RunFolder
from tests.dashboard.support import (
    drawn_rows,
    figure_with,
    names_in,
    opened,
    table_with,
    words,
)


def known_seed(folder: RunFolder) -> int:
    return api.dense_scores(folder.run_id, "l1")[0]


def test_a_link_shows_a_neuron_with_all_that_is_known_of_it(finished_run: RunFolder) -> None:
    seed = known_seed(finished_run)
    app = opened("run", run=finished_run.run_id, layer="2", neuron="5")
    app.selectbox(key="seed").set_value(seed).run()
    assert not app.error
    found, _ = api.neuron("finished", 1, 5)
    said = words(app)
    assert "**Neuron 5 of hidden layer 2**" in said
    assert f"About the dense network of seed {seed} alone" in said
    costs = table_with(app, "Removed alone")
    assert costs["Target"].tolist() == list(found.targets)
    assert costs["R² dense"].tolist() == [f"{r2:.4f}".replace("-", "−") for r2 in found.dense]
    standing = table_with(app, "Criterion")
    assert standing["Rank"].tolist() == [f"{s.rank} of {s.width}" for s in found.standing.values()]
    assert {"weight", "rows", "row"} <= names_in(app)
    assert drawn_rows(app)["ring"]["layer"].tolist() == [1]
    incoming = figure_with(app, "weight")["data"][0]
    assert len(incoming["customdata"]) == 12  # the neurons of layer 1


@pytest.mark.parametrize("layer", [0, 1])
def test_its_fate_is_that_of_the_survival_map(finished_run: RunFolder, layer: int) -> None:
    last = api.importance("finished", 2, known_seed(finished_run))[layer]
    for number, stage in enumerate(last.stage_removed.tolist()):
        _, choices = api.neuron("finished", layer, number)
        assert [choice.stage for choice in choices] == [1, 2][: stage if stage > 0 else 2]
        assert choices[-1].stays == (stage < 0)
        assert all(c.stays == (c.rank <= c.kept) for c in choices)
        assert all(c.stays == (c.score >= c.cut) for c in choices)
        said = neuron.fate_sentence(choices, "L1")
        assert ("still there after stage 2" in said) == (stage < 0)
        if stage > 0:
            assert f"removed in stage {stage}" in said


def test_nothing_is_told_until_a_neuron_is_chosen(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id)
    app.selectbox(key="seed").set_value(known_seed(finished_run)).run()
    assert "Click a neuron in the heatmap" in words(app)
    assert drawn_rows(app)["ring"].empty
    app.number_input(key="neuron").set_value(3).run()
    assert "**Neuron 3 of hidden layer 1**" in words(app)


def test_another_seed_leads_to_the_one_whose_facts_are_kept(finished_run: RunFolder) -> None:
    known = known_seed(finished_run)
    app = opened("run", run=finished_run.run_id)
    app.selectbox(key="seed").set_value(1 - known).run()
    assert f"the dense network of seed {known}" in words(app)
    app.button(key="show_known_seed").click().run()
    assert app.selectbox(key="seed").value == known
    assert app.number_input(key="layer").value == 1


def test_a_number_that_a_narrower_layer_lacks_is_one_sentence(finished_run: RunFolder) -> None:
    app = opened("run", run=finished_run.run_id, layer="2", neuron="10")
    app.selectbox(key="seed").set_value(known_seed(finished_run)).run()
    assert plain("hidden layer 2 has no neuron 10: give 0 to 7") in app.error[0].value
    assert "The stages in numbers" in [fold.label for fold in app.expander]  # what follows stays
    for query in ({"layer": "9", "neuron": "4000"}, {"layer": "x", "neuron": "y"}):
        app = opened("run", run=finished_run.run_id, **query)
        assert not app.error


def test_a_click_fills_the_fields(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {"heatmap": {"selection": {"pick": [{"layer": 1, "neuron": 7}]}}}
    monkeypatch.setattr(st, "session_state", state)
    neuron.take_click()
    assert (state["layer"], state["neuron"]) == (2, 7)
    state["heatmap"] = {"selection": {"pick": []}}  # a second click takes the selection back
    neuron.take_click()
    assert (state["layer"], state["neuron"]) == (2, 7)


def test_a_neuron_that_never_changes_has_no_correlation(finished_run: RunFolder) -> None:
    found, _ = api.neuron(finished_run.run_id, 0, 0)
    r = float(np.corrcoef(found.activation, found.y[:, 1])[0, 1])
    assert neuron.correlation(found, 1) == f"{r:+.2f}".replace("-", "−")
    still = {**vars(found), "activation": np.zeros_like(found.activation)}
    assert neuron.correlation(api.Neuron(**still), 1) == "–"


def test_a_run_without_facts_offers_no_neuron(unfinished_run: RunFolder, store: Path) -> None:
    path = unfinished_run.facts_path
    aside = path.rename(path.with_suffix(".aside"))
    try:
        app = opened("run", run=unfinished_run.run_id)
        assert not app.error
        assert "Explore a neuron" not in words(app)
    finally:
        aside.rename(path)
