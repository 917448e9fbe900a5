"""All checks together: the real data with its known faults, the simulator, and random data."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spinn_engine.problems import load_problem
from spinn_engine.problems.checks import CHECKS, advised_drops, check_problem
from spinn_engine.problems.checks.finding import SEVERITIES, Finding
from spinn_engine.spec import DataSpec
from tests.problems.checks_support import kinds, make


def of_nasa(folder: Path, group: str | None) -> list[Finding]:
    targets = ("tool_wear", "thermal_displacement")
    data = DataSpec(source=f"table:{folder}", targets=targets, group=group)
    return check_problem(load_problem(data), group)


@pytest.mark.parametrize("group", [None, "experiment_id", "case_index"])
def test_every_known_fault_of_the_nasa_files_is_named(nasa_folder: Path, group: str | None) -> None:
    found = of_nasa(nasa_folder, group)
    named = {(one.check, name) for one in found for name in one.columns}
    inputs = {"case_index", "experiment_id"} - {group}
    assert {
        ("leak", "cumulative_heat"),
        ("leak", "thermal_displacement"),
        ("label_per_run", "tool_wear"),
        ("duplicate", "force_x"),
        ("duplicate", "force_y"),
        ("duplicate", "force_z"),
        ("constant", "spindle_speed"),
        ("clock", "cumulative_mrr"),
        ("clock", "cumulative_heat"),
        ("few_groups", "experiment_id"),
        *(("id", name) for name in inputs),
    } <= named
    assert ("clock", "case_index") in named or group == "case_index"
    value = {one.check: one.value for one in found}
    assert (value["few_groups"], value["label_per_run"]) == (3, 134)
    errors = {(one.check, one.columns) for one in found if one.severity == "error"}
    assert errors == {("leak", ("cumulative_heat", "thermal_displacement"))}


def test_the_first_of_repeated_columns_and_the_sensors_are_kept(nasa_folder: Path) -> None:
    dropped = set(advised_drops(of_nasa(nasa_folder, "experiment_id")))
    sensors = {"force_ac", "force_dc", "vib_table", "vib_spindle", "depth_of_cut", "feed_rate"}
    assert dropped & sensors == set()


def test_the_simulator_has_clocks_and_nothing_worse() -> None:
    found = check_problem(load_problem(DataSpec()))
    assert {one.check for one in found if one.severity == "warning"} == {"clock"}
    assert set(advised_drops(found)) == {"time_s", "cutting_distance_m"}
    assert [one for one in found if one.severity == "error" or one.check == "leak"] == []


def test_the_equation_has_no_faults() -> None:
    assert kinds(load_problem(DataSpec(source="burgers"))) == set()


def test_findings_are_plain_data_in_order_and_the_same_every_time(nasa_folder: Path) -> None:
    found = of_nasa(nasa_folder, None)
    text = json.dumps([asdict(one) for one in found], allow_nan=False)
    assert text == json.dumps([asdict(one) for one in of_nasa(nasa_folder, None)])
    ranks = [SEVERITIES.index(one.severity) for one in found]
    assert ranks == sorted(ranks)
    assert {one.check for one in found} <= set(CHECKS)
    assert all(one.message.endswith(".") and one.advice.endswith(".") for one in found)


@settings(max_examples=60, derandomize=True)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(30, 400),
    columns=st.integers(2, 8),
    rows_a_group=st.sampled_from([None, 1, 3, 5]),
    digits=st.sampled_from([None, 1, 0]),
)
def test_nothing_is_wrong_with_random_data(
    seed: int, rows: int, columns: int, rows_a_group: int | None, digits: int | None
) -> None:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(rows, columns))
    x[:, 1] = rng.integers(0, 4, rows)
    y = np.sin(x[:, 0]) + 0.5 * x[:, 1] + 0.3 * rng.normal(size=rows)
    y = y if digits is None else np.round(y, digits)
    groups = None if rows_a_group is None else np.arange(rows) // rows_a_group
    problem = make({f"c{k}": x[:, k] for k in range(columns)}, {"y": y}, groups)
    assert kinds(problem) - {"few_groups"} == set()
