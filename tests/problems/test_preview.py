import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.preview import preview
from spinn_engine.problems.tables.texts import raw
from spinn_engine.spec import DataSpec


@pytest.fixture
def path(tmp_path: Path) -> Path:
    table = pd.DataFrame(
        {
            "Unnamed: 0": np.arange(50),
            "time / s": np.arange(50) * 0.5,
            "run": np.repeat(np.arange(5), 10),
            "force [N]": np.linspace(-1, 3, 50),
            "metal": ["Al", "Fe"] * 25,
            "serial": [f"number {n}" for n in range(50)],
            "made": pd.date_range("2024-02-28", periods=50),
            "remark": [None] * 48 + ["a", "b"],
            "nothing": [None] * 50,
            "wear": [np.nan, np.inf, *np.linspace(0, 1, 48)],
        }
    )
    table.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


def test_every_column_before_targets_are_named(path: Path) -> None:
    found = preview(DataSpec(source=f"table:{path}"), rows=2)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["source"] == f"table:{path}"
    assert found["files"] == [{"name": "t.csv", "rows": 50}]
    assert found["whole"]
    by_name = {column["name"]: column for column in found["columns"]}
    assert list(by_name) == [
        "Unnamed: 0", "time", "run", "force", "metal", "serial", "made", "remark", "nothing",
        "wear",
    ]  # fmt: skip
    facts = {n: (c["kind"], c["role"], c["missing"], c["distinct"]) for n, c in by_name.items()}
    assert facts == {
        "Unnamed: 0": ("number", "left out", 0, None),
        "time": ("number", "input", 0, None),
        "run": ("number", "input", 0, None),
        "force": ("number", "input", 0, None),
        "metal": ("category", "input", 0, 2),
        "serial": ("text", "input", 0, 50),
        "made": ("date", "input", 0, None),
        "remark": ("category", "left out", 48, 2),
        "nothing": ("empty", "left out", 50, None),
        "wear": ("number", "input", 2, None),
    }
    assert by_name["force"]["header"] == "force [N]"
    assert by_name["force"]["unit"] == "N"
    assert (by_name["force"]["min"], by_name["force"]["max"]) == (-1.0, 3.0)
    assert (by_name["wear"]["min"], by_name["wear"]["max"]) == (0.0, 1.0)
    assert by_name["metal"]["min"] is None
    assert by_name["made"]["unit"] == "s"
    assert by_name["made"]["max"] == 49 * 86400
    assert "numbers the rows" in by_name["Unnamed: 0"]["why"]
    assert "50 different texts" in by_name["serial"]["why"]
    assert "2024-02-28" in by_name["made"]["why"]
    assert len(found["rows"]) == 2
    assert found["rows"][0][1:6] == [0.0, 0, -1.0, "Al", "number 0"]
    assert found["rows"][0][6].startswith("2024-02-28")
    assert found["rows"][0][7:] == [None, None, None]
    assert "Left out, it numbers the rows: Unnamed: 0." in found["notes"]


def test_roles_that_are_given(path: Path) -> None:
    data = DataSpec(
        source=f"table:{path}", targets=("wear",), group="run", time="time / s", drop=("serial",)
    )
    roles = {c["name"]: (c["role"], c["why"]) for c in preview(data)["columns"]}
    assert roles["wear"] == ("target", None)
    assert roles["run"] == ("group", None)
    assert roles["time"] == ("time", "also an input")
    assert roles["serial"] == ("left out", "dropped")
    dropped = preview(data.model_copy(update={"drop": ("time",)}))
    assert [c["why"] for c in dropped["columns"] if c["name"] == "time"] == [None]
    with pytest.raises(BadInputError, match="target 'ware' is not one of its columns"):
        preview(data.model_copy(update={"targets": ("ware",)}))
    with pytest.raises(BadInputError, match="rows of a preview must be 0 or more but got -1"):
        preview(data, rows=-1)


def test_inputs_of_the_preview_are_those_of_the_problem(path: Path) -> None:
    data = DataSpec(source=f"table:{path}", targets=("wear",), drop=("serial", "metal"))
    shown = [c["name"] for c in preview(data)["columns"] if c["role"] == "input"]
    assert tuple(shown) == load_problem(data).input_names


def test_of_a_long_file_the_start_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raw, "START_BYTES", 10_000)
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("a,b\n" + "1,2\n" * 10_000 + "not,a,table\n")
    found = preview(DataSpec(source=f"table:{path}"))
    assert not found["whole"]
    assert 1000 < found["files"][0]["rows"] <= 2500
    assert found["rows"] == [[1, 2]] * 5


def test_other_sources_too() -> None:
    found = preview(DataSpec(), rows=1)
    problem = load_problem(DataSpec())
    assert [c["name"] for c in found["columns"]] == [*problem.target_names, *problem.input_names]
    assert [c["role"] for c in found["columns"]] == ["target"] * 2 + ["input"] * 18
    assert found["columns"][0]["unit"] == "mm"
    assert found["rows"] == [[*problem.targets[0], *problem.inputs[0]]]
