"""What a spec leaves open until its rows are known."""

from __future__ import annotations

from math import ceil
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spinn_engine.spec import RunSpec, batch_size, budget_sentence, fitted

TABLE = {"source": "table:a.csv", "targets": ["y"]}


def table(**parts: Any) -> RunSpec:
    return RunSpec.from_dict({"data": TABLE, **parts})


@given(st.integers(1, 10_000_000))
def test_a_batch_is_a_power_of_two_of_about_a_twentieth_of_the_rows(rows: int) -> None:
    size = batch_size(rows)
    assert 16 <= size <= 256
    assert size & (size - 1) == 0
    if 320 <= rows < 5120:
        assert size <= rows / 20 < 2 * size


@given(st.integers(1, 1_000_000), st.integers(1, 100_000))
def test_most_epochs_come_to_the_most_updates(rows: int, updates: int) -> None:
    spec = fitted(table(train={"max_updates": updates, "fine_tune_max_updates": updates}), rows)
    each = ceil(rows / (spec.train.batch_size or 0))
    assert spec.train.epochs == max(ceil(updates / each), 15)
    assert spec.train.fine_tune_epochs == max(ceil(updates / each), 3)
    assert fitted(spec, rows) == spec


@pytest.mark.parametrize(
    ("rows", "hidden"),
    [(1999, (64, 64)), (2000, (128, 128)), (19_999, (128, 128)), (20_000, (256, 256, 256))],
)
def test_a_table_that_names_no_network_gets_one_by_its_rows(
    rows: int, hidden: tuple[int, ...]
) -> None:
    assert fitted(table(), rows).model.hidden == hidden
    assert fitted(table(), rows).model.activation == "silu"


def test_what_is_given_stays() -> None:
    own = fitted(table(model={"hidden": [5]}, train={"batch_size": 7}), 500)
    assert (own.model.hidden, own.model.activation, own.train.batch_size) == ((5,), "silu", 7)
    tanh = fitted(table(model={"hidden": [5], "activation": "tanh"}), 500)
    assert (tanh.model.hidden, tanh.model.activation) == ((5,), "tanh")
    relu = fitted(table(model={"activation": "relu"}), 500)
    assert (relu.model.hidden, relu.model.activation) == ((64, 64), "relu")


def test_the_reference_network_stays_that_of_the_simulator() -> None:
    spec = fitted(RunSpec(), 7200)
    assert spec.model.hidden == (512, 512, 512, 256)
    assert (spec.model.activation, spec.train.batch_size) == ("tanh", 256)
    assert (spec.train.epochs, spec.train.fine_tune_epochs) == (20, 4)


@pytest.mark.parametrize(
    ("train", "lengths"),
    [
        ({"epochs": 7}, (7, 3)),
        ({"fine_tune_epochs": 0}, (15, 0)),
        ({"until": "epochs"}, (15, 3)),
        ({"epochs": 7, "until": "epochs", "max_updates": 5}, (7, 3)),
    ],
)
def test_epochs_by_hand_are_kept_whatever_the_rows(
    train: dict[str, Any], lengths: tuple[int, int]
) -> None:
    spec = fitted(table(train=train), 100)
    assert spec.train.until == "epochs"
    assert (spec.train.epochs, spec.train.fine_tune_epochs) == lengths
    assert spec.block_length(0, "dense")[0] == lengths[0]
    assert spec.block_length(1, "pruned")[0] == lengths[1]


def test_a_stored_spec_of_an_earlier_version_is_by_hand() -> None:
    old = {"epochs": 15, "fine_tune_epochs": 3, "batch_size": 256, "learning_rate": 1e-3}
    assert RunSpec.from_dict({"train": old}).train.until == "epochs"


def test_the_budget_is_told_with_the_rows_that_it_is_for() -> None:
    told = budget_sentence(fitted(table(), 308), 5121, 308)
    assert told == (
        "5,121 parameters for 308 training rows. It trains until validation stops improving, for "
        "at most 6,000 updates, then 1,000 in every later stage (of 16 rows, 20 an epoch)."
    )
    by_hand = budget_sentence(fitted(table(train={"epochs": 4}), 308), 5121, 308)
    assert by_hand.endswith(
        "trains for 4 epochs, then 3 in every later stage; an epoch is 20 updates."
    )
