"""Rows in memory become a table that everything else reads as pandas does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from spinn_engine import api
from spinn_engine.errors import BadInputError
from spinn_engine.spec import DataSpec
from tests.api.support import QUICK

Frame = pd.DataFrame


@pytest.fixture
def frame(rng: np.random.Generator) -> Frame:
    made = pd.DataFrame(rng.normal(size=(200, 3)), columns=["a", "b, mm", "ü"])
    made["y"] = made["a"] * made["ü"] + rng.normal(size=200) / 10
    made["g"] = np.repeat(np.arange(10), 20)
    return made


def path_of(data: DataSpec) -> Path:
    return Path(data.source.removeprefix("table:"))


def test_a_frame_is_kept_to_the_last_bit_and_read_as_its_csv_is(
    frame: Frame, tmp_path: Path
) -> None:
    data = api.make_spec(data=frame, target="y", group="g").data
    pd.testing.assert_frame_equal(pd.read_parquet(path_of(data)), frame)
    problem = api.load_problem(data)
    inputs = frame[["a", "b, mm", "ü"]].to_numpy()
    np.testing.assert_array_equal(np.asarray(problem.inputs), inputs)
    frame.to_csv(tmp_path / "rows.csv", index=False)
    other = api.load_problem(api.make_spec(data=tmp_path / "rows.csv", target="y", group="g").data)
    assert problem.input_names == other.input_names
    np.testing.assert_array_equal(np.asarray(problem.inputs), np.asarray(other.inputs))
    for part in ("train", "val", "test"):
        np.testing.assert_array_equal(getattr(problem, part), getattr(other, part))


def test_the_same_rows_are_the_same_data(frame: Frame, store: Path) -> None:
    first = api.make_spec(data=frame, target="y")
    assert api.make_spec(data=frame.copy(), target="y") == first
    assert api.make_spec(data=frame[frame["a"] > -9], target="y") == first
    assert api.make_spec(data=frame.assign(a=0.5), target="y") != first
    assert path_of(first.data).parent == store / "uploads"


def test_kinds_of_columns_are_read_as_from_a_file(rng: np.random.Generator) -> None:
    rows = 120
    made = pd.DataFrame(
        {
            "flag": rng.random(rows) < 0.5,
            "small": rng.integers(0, 9, rows).astype(np.int8),
            "nullable": pd.array(rng.integers(0, 9, rows), dtype="Int64"),
            "single": rng.normal(size=rows).astype(np.float32),
            "steel": pd.Categorical(rng.choice(["soft", "hard"], rows)),
            "when": pd.date_range("2024-01-01", periods=rows, freq="min"),
            "y": rng.normal(size=rows),
        }
    )
    problem = api.load_problem(api.make_spec(data=made, target="y", split="row").data)
    inputs = dict(zip(problem.input_names, np.asarray(problem.inputs).T, strict=True))
    np.testing.assert_array_equal(inputs["small"], made["small"])
    np.testing.assert_array_equal(inputs["nullable"], made["nullable"])
    np.testing.assert_array_equal(inputs["single"], made["single"])
    np.testing.assert_array_equal(inputs["when"], np.arange(rows) * 60.0)
    steel = [name for name in inputs if "steel" in name]
    assert len(steel) == 2
    assert {tuple(inputs[name]) for name in steel} == {
        tuple((made["steel"] == kind).astype(float)) for kind in ("soft", "hard")
    }


@pytest.mark.parametrize("kind", [np.asarray, torch.tensor, list])
def test_arrays_have_numbered_columns(kind: Any, rng: np.random.Generator) -> None:
    x, y = rng.normal(size=(60, 2)), rng.normal(size=60)
    data = api.make_spec(data=(kind(x), kind(y)), split="row").data
    problem = api.load_problem(data)
    assert (problem.input_names, problem.target_names) == (("x0", "x1"), ("y",))
    np.testing.assert_array_equal(np.asarray(problem.inputs), x)
    np.testing.assert_array_equal(problem.targets[:, 0], y)


def test_names_and_groups_of_arrays_are_kept(rng: np.random.Generator) -> None:
    x = pd.DataFrame(rng.normal(size=(90, 2)), columns=["f", "v"]).set_axis(range(5, 95))
    y = rng.normal(size=(90, 2))
    data = api.make_spec(data=(x, y, np.repeat(np.arange(9), 10))).data
    assert (data.targets, data.group) == (("y0", "y1"), "group")
    assert api.load_problem(data).input_names == ("f", "v")
    wear = pd.Series(y[:, 0], name="wear")
    assert api.make_spec(data=(x, wear)).data.targets == ("wear",)
    assert api.make_spec(data=(x.to_numpy(), y[:, :1])).data.targets == ("y",)


X, Y = np.zeros((9, 2)), np.arange(9.0)
TABLE = pd.DataFrame({"a": Y, "y": Y})


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ((X, Y[:3]), "X has 9 rows and y 3"),
        ((X, Y, Y[:3]), "X has 9 rows and groups 3"),
        ((X, Y, X), "groups have 2 columns: give one"),
        ((Y, Y), "X has the shape [9]: it must be [rows, inputs]"),
        ((X, X[None]), "y has the shape [1, 9, 2]: it must be [rows] or [rows, columns]"),
        ((X,), "data is of the type tuple: give a path"),
        (3, "data is of the type int"),
        ((TABLE, TABLE["y"]), "several columns are called y"),
        (TABLE.set_index("a"), "the frame's index (a) may be a column or none: reset_index()"),
        (TABLE.set_index(pd.date_range("2024", periods=9)), "the frame's index may be a column"),
        (TABLE.assign(b=[1, "x", 2.5] * 3), "column 'b' holds what no table can, or values of"),
        (TABLE.set_axis(pd.MultiIndex.from_tuples([(1, 2), (1, 3)]), axis=1), "several levels"),
        (TABLE[["y"]], "it has 1 column"),
        ("nowhere.csv", "nowhere.csv: there is no such file"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(data: Any, told: str) -> None:
    with pytest.raises(BadInputError) as caught:
        api.summary(data, target="y") if not isinstance(data, tuple) else api.summary(data)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_arrays_say_is_not_said_again() -> None:
    with pytest.raises(BadInputError, match="targets: the arrays say that already"):
        api.make_spec(data=(X, Y), target="y")
    with pytest.raises(BadInputError, match="group: the arrays say that already"):
        api.make_spec(data=(X, Y, Y), group="group")


def test_a_run_of_a_frame_adapts_to_a_frame_as_to_its_file(frame: Frame, tmp_path: Path) -> None:
    run = api.run(data=frame, target="y", group="g", progress=False, **QUICK)
    new = frame.assign(a=frame["a"] + 0.1, g=frame["g"] + 100)
    settings = api.AdaptSettings(arms=("none", "last_layer"))
    met = api.adapt(run, new, settings)
    new.to_csv(tmp_path / "new.csv", index=False)
    of_file = api.adapt(run.run_id, tmp_path / "new.csv", settings)
    for one, other in zip(met["networks"], of_file["networks"], strict=True):
        assert [arm["r2"] for arm in one["arms"]] == [arm["r2"] for arm in other["arms"]]
