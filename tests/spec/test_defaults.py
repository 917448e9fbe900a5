"""``burgers`` has defaults of its own, and refuses what an equation cannot use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.cli.main import main
from spinn_engine.errors import BadInputError
from spinn_engine.spec import (
    CompareSpec,
    DataSpec,
    ModelSpec,
    RunSpec,
    TrainSpec,
    with_old_split,
)
from spinn_engine.vocabulary import SOURCES

BURGERS = {"source": "burgers"}
OWN = SOURCES["burgers"].defaults


def test_a_source_has_its_own_defaults_and_others_have_the_usual_ones() -> None:
    spec, usual = RunSpec.from_dict({"data": BURGERS}), RunSpec()
    assert spec.model.hidden == OWN["model"]["hidden"] != usual.model.hidden
    assert spec.train.lbfgs_iterations == OWN["train"]["lbfgs_iterations"] > 0
    assert spec.compare.margin == OWN["compare"]["margin"]
    assert spec.train.batch_size == usual.train.batch_size
    assert RunSpec.from_dict({"data": {"source": "milling-sim"}}) == usual


def test_what_is_given_stands_even_where_it_is_the_usual_default() -> None:
    given = {"data": BURGERS, "model": {"hidden": [512, 512]}, "train": {"learning_rate": 1e-3}}
    spec = RunSpec.from_dict(given)
    assert spec.model.hidden == (512, 512)
    assert spec.train.learning_rate == 1e-3
    assert spec.train.epochs == OWN["train"]["epochs"]


def test_parts_that_are_made_already_count_by_what_was_set_of_them() -> None:
    spec = RunSpec(
        data=DataSpec(source="burgers"),
        model=ModelSpec(activation="silu"),
        train=TrainSpec(epochs=3),
        compare=CompareSpec(margin=0.5),
    )
    assert spec.model == ModelSpec(hidden=OWN["model"]["hidden"], activation="silu")
    assert (spec.train.epochs, spec.train.fine_tune_epochs) == (3, OWN["train"]["fine_tune_epochs"])
    assert spec.compare.margin == 0.5


def test_a_stored_spec_comes_back_as_it_was() -> None:
    spec = RunSpec.from_dict({"data": BURGERS, "train": {"epochs": 7}})
    assert RunSpec.from_json(spec.to_json()) == spec


def test_an_epoch_is_twenty_iterations_and_scratch_has_those_of_all_stages() -> None:
    train = {"epochs": 5, "lbfgs_iterations": 50, "fine_tune_lbfgs_iterations": 20}
    spec = RunSpec.from_dict({"data": BURGERS, "train": train, "prune": {"stages": 2}})
    assert spec.block_length(0, "dense") == (5, 50)
    assert spec.block_epochs(0, "dense") == 5 + 3
    assert spec.block_length(2, "pruned") == (0, 20)
    assert spec.block_length(2, "scratch") == (5, 90)
    assert spec.block_epochs(2, "scratch") == 5 + 5


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"train": {"lbfgs_iterations": 5}}, "lbfgs_iterations are for burgers"),
        ({"train": {"fine_tune_lbfgs_iterations": 5}}, "lbfgs_iterations are for burgers"),
        ({"data": BURGERS, "model": {"activation": "relu"}}, "second derivatives"),
        ({"data": BURGERS, "compare": {"folds": 3}}, "cross-validate"),
        ({"data": BURGERS, "physics": {"non_negative": 1.0}}, "equation alone"),
        ({"data": BURGERS, "model": "wide"}, "model"),
        ({"data": BURGERS, "train": {"lbfgs": 1}}, "train.lbfgs"),
    ],
)
def test_what_cannot_be_is_refused_in_one_sentence(given: dict[str, Any], says: str) -> None:
    with pytest.raises(BadInputError, match=says) as error:
        RunSpec.from_dict(given)
    assert "\n" not in str(error.value)


def test_the_command_line_knows_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "--data", "burgers", "--json"]) == 0
    stages = json.loads(capsys.readouterr().out)["stages"]
    assert stages[0]["hidden"] == list(OWN["model"]["hidden"])
    assert main(["plan", "--data", "burgers", "--hidden", "20,20", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["stages"][0]["hidden"] == [20, 20]


@pytest.mark.parametrize(
    ("data", "split"),
    [
        ({"source": "table:old.csv", "targets": ["y"]}, "row"),
        ({"source": "table:old.csv", "targets": ["y"], "group": "g"}, None),
        ({"source": "table:old.csv", "targets": ["y"], "split": None}, None),
        ({"source": "table:folder", "targets": ["y"]}, None),
        ({"source": "milling-sim"}, None),
    ],
)
def test_a_stored_spec_from_before_the_split_was_a_field_is_split_as_it_was(
    data: dict[str, Any], split: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    assert RunSpec.from_dict(with_old_split({"data": data})).data.split == split
