"""The methods say what was done, for every way there is to do it, and nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spinn_engine.report.facts import Facts, gather
from spinn_engine.report.limits import limits
from spinn_engine.report.methods.text import methods
from spinn_engine.spec import ModelSpec, PruneSpec
from spinn_engine.store.runs import open_run
from spinn_engine.training import burgers, course
from spinn_engine.vocabulary import CRITERIA, RECONSTRUCTIONS, SCHEDULES
from tests.report.conftest import WILD_TARGETS, result_of


def text_of(facts: Facts) -> str:
    return " ".join(methods(facts)).replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture
def wild(runs: dict[str, str]) -> Facts:
    return gather(open_run(runs["wild"]), None)


def other(facts: Facts, **parts: Any) -> Facts:
    """The same run as if its spec had been another."""
    return replace(facts, spec=facts.spec.model_copy(update=parts))


def pruned(facts: Facts, **given: Any) -> Facts:
    return other(facts, prune=PruneSpec(**{"stages": 3, "param_reduction": 0.6, **given}))


def test_every_criterion_and_reconstruction_has_its_own_words(wild: Facts) -> None:
    told = {c: text_of(pruned(wild, criterion=c)) for c in CRITERIA}
    assert len(set(told.values())) == len(told)
    assert "scored" not in told["random"]
    assert "drawn at random" in told["random"]
    mended = {r: text_of(pruned(wild, reconstruction=r)) for r in RECONSTRUCTIONS}
    assert [name for name, text in mended.items() if "ridge" in text] == ["least_squares"]
    assert "left as they were" in mended["none"]
    assert "{" not in "".join((*told.values(), *mended.values())).replace("z {\\x}", "")


def test_every_schedule_and_amount_is_told(wild: Facts) -> None:
    schedules = {
        "uniform": ({}, "all hidden layers alike"),
        "sequential": ({}, "hidden layer k alone, beginning again"),
        "global": ({}, "ranked lowest over all hidden layers together"),
        "custom": (
            {"param_reduction": None, "widths": ((20, 16), (14, 9), (12, 9))},
            "to widths that were given, 20-16, 14-9 and 12-9",
        ),
    }
    assert set(schedules) == set(SCHEDULES)
    for schedule, (given, words) in schedules.items():
        text = text_of(pruned(wild, schedule=schedule, **given))
        assert words in text
        assert [w for _, w in schedules.values() if w in text] == [words]
    amounts = {
        "pruning_ratio": (0.2, "20.0 % of a layer's neurons at a time"),
        "param_reduction": (0.6, "towards 60.0 % fewer parameters"),
        "mac_reduction": (0.5, "towards 50.0 % fewer multiply-accumulates"),
        "max_bytes": (1000, "at most 1 kB of float32 weights"),
    }
    for name, (value, words) in amounts.items():
        assert words in text_of(pruned(wild, **({"param_reduction": None} | {name: value})))
    assert "multiples of 4" in text_of(pruned(wild, round_to=4))
    assert "multiples" not in text_of(pruned(wild, round_to=1))
    assert "no layer below 5 neurons" in text_of(pruned(wild, least_width=5))


def test_a_full_run_of_a_table(wild: Facts) -> None:
    text = text_of(wild)
    arms = {arm["arm"]: arm for arm in wild.result["arms"]}
    for words in (
        "The data are the table wild <img src=x onerror=alert(1)> &.csv.",
        f"3 inputs predict the targets {WILD_TARGETS[0]} and {WILD_TARGETS[1]}.",
        "280 rows were for training, 60 for validation and 60 for the test, and none of the 20",
        wild.result["data"]["sha256"][:12],
        "hidden layers of 24 and 16 neurons with the activation silu, and 2 outputs: "
        f"{arms['dense']['params']} parameters",
        "for 20 epochs with Adam at a peak learning rate of 0.003",
        "Each stage ended with 5 epochs with Adam at a peak learning rate of 0.0005.",
        "trained on for the same 15 epochs",
        "from new weights for 35 epochs",
        "repeated with 4 seeds (0, 1, 2, 3)",
        "interval over 4 seeds on one split (Student t)",
        f"and {arms['structured']['params']} parameters, ",
        f"PyTorch {wild.result['environment']['torch']}",
    ):
        assert words in text
    for words in ("L-BFGS", "fold", "physics", "simulated", "checkpoint", "equation"):
        assert words not in text


def test_a_group_column_that_is_an_input_is_told(wild: Facts) -> None:
    assert "all the same" not in text_of(wild)
    data = wild.spec.data.model_copy(update={"keep_group": True})
    kept = replace(wild, spec=wild.spec.model_copy(update={"data": data}))
    assert f"{data.group} tells the groups apart and is an input all the same" in text_of(kept)


def test_numbers_that_stand_in_the_sentences_are_those_of_the_training(wild: Facts) -> None:
    text = text_of(wild)
    assert f"the first {100 * course.WARM_UP_SHARE:g} % of the steps" in text
    assert "to a hundredth of it" in text
    assert course.FINAL_RATE_SHARE == 0.01
    assert burgers.EDGE_WEIGHT == 10.0  # "ten times the mean squared errors"


def test_one_seed_has_no_interval_and_no_control_is_invented(runs: dict[str, str]) -> None:
    facts = gather(open_run(runs["single"]), None)
    text = text_of(facts)
    assert "No control was run beside it. Everything was done once, with seed 4 (n = 1)" in text
    assert "interval" not in text.replace("its 95 % interval that of order statistics", "").replace(
        "so there are no intervals", ""
    )
    assert "counts as no worse" not in text
    told = " ".join(limits(facts))
    assert "Not run: “dense, longer”, random neurons, from scratch, linear and magnitude." in told
    assert "1 seed cannot show" in told.replace("\N{NO-BREAK SPACE}", " ")


def test_folds_are_told(runs: dict[str, str]) -> None:
    text = text_of(gather(open_run(runs["folds"]), None))
    assert "In a cross-validation with 3 folds over 12,000 rows and 60 groups" in text
    assert "repeated with 3 seeds (0, 1, 2) in each of 3 folds" in text
    assert "interval over 3 seeds × 3 folds, both taken as random" in text
    assert "between equal seeds and folds" in text
    assert "linear, which is fitted once a fold" in text
    assert "random neurons" not in text
    assert "rows were for training" not in text


def test_an_equation_is_told(runs: dict[str, str]) -> None:
    text = text_of(gather(open_run(runs["burgers"]), None))
    for words in (
        "The problem is Burgers' equation",
        "trained on 1,024 points of the domain, chosen on 1,024 other points, and tested on a grid "
        "of 25,600 points",
        "for 3 epochs with Adam at a peak learning rate of 0.01 and then 20 iterations of L-BFGS",
        "The stage ended with 20 iterations of L-BFGS on all training points.",
        "residual",
        "relative L2 error",
        "Inputs were standardised",
    ):
        assert words in text
    for words in ("groups", "targets were standardised", "rows were", "simulated"):
        assert words not in text


def test_without_fine_tuning_nothing_is_said_to_be_tuned(wild: Facts) -> None:
    train = wild.spec.train.model_copy(update={"fine_tune_epochs": 0})
    text = text_of(other(wild, train=train))
    assert "Nothing was fine-tuned after a cut." in text
    assert "unpruned and trained no further" in text
    assert "with the same fine-tuning" not in text


def test_physics_with_a_weight_is_told_and_without_is_not(wild: Facts) -> None:
    physics = wild.spec.physics.model_copy(update={"monotone": 0.001})
    assert "plus the physics term monotone (weight 0.001)." in text_of(other(wild, physics=physics))


def test_the_ends_of_a_network_are_told_and_those_that_are_not_there_are_not(wild: Facts) -> None:
    plain, columns = text_of(wild), wild.result["data"]["input_names"]
    assert "Inputs and targets were standardised by mean and standard deviation of the" in plain
    for words in ("In the place of", "Behind its last layer", "multiplied by the distance"):
        assert words not in plain
    ranges = [f"{name}=-5:9" for name in WILD_TARGETS]
    model = ModelSpec(
        hidden=wild.spec.model.hidden,
        input_scale="symmetric",
        periodic=(f"{columns[0]}=360",),
        output_function="sigmoid",
        output_range=tuple(ranges),
    )
    text = text_of(other(wild, model=model))
    assert (
        "Inputs were scaled to −1 to 1 by the least and the largest value of the training" in text
    )
    assert f"targets from their ranges ({WILD_TARGETS[0]} -5 to 9" in text.replace("−5", "-5")
    assert f"In the place of the input {columns[0]} (period 360) it took its sine" in text
    assert "Behind its last layer stands sigmoid; the biases of that layer began where" in text
    assert "its other biases began at zero" in text
    places = (f"{columns[1]}=0", f"{columns[1]}=1.5")
    walls = ModelSpec(zero_at=places, output_function="softplus")
    text = text_of(other(wild, model=walls))
    assert f"by the distances from {columns[1]} = 0 and {columns[1]} = 1.5, scaled to" in text
    assert "targets divided by their standard deviation" in text
    assert "Behind its last layer stands softplus" in text


def test_derivatives_that_are_kept_are_told(wild: Facts) -> None:
    assert "Sobolev" not in text_of(wild)
    train = wild.spec.train.model_copy(update={"derivatives": 0.5})
    text = text_of(other(wild, train=train))
    assert "(Sobolev training; Czarnecki et al. 2017)" in text
    assert "was added to every later loss with the weight 0.5" in text


def test_an_imported_network_was_not_trained(wild: Facts) -> None:
    model = wild.spec.model.model_copy(update={"dense": "/models/mine.pt"})
    imported = {"file": "mine.pt", "sha256": "ab" * 32}
    facts = replace(other(wild, model=model), result={**wild.result, "brought": imported})
    text = text_of(facts)
    assert "imported from the checkpoint mine.pt (SHA-256 beginning with abababababab)" in text
    assert "was trained for" not in text
    assert "Every arm but dense, which was imported, and linear, which draws nothing, was" in text


def test_memory_that_was_not_measured_is_not_given(wild: Facts) -> None:
    reason = "not measured: mps reports no peak per call"
    blind = {"peak_memory_bytes": None, "peak_memory_how": reason}
    arms = [{**arm, **blind} for arm in wild.result["arms"]]
    facts = replace(wild, result={**wild.result, "arms": arms})
    assert f"Peak memory was {reason}." in text_of(facts)
    assert f"Peak memory was {reason}." in " ".join(limits(facts))


def test_validation_by_stage_is_what_the_result_says(runs: dict[str, str]) -> None:
    for name in ("wild", "folds", "burgers"):
        facts = gather(open_run(runs[name]), None)
        for row in facts.result["stages"]:
            arm = "structured" if row["stage"] else "dense"
            found = facts.validation[arm][row["stage"]]
            assert found["mean"] == pytest.approx(row["val_r2"]["mean"], abs=1e-6)
            assert found["n"] == row["val_r2"]["n"]


def test_the_text_file_has_the_paragraphs_of_the_page(reports: dict[str, Path]) -> None:
    for report in reports.values():
        text = (report / "methods.txt").read_text(encoding="utf-8")
        assert len(text.strip().split("\n\n")) == 5
        assert max(map(len, text.splitlines())) <= 88
        version = result_of(report)["environment"]["python"]
        assert text.rstrip().endswith(f"Python {version}.")
        assert not re.search(r"\bNone\b|\bnan\b|  ", text)
