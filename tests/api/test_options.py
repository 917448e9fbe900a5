"""Keywords are the options of the command line: the same names, and the same spec comes of them."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd
import pytest

from spinn_engine import api
from spinn_engine.cli.commands import COMMANDS
from spinn_engine.cli.spec_options import spec_from
from spinn_engine.errors import BadInputError
from spinn_engine.spec import DataSpec, RunSpec

NOT_OF_THE_SPEC = {"out", "json", "spec", "help"}


def parsed(*words: str) -> RunSpec:
    """The spec that ``spinn run`` makes of its options."""
    command = COMMANDS.commands["run"]
    context = command.make_context("run", list(words))
    return spec_from(context.params)


def flags(name: str) -> set[str]:
    command = COMMANDS.commands[name]
    options = command.get_params(click.Context(command))
    return {flag[2:].replace("-", "_") for one in options for flag in one.opts if "--" in flag}


@pytest.mark.parametrize("function", [api.run, api.submit, api.plan_run])
def test_every_option_of_the_command_is_a_keyword_and_is_explained(function: Any) -> None:
    known = inspect.signature(function).parameters
    assert flags("run") - NOT_OF_THE_SPEC <= known.keys()
    for flag in flags("run") - NOT_OF_THE_SPEC:
        assert f"\n    {flag}: " in inspect.getdoc(function), flag  # type: ignore[operator]


def test_options_about_data_are_keywords_of_what_looks_at_data() -> None:
    wanted = flags("check") - NOT_OF_THE_SPEC - {"drop_flagged"}
    for function in (api.check, api.preview, api.split, api.summary, api.first_lines):
        assert wanted <= inspect.signature(function).parameters.keys()


@pytest.mark.parametrize(
    ("words", "keywords"),
    [
        ((), {}),
        (("--hidden", "64,64", "--seeds", "3"), {"hidden": (64, 64), "seeds": 3}),
        (("--hidden", "7"), {"hidden": 7}),
        (("--hidden", "64,32"), {"hidden": np.array([64, 32])}),
        (("--seeds", "2", "--seed", "5"), {"seeds": np.int64(2), "seed": 5}),
        (("--param-reduction", "68.5%"), {"param_reduction": "68.5%"}),
        (("--pruning-ratio", "0.2", "--stages", "3"), {"pruning_ratio": 0.2, "stages": 3}),
        (("--widths", "64,32;32,16"), {"widths": [(64, 32), (32, 16)]}),
        (("--controls", "linear"), {"controls": "linear"}),
        (("--epochs", "5", "--learning-rate", "0.1"), {"epochs": 5, "learning_rate": 0.1}),
        (("--monotone", "2", "--physics-targets", "tool_wear"),
         {"monotone": 2.0, "physics_targets": "tool_wear"}),
        (("--data", "burgers"), {"data": "burgers"}),
        (("--data", "table:a.csv", "--targets", "y,z", "--target", "a,b", "--decimal", ","),
         {"data": "table:a.csv", "targets": ["y", "z"], "target": "a,b", "decimal": ","}),
        (("--data", "table:a.csv", "--target", "y", "--drop", "u,v", "--header", "4"),
         {"data": "table:a.csv", "target": "y", "drop": pd.Index(["u", "v"]), "header": 4}),
    ],
)  # fmt: skip
def test_the_same_spec_as_of_the_command_line(
    words: tuple[str, ...], keywords: dict[str, Any]
) -> None:
    assert api.make_spec(**keywords) == parsed(*words)


def test_keywords_change_a_spec_whatever_holds_it(tmp_path: Path) -> None:
    spec = RunSpec.from_dict({"prune": {"pruning_ratio": 0.2}, "seeds": [4, 5]})
    file = tmp_path / "spec.json"
    file.write_text(spec.to_json())
    for held in (spec, spec.model_dump(), file, str(file)):
        assert api.make_spec(held) == spec
        changed = api.make_spec(held, param_reduction=0.5, seeds=3)
        assert changed.prune.amount == ("param_reduction", 0.5)
        assert changed.seeds == (4, 5, 6)
    assert api.make_spec(spec, seeds=[9, 7]).seeds == (9, 7)
    assert spec.prune.amount == ("pruning_ratio", 0.2)


def test_a_path_is_a_table_wherever_one_goes_to_next(
    small_table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(small_table.parent)
    for given in (small_table, str(small_table), small_table.name, f"./{small_table.name}"):
        assert api.make_spec(data=given).data.source == f"table:{small_table}"
    data = DataSpec(source=f"table:{small_table}", targets=("y",), group="g")
    assert api.make_spec(data=data).data == data
    assert api.make_spec(data=data, drop="z").data.drop == ("z",)


@pytest.mark.parametrize(
    ("keywords", "told"),
    [
        ({"hiden": (3,)}, "there is no option 'hiden': did you mean hidden?"),
        ({"quite_other": 1}, "there is no option 'quite_other': help(api.make_spec) lists them"),
        ({"dense_sha256": "0" * 64}, "there is no option 'dense_sha256'"),
        ({"hidden": (3.5,)}, "hidden: input should be a valid integer, but got 3.5"),
        ({"stages": True}, "stages: input should be a valid integer, but got True"),
        ({"physics_targets": 3}, "physics_targets: "),
        ({"data": "burger"}, "unknown data source 'burger'"),
        ({"seeds": 0}, "seeds must be from 1 to 256 but got 0"),
        ({"seeds": True}, "seeds: expected a whole number but got True"),
        ({"seeds": [1, 2], "seed": 3}, "seed: seeds name each already"),
        ({"seeds": [1, 1]}, "seeds must differ"),
        ({"pruning_ratio": 0.1, "max_bytes": 9}, "give pruning_ratio or max_bytes, not both"),
        ({"criterion": "l3"}, "criterion: unknown criterion 'l3'"),
        ({"spec": 3}, "the spec is of the type int"),
        ({"spec": "none.json"}, "none.json: there is no such spec file"),
    ],
)
def test_what_cannot_be_is_one_sentence_about_the_keyword(
    keywords: dict[str, Any], told: str
) -> None:
    with pytest.raises(BadInputError) as caught:
        api.plan_run(**keywords)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_flagged_columns_are_dropped_where_asked(tmp_path: Path, rng: np.random.Generator) -> None:
    frame = pd.DataFrame(rng.normal(size=(200, 2)), columns=["a", "b"])
    frame["y"] = frame["a"] ** 2
    frame["same"] = 1.0
    assert "same" in api.make_spec(data=frame, target="y", drop_flagged=True).data.drop
    assert api.make_spec(data=frame, target="y").data.drop == ()
