"""The command line as other programs call it: exit codes, one line of complaint, clean JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from spinn_engine.application import application_folder
from spinn_engine.cli.main import main
from spinn_engine.spec import RunSpec
from spinn_engine.store.run_folder import RESULT_NAME


def printed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """The JSON object that a command prints."""
    assert main(list(words)) == 0
    return json.loads(capsys.readouterr().out)


def complaint(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one line with which a command refuses bad input."""
    try:
        code = main(list(words))
    except SystemExit as stop:
        code = int(str(stop.code))
    output = capsys.readouterr()
    assert code == 2
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert "Traceback" not in output.err
    return output.err


def test_plan_prints_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "plan",
        "--json",
        "--stages",
        "4",
        "--schedule",
        "sequential",
        "--pruning-ratio",
        "0.25",
    ]
    stages = printed(capsys, *words)["stages"]
    assert [s["params"] for s in stages] == [666_882, 598_914, 484_098, 402_050, 377_282]
    assert stages[0] == stages[0] | {"stage": 0, "hidden": [512, 512, 512, 256], "bytes": 2_667_528}


def test_plan_takes_the_ends_from_the_data_or_the_options(
    capsys: pytest.CaptureFixture[str], small_table: Path
) -> None:
    words = ["plan", "--json", "--hidden", "8", "--stages", "1", "--param-reduction", "0.5"]
    table = ["--data", f"table:{small_table}", "--targets", "y", "--group", "g"]
    assert printed(capsys, *words, *table)["stages"][0]["params"] == (4 + 1) * 8 + (8 + 1) * 1
    given = printed(capsys, *words, "--inputs", "10", "--outputs", "3")
    assert given["stages"][0]["params"] == 11 * 8 + 9 * 3


def test_plan_for_people_names_every_stage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan"]) == 0
    shown = capsys.readouterr().out
    assert "666,882" in shown
    assert "512-512-512-256" in shown


def test_options_override_a_spec_file(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "spec.json"
    spec = RunSpec.from_dict(
        {"prune": {"stages": 2, "pruning_ratio": 0.5}, "model": {"hidden": [64]}}
    )
    path.write_text(spec.to_json())
    stages = printed(capsys, "plan", "--json", "--spec", str(path), "--stages", "1")["stages"]
    assert [s["hidden"] for s in stages] == [[64], [32]]
    words = ("plan", "--json", "--spec", str(path), "--param-reduction", "0.9")
    assert printed(capsys, *words)["stages"][-1]["param_reduction"] == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["plan", "--pruning-ratio", "1.5"], "less than 1, but got 1.5"),
        (["plan", "--pruning-ratio", "0.5", "--param-reduction", "0.5"], "not both"),
        (["plan", "--hidden", "3,x"], "whole numbers"),
        (["plan", "--hidden", "3,0"], "greater than or equal to 1, but got 0"),
        (
            ["plan", "--schedule", "random"],
            "sequential, global, custom",
        ),
        (["plan", "--hidden", "8", "--stages", "8", "--pruning-ratio", "0.9"], "fewer stages"),
        (["plan", "--inputs", "0"], "--inputs"),
        (["run", "--seed", "-1"], "run: --seed: input should be greater than or equal to 0, but"),
        (["plan", "--stages", "0"], "plan: --stages: input should be greater"),
        (["plan", "--hidden", ""], "plan: --hidden: expected at least 1 item, but got []"),
        (["plan", "--spec", os.devnull], "it is a device: name a spec file"),
        (["run", "--device", "tpu"], "run: --device: expected auto, cpu, cuda, cuda:1, mps or xpu"),
        (
            ["check", "--data", "table:a.csv", "--targets", "y", "--split", "group"],
            "check: split by group needs the column of the groups: name it in group (--group)",
        ),
        (["plan", "--bogus"], "--bogus"),
        (["plan", "--stages"], "plan: Option '--stages' requires an argument"),
        (["jobs", "now"], "jobs: Got unexpected extra argument (now)"),
        (["plan", "--spec", "nowhere.json"], "nowhere.json"),
        (["run", "--seeds", "0"], "--seeds must be from 1 to 256"),
        (["run", "--data", "moon"], "moon"),
        (["run", "--data", "table:nowhere.csv", "--targets", "y"], "nowhere.csv"),
        (["run", "--device", "cuda:63", "--epochs", "1"], "cuda:63"),
        (["submit", "--data", "table:nowhere.csv", "--targets", "y"], "nowhere.csv"),
        (["cancel", "../x"], "is not a run id"),
        (["resume", "nope"], "no run 'nope'"),
        (["delete", "nope"], "no run 'nope'"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert message in complaint(capsys, *words, *(["--json"] if words[:1] == ["run"] else []))


def test_run_on_a_table_with_holes_and_one_target(
    capsys: pytest.CaptureFixture[str], small_table: Path
) -> None:
    frame = pd.read_csv(small_table).rename(columns={"a": "Kraft x", "y": "Verschleiß"})
    frame.loc[[3, 50], "b"] = None
    frame.drop(columns=["z", "g"]).to_csv(small_table, index=False)
    words = f"run --json --data table:{small_table} --hidden 12,8 --stages 1 --seeds 1".split()
    short = [
        "--targets",
        "Verschleiß",
        "--epochs",
        "2",
        "--fine-tune-epochs",
        "1",
        "--param-reduction",
        "0.4",
    ]
    result = printed(capsys, *words, *short)["result"]
    assert list(result["final"]["per_output"]) == ["Verschleiß"]
    assert any("2 of 400 rows" in note for note in result["data"]["notes"])


def test_run_writes_where_out_says(
    capsys: pytest.CaptureFixture[str],
    small_table: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", "unused")  # put back after the test, whatever --out sets
    out = tmp_path / "elsewhere"
    words = f"run --json --data table:{small_table} --targets y,z --group g --hidden 12,8".split()
    short = f"--epochs 1 --fine-tune-epochs 1 --seeds 2 --seed 7 --out {out}".split()
    made = printed(capsys, *words, *short)
    assert Path(made["folder"]) == out / made["run_id"]
    assert (out / made["run_id"] / "spinn_structured_metrics.json").exists()
    assert made["result"]["seeds"] == [7, 8]


@pytest.mark.slow
def test_run_on_the_real_data(capsys: pytest.CaptureFixture[str], nasa_folder: Path) -> None:
    words = ["run", "--json", "--data", f"table:{nasa_folder}", "--group", "experiment_id"]
    targets = ["--targets", "tool_wear,thermal_displacement"]
    short = ["--hidden", "32,32", "--epochs", "2", "--fine-tune-epochs", "1", "--seeds", "2"]
    result = printed(capsys, *words, *targets, *short)["result"]
    assert result["data"]["rows"] == {"train": 8_730, "val": 1_710, "test": 1_606}
    assert set(result["final"]["per_output"]) == {"tool_wear", "thermal_displacement"}


def test_as_a_process_plan_needs_no_torch() -> None:
    code = (
        "import sys; from spinn_engine.cli.main import main; main(['plan', '--json']);"
        "assert 'torch' not in sys.modules and 'streamlit' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["stages"]) == 5


@pytest.mark.slow
def test_as_a_process_run_prints_one_object_and_libraries_nothing(small_table: Path) -> None:
    data = ["--data", f"table:{small_table}", "--targets", "y", "--group", "g"]
    small = ["--hidden", "8", "--epochs", "1", "--fine-tune-epochs", "0", "--seeds", "1"]
    command = [sys.executable, "-m", "spinn_engine", "run", *data, *small, "--stages", "1"]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["result"]["arms"][0]["peak_memory_bytes"] > 0  # as profiled
    lines = done.stderr.splitlines()
    assert all(line.startswith(("run ", "stage ")) for line in lines if line), done.stderr


def test_who_reads_the_output_may_go_before_its_end() -> None:
    command = [sys.executable, "-m", "spinn_engine", "plan", "--json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 1


def test_a_result_that_lacks_a_key_is_named_with_it(
    capsys: pytest.CaptureFixture[str], store: Path
) -> None:
    demo = application_folder() / "assets" / "demo"
    result = json.loads((demo / RESULT_NAME).read_text())
    del result["run_id"]
    (store / "cut").mkdir(parents=True)
    (store / "cut" / "spec.json").write_bytes((demo / "spec.json").read_bytes())
    (store / "cut" / RESULT_NAME).write_text(json.dumps(result))
    for words in (
        ["compare", "cut"],
        ["export", "cut", "--format", "onnx"],
        ["verify", "paper", "--run", "cut"],
        ["report", "cut", "--out", str(store / "report")],
    ):
        assert f"{RESULT_NAME} lacks run_id: " in complaint(capsys, *words)
    (listed,) = printed(capsys, "runs", "--json")["runs"]
    assert "lacks run_id" in listed["error"]


def test_the_claims_of_the_paper_ship_with_the_program(capsys: pytest.CaptureFixture[str]) -> None:
    file = application_folder() / "assets" / "claims" / "spinn_paper.json"
    claims = printed(capsys, "verify", "paper", "--json")["claims"]
    assert [one["claim"] for one in claims] == [
        one["claim"] for one in json.loads(file.read_text())["claims"]
    ]


def test_a_network_that_is_too_large_is_refused_before_torch_is_there(store: Path) -> None:
    code = (
        "import sys; from spinn_engine.cli.main import main\n"
        "code = main(['run', '--hidden', ','.join(['65536'] * 64), '--epochs', '1'])\n"
        "assert 'torch' not in sys.modules; sys.exit(code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 2, done.stderr
    assert "4,194,304 neurons in all, at most 200,000 can be planned" in done.stderr
