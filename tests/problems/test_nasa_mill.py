import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spinn_engine.errors import BadInputError
from spinn_engine.problems import load_problem
from spinn_engine.problems.nasa.windows import INPUT_NAMES
from spinn_engine.problems.problem import Problem
from spinn_engine.spec import DataSpec
from tests.problems.mill_file import Record, mill_records, save_records, write_mill


@pytest.fixture(scope="module")
def mill_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mill(tmp_path_factory.mktemp("mill") / "with: colon" / "mill.mat")


@pytest.fixture(scope="module")
def problem(mill_file: Path) -> Problem:
    return load_problem(DataSpec(source=f"nasa-mill:{mill_file}"))


def refusal(path: Path, change: Callable[[list[Record]], Any], **options: Any) -> str:
    records = mill_records(cases=3, runs=2)
    change(records)
    save_records(path, records)
    with pytest.raises(BadInputError) as caught:
        load_problem(DataSpec(source=f"nasa-mill:{path}", **options))
    message = str(caught.value)
    assert message.startswith(str(path))
    assert "\n" not in message
    return message


def test_rows_names_and_units(problem: Problem) -> None:
    assert problem.input_names == INPUT_NAMES
    assert problem.target_names == ("tool_wear",)
    assert problem.inputs.shape == (38 * 8, 18)  # 45 runs, 7 of them faulty
    assert np.isfinite(problem.inputs).all()
    assert problem.units["tool_wear"] == problem.units["DOC"] == "mm"
    assert problem.units["time"] == "min"
    assert "smcAC_rms" not in problem.units
    assert not problem.simulated
    assert problem.modelled == ()


def test_every_run_that_is_left_out_is_counted_and_named(problem: Problem) -> None:
    left_out = [note for note in problem.notes if "left out" in note]
    assert left_out == [
        "3 of 45 runs left out because VB was not measured: case 1 run 2; case 2 runs 1, 3.",
        "1 of 45 runs left out because a signal is corrupt (beyond 100, or not a number): "
        "case 2 run 2.",
        "2 of 45 runs left out because a signal does not have 9,000 samples: "
        "case 3 run 1; case 4 run 1.",
        "1 of 45 runs left out because a signal is dead (one value throughout): case 5 run 2.",
    ]


def test_wear_is_that_of_the_run_and_groups_are_cases(problem: Problem) -> None:
    faulty = {(1, 2), (2, 1), (2, 3), (2, 2), (3, 1), (4, 1), (5, 2)}
    sound = [r for r in mill_records() if (r["case"], r["run"]) not in faulty]
    assert problem.targets.ravel().tolist() == [r["VB"] for r in sound for _ in range(8)]
    assert problem.groups is not None
    assert problem.groups.tolist() == [r["case"] for r in sound for _ in range(8)]


def test_whole_cases_are_held_out(problem: Problem) -> None:
    assert problem.groups is not None
    sides = [set(problem.groups[rows]) for rows in (problem.train, problem.val, problem.test)]
    assert [len(side) for side in sides] == [7, 1, 1]
    assert len(set.union(*sides)) == 9
    assert len(problem.train) + len(problem.val) + len(problem.test) == len(problem.inputs)


def test_times_rise_within_every_case(problem: Problem) -> None:
    assert problem.times is not None
    assert problem.groups is not None
    for case in np.unique(problem.groups):
        assert (np.diff(problem.times[problem.groups == case]) > 0).all()


def test_runs_in_any_order_give_the_same_rows(tmp_path: Path) -> None:
    """The real file does not hold its cases in order."""
    records = mill_records(cases=4, runs=3)
    hashes = set()
    for order in (records, records[6:] + records[:6], records[::-1]):
        save_records(tmp_path / "mill.mat", order)
        hashes.add(load_problem(DataSpec(source=f"nasa-mill:{tmp_path / 'mill.mat'}")).sha256())
    assert len(hashes) == 1


def test_wear_that_falls_is_told_and_not_forbidden(tmp_path: Path, problem: Problem) -> None:
    assert problem.never_falling == ("tool_wear",)
    records = mill_records(cases=3, runs=3)
    records[4]["VB"], records[5]["VB"] = 0.5, 0.44
    save_records(tmp_path / "mill.mat", records)
    falling = load_problem(DataSpec(source=f"nasa-mill:{tmp_path / 'mill.mat'}"))
    assert falling.never_falling == ()
    assert falling.never_negative == ("tool_wear",)
    assert any("lower than after the run before in case 2 run 3" in n for n in falling.notes)


def test_dropped_inputs_are_gone_and_extra_fields_do_no_harm(tmp_path: Path) -> None:
    records = mill_records(cases=3, runs=2)
    for record in records:
        record["operator"] = 3
    save_records(tmp_path / "mill.mat", records)
    drop = ("time", "AE_table_kurtosis")
    found = load_problem(DataSpec(source=f"nasa-mill:{tmp_path / 'mill.mat'}", drop=drop))
    assert found.input_names == tuple(name for name in INPUT_NAMES if name not in drop)
    assert found.times is not None  # for the terms about time


def test_an_empty_vb_counts_as_not_measured(tmp_path: Path) -> None:
    records = mill_records(cases=3, runs=4)
    records[0]["VB"], records[1]["feed"] = np.empty((0, 0)), np.nan
    save_records(tmp_path / "mill.mat", records)
    found = load_problem(DataSpec(source=f"nasa-mill:{tmp_path / 'mill.mat'}"))
    assert "1 of 12 runs left out because VB was not measured: case 1 run 1." in found.notes
    assert any("setting of the cut is missing: case 1 run 2." in note for note in found.notes)


def set_to(number: int, **values: Any) -> Callable[[list[Record]], None]:
    return lambda records: records[number].update(values)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda records: records.clear(), "'mill' holds no run"),
        (lambda records: [r.pop("smcDC") for r in records], "has no field 'smcDC', only case, run"),
        (set_to(1, VB=-0.2), "record 2 of 'mill': VB is −0.2 mm, wear cannot be below zero"),
        (set_to(1, VB="worn"), "field 'VB' of record 2 of variable 'mill' holds text"),
        (set_to(2, AE_table="loud"), "field 'AE_table' of record 3"),
        (set_to(0, material=3), "material is 3, it must be 1 (cast iron) or 2 (steel)"),
        (set_to(0, case=1.5), "record 1 of 'mill': case is 1.5, it must be a whole number"),
        (set_to(0, case=1e300), "case is 1e300, it must be a whole number"),
        (set_to(0, run=np.empty((0, 0))), "run is nan, it must be a whole number"),
        (set_to(0, time=np.arange(4.0)), "time has 4 numbers, one is needed"),
        (set_to(3, time=1), "case 2 run 2 is at 1 min, it must come after run 1 at 3 min"),
        (set_to(3, run=1, time=3), "case 2 run 1 is at 3 min, it must come after run 1"),
        (lambda records: [records.pop(0) for _ in records[::3]], "at least 3"),
        (lambda records: records.__delitem__(slice(0, 6, 2)), "cases with more sound runs"),
        (lambda records: [r.update(case=1 + r["case"] // 2) for r in records], "at least 3"),
        (lambda records: [r.update(VB=np.nan) for r in records], "not measured: case 1 runs 1, 2"),
        (lambda records: [r.update(VB=0.3) for r in records], "tool_wear is 0.3 in all"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(
    tmp_path: Path, change: Callable[[list[Record]], Any], words: str
) -> None:
    assert words in refusal(tmp_path / "mill.mat", change)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"source": "nasa-mill"}, "the file must be named, as in nasa-mill:mill.mat"),
        ({"source": "nasa-mill:"}, "the file must be named"),
        ({"source": "nasa-mill:none.mat"}, "none.mat: cannot be read: no such file"),
        ({"source": "nasa-mill:m", "group": "case"}, "leave the group out"),
        ({"source": "nasa-mill:m", "time": "time"}, "leave the time out"),
        ({"source": "nasa-mill:m", "targets": ("VB",)}, "'VB' is not one of"),
        ({"source": "nasa-mill:m", "drop": ("case",)}, "'case' is not one of"),
        ({"source": "nasa-mill:m", "drop": INPUT_NAMES}, "no input column is left"),
    ],
)
def test_options_that_do_not_fit(options: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        load_problem(DataSpec(**options))


def test_a_fresh_process_reads_the_same_rows_without_torch(
    mill_file: Path, problem: Problem
) -> None:
    code = (
        "from spinn_engine.problems import load_problem\n"
        "from spinn_engine.spec import DataSpec\n"
        "import sys\n"
        "print(load_problem(DataSpec(source=sys.argv[1])).sha256(), 'torch' in sys.modules)"
    )
    command = [sys.executable, "-c", code, problem.source]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert run.stdout.split() == [problem.sha256(), "False"]
