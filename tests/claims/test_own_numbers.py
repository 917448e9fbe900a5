"""A run's own result as claims: which of its numbers agree, and which one does not."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from torch import nn

from spinn_engine import api
from spinn_engine.claims import claims_from_json, verify_claims
from spinn_engine.errors import BadInputError
from tests.cli.test_command_line import complaint, printed

UPSTREAM: dict[str, Any] = {  # written by another program: no architectures but in the history
    "dense_params": 666882,
    "spinn_params": 67602,
    "parameter_reduction": 0.8986297425931424,
    "dense_r2": -2.4452677369117737,
    "spinn_r2": 0.9235647320747375,
    "pruning_history": {
        "params": [666882, 375149, 210927, 119307, 67602],
        "test_loss": [0.0865, 0.00674, 0.00629, 0.00712, 0.005770125110127713],
        "test_r2": [-2.4452677369117737, 0.9132, 0.9163, 0.9065, 0.9235647320747375],
        "architectures": [
            [512, 512, 512, 256],
            [383, 383, 383, 191],
            [286, 286, 286, 143],
            [214, 214, 214, 107],
            [160, 160, 160, 80],
        ],
    },
    "final": {
        "overall": {"test_loss": 0.005770125110127713, "r2": 0.9235647320747375},
        "per_output": {
            "tool_wear": {"r2": 0.8694987893104553},
            "thermal_displacement": {"r2": 0.9776306748390198},
        },
    },
}
Rows = list[dict[str, Any]]


def judged(result: dict[str, Any]) -> Rows:
    return verify_claims(claims_from_json(json.dumps(result), "a.json"))


def own() -> dict[str, Any]:
    """The result of the run that comes with the project."""
    return copy.deepcopy(api.open_run("demo").result() or {})


def changed(result: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """A copy in which one number is another, at ``final.overall.r2`` or ``history.params.1``."""
    found = copy.deepcopy(result)
    at: Any = found
    *steps, last = path.split(".")
    for step in steps:
        at = at[int(step)] if isinstance(at, list) else at[step]
    at[int(last) if isinstance(at, list) else last] = value
    return found


def sources(rows: Rows, verdict: str) -> list[str]:
    return [row["source"] for row in rows if row["verdict"] == verdict]


@pytest.mark.parametrize("result", [own(), UPSTREAM], ids=["own", "upstream"])
def test_all_numbers_of_a_right_file_agree(result: dict[str, Any]) -> None:
    rows = judged(result)
    assert {row["verdict"] for row in rows} == {"confirmed"}
    assert [row["found"] for row in rows if row["quantity"] == "params"] == [
        result["dense_params"],
        result["spinn_params"],
        *result["pruning_history"]["params"],
    ]
    stages = len(result["pruning_history"]["params"]) + 2
    assert rows[0]["why"].endswith(
        f"Its 18 inputs are what {stages} of {stages} such numbers imply."
    )
    assert {"final.overall.r2", "parameter_reduction", "spinn_r2"} <= {r["source"] for r in rows}


@pytest.mark.parametrize(
    ("path", "value", "wrong"),
    [
        ("dense_params", 666883, ["dense_params", "dense_params"]),
        ("dense_params", 667394, ["dense_params", "parameter_reduction", "dense_params"]),
        ("spinn_params", 210364, ["spinn_params", "parameter_reduction", "spinn_params"]),
        ("parameter_reduction", 0.685, ["parameter_reduction", "parameter_reduction"]),
        ("pruning_history.params.1", 467355, ["pruning_history.params[1]"]),
        ("dense_r2", -2.46, ["dense_r2"]),
        ("spinn_r2", 0.9246, ["spinn_r2", "spinn_r2"]),
        ("final.overall.r2", 0.93, ["spinn_r2", "final.overall.r2"]),
        ("final.overall.test_loss", 0.0068, ["final.overall.test_loss"]),
        ("final.per_output.tool_wear.r2", 0.89, ["final.overall.r2"]),
        ("pruning_history.architectures.3", [214, 214, 214, 108], ["pruning_history.params[3]"]),
    ],
)
def test_a_wrong_number_is_contradicted_by_those_that_it_depends_on(
    path: str, value: Any, wrong: list[str]
) -> None:
    rows = judged(changed(UPSTREAM, path, value))
    assert sources(rows, "contradicted") == wrong
    assert set(sources(rows, "confirmed")) | set(wrong) == {row["source"] for row in rows}


def test_the_right_number_is_told() -> None:
    rows = judged(changed(own(), "pruning_history.params.2", 9000))
    [row] = [row for row in rows if row["verdict"] == "contradicted"]
    assert row["claim"].endswith("the network [18, 41, 42, 28, 2] has 9,000 parameters.")
    assert row["found"] == 19 * 41 + 42 * 42 + 43 * 28 + 29 * 2
    assert row["why"].endswith("= 3,805, not 9,000.")


def test_inputs_that_cannot_be_solved_are_told() -> None:
    few = {key: UPSTREAM[key] for key in ("spinn_params", "parameter_reduction", "final")}
    few |= {"dense_params": 666883, "architectures": [[512, 512, 512, 256], [160, 160, 160, 80]]}
    rows = judged(few)
    assert sources(rows, "not_checkable") == ["dense_params", "spinn_params", "parameter_reduction"]
    assert rows[0]["why"] == (
        "The claim does not say 'inputs', from which it would follow. No whole number of inputs "
        "gives [512, 512, 512, 256] with 2 outputs 666,883 parameters, so the inputs are not known."
    )
    assert "parameter_reduction" in sources(rows, "confirmed")  # by the counts: 1 - 67602 / 666883
    del few["final"]
    [first, *_] = judged(few)
    assert first["why"].endswith("in final.per_output, so outputs and inputs are not known.")
    assert "[?, 512, 512, 512, 256, ?]" in first["claim"]


def test_architectures_that_stand_twice_are_compared() -> None:
    rows = judged(changed(own(), "pruning_history.architectures.1", [80, 48, 80]))
    [row] = [row for row in rows if row["verdict"] == "contradicted"]
    assert (row["source"], row["claimed"], row["found"]) == ("architectures", 4, 3)
    rows = judged(changed(own(), "pruning_history.test_r2", [0.9767586432286162, 0.97518388815844]))
    assert "pruning_history.test_r2" in sources(rows, "contradicted")


def test_digits_that_a_file_does_not_print_are_not_held_against_it() -> None:
    rounded = changed(UPSTREAM, "spinn_r2", 0.92)
    assert set(sources(judged(rounded), "confirmed")) == {row["source"] for row in judged(rounded)}
    tiny = changed(UPSTREAM, "final.overall.test_loss", 5.12345678901234e-19)
    assert "final.overall.test_loss" in sources(judged(tiny), "contradicted")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("dense_params", "many", "not a run's result: dense_params: input should be a valid integ"),
        ("spinn_params", None, "not a run's result: spinn_params: input should be a valid integer"),
        ("dense_r2", float("nan"), "not a run's result: dense_r2: must be a number below 1e12"),
        ("pruning_history.params", 5, "not a run's result: pruning_history.params: "),
        ("pruning_history.architectures.0", [0], "must be a list of 1 to 64 widths"),
        ("final", [], "not a run's result: final: "),
    ],
)
def test_what_is_no_number_is_named(path: str, value: Any, message: str) -> None:
    with pytest.raises(BadInputError, match=r"^a\.json: ") as error:
        judged(changed(UPSTREAM, path, value))
    assert message in str(error.value)


def test_the_command_reads_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "spinn_structured_metrics.json"
    path.write_text(json.dumps(UPSTREAM))
    rows = printed(capsys, "verify", str(path), "--json")["claims"]
    assert rows == judged(UPSTREAM)
    path.write_text('{"dense_params": 5}')
    assert "not a run's result: spinn_params: field required" in complaint(
        capsys, "verify", str(path)
    )


@pytest.mark.parametrize("numbers", [["0", "1"], ["1"], ["1", "2", "3"]])
def test_a_share_is_of_two_numbers(numbers: list[str]) -> None:
    claim = {"claim": "x", "quantity": "share_removed", "value": "0.5", "numbers": numbers}
    with pytest.raises(BadInputError, match="numbers: give two, the first of them not zero"):
        verify_claims([claim])


def test_means_and_shares_can_be_claimed_by_anyone() -> None:
    mean = {"claim": "x", "quantity": "mean", "value": "0.92", "numbers": ["0.85", "0.96"]}
    share = {"claim": "x", "quantity": "share_removed", "value": "25", "unit": "%"}
    rows = verify_claims([mean, share | {"numbers": ["8", "6"], "note": "So it stands."}])
    assert [row["verdict"] for row in rows] == ["contradicted", "confirmed"]
    assert rows[0]["why"] == "Mean: (0.85 + 0.96) / 2 = 0.905, not 0.92."
    assert rows[1]["why"] == "1 - 6 / 8 = 25 %. So it stands."


GATED: dict[str, Any] = {  # a residual network of this project, as its result says it
    "spec": {"model": {"network": "residual", "hidden": [8, 4], "norm": True}},
    "data": {"input_names": ["a", "b", "c"], "target_names": ["y"]},
    "architectures": [[8, 4], [5, 3]],
}


def counted_by_torch(stream: int, inside: int) -> int:
    layers = [nn.Linear(3, stream), nn.LayerNorm(stream), nn.Linear(stream, inside)]
    layers += [nn.Linear(inside, stream), nn.LayerNorm(stream), nn.Linear(stream, 1)]
    return sum(p.numel() for layer in layers for p in layer.parameters())


def test_parameters_of_a_network_of_another_kind_are_those_of_its_operations() -> None:
    sizes = {"dense_params": counted_by_torch(8, 4), "spinn_params": counted_by_torch(5, 3)}
    rows = judged({**GATED, **sizes})
    assert [row["verdict"] for row in rows] == ["confirmed", "confirmed"]
    assert "the network of stream and block 1 with the widths [8, 4]" in rows[0]["claim"]
    wrong = judged({**GATED, **sizes, "spinn_params": sizes["spinn_params"] + 1})
    assert [row["verdict"] for row in wrong] == ["confirmed", "contradicted"]


def test_widths_that_are_not_those_of_its_dimensions_are_contradicted() -> None:
    rows = judged({**GATED, "architectures": [[8, 4, 4]], "dense_params": 9, "spinn_params": 9})
    assert {row["verdict"] for row in rows} == {"contradicted"}
    assert "a width for each of stream and block 1" in rows[0]["claim"]
