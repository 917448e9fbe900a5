"""The spec: one source of defaults, JSON in and out, clear refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec


def test_json_round_trip_keeps_every_field() -> None:
    spec = RunSpec.from_dict(
        {
            "data": {"source": "table:a:b.csv", "targets": ["x"], "group": "g", "drop": ["d"]},
            "prune": {"pruning_ratio": 0.25, "schedule": "sequential"},
            "seeds": [4, 9],
        }
    )
    assert RunSpec.from_json(spec.to_json()) == spec
    assert spec.prune.param_reduction is None


def test_the_default_amount_is_the_papers() -> None:
    assert RunSpec().prune.param_reduction == 0.685
    assert RunSpec().prune.pruning_ratio is None


def test_a_spec_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        RunSpec().train.epochs = 3  # type: ignore[misc]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"colour": "red"}, "colour: extra inputs"),
        ({"prune": {"pruning_ratio": 1.0}}, "prune.pruning_ratio: .* less than 1, but got 1.0"),
        ({"prune": {"param_reduction": 0.0}}, "prune.param_reduction: .* greater than 0"),
        ({"prune": {"param_reduction": 0.5, "pruning_ratio": 0.5}}, "not both"),
        ({"model": {"hidden": []}}, "model.hidden: .* at least 1 item"),
        ({"model": {"hidden": [8] * 5000}}, "model.hidden: expected at most 64 items, .* 5,000$"),
        ({"model": {"hidden": [8, 0]}}, "model.hidden.1: .* greater than or equal to 1, but got 0"),
        ({"model": {"activation": "cubic"}}, "model.activation: .*'cubic'"),
        ({"train": {"learning_rate": -1}}, "train.learning_rate: .* greater than 0"),
        ({"train": {"learning_rate": float("nan")}}, "train.learning_rate: .* finite"),
        (
            {"data": {"source": "burgers"}, "train": {"derivatives": 1.0}},
            "learns from derivatives anyway: leave train.derivatives at 0",
        ),
        (
            {"data": {"source": "burgers"}, "model": {"output_function": "softplus"}},
            "burgers is solved in its own units: leave output_function out",
        ),
        ({"model": {"zero_at": ["x"]}}, "model.zero_at.0: expected a column and a number such as"),
        ({"train": {"device": "tpu"}}, "train.device: .*'tpu'"),
        ({"seeds": [1, 1]}, "seeds must differ"),
        ({"schema_version": 99}, "schema_version: .* 1, but got 99"),
    ],
)
def test_a_bad_field_is_named_with_its_value(data: dict[str, object], words: str) -> None:
    with pytest.raises(BadInputError, match=words) as caught:
        RunSpec.from_dict(data)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", json.dumps({"seeds": "abc"})])
def test_a_corrupt_file_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text(text)
    with pytest.raises(BadInputError, match=r"spec\.json") as caught:
        RunSpec.from_file(path)
    assert "\n" not in str(caught.value)
    with pytest.raises(BadInputError, match="there is no such spec file"):
        RunSpec.from_file(tmp_path / "none.json")


def test_the_spec_that_the_first_version_wrote_is_still_read() -> None:
    path = Path(__file__).parent / "data" / "spec_of_the_first_version.json"
    spec = RunSpec.from_file(path)
    assert (spec.train.epochs, spec.prune.param_reduction) == (30, 0.685)
    assert spec.model.hidden == (512, 512, 512, 256)


def test_the_spec_of_a_later_version_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    path.write_text('{"schema_version": 2, "seeds": [0]}')
    with pytest.raises(BadInputError, match=r"spec\.json: schema_version: .*1.*but got 2"):
        RunSpec.from_file(path)
