"""Ctrl-C, sent to real processes: one sentence, no traceback, and nothing lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

WAIT_SECONDS = 120.0
COMMAND = (sys.executable, "-m", "spinn_engine")
LONG = ("--epochs", "100000", "--hidden", "16,8", "--seeds", "1", "--controls", "linear")


def stopped(words: list[str], is_time: Callable[[], bool]) -> tuple[int, str, str]:
    """Exit code and output of a command that gets SIGINT, as all of its group, when it is time.

    The code is what a shell shows: Python itself may end by the signal after our last word.
    """
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [*COMMAND, *words], stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )
    deadline = time.monotonic() + WAIT_SECONDS
    while not is_time() and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert process.poll() is None
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=WAIT_SECONDS)
    code = process.returncode
    return (128 - code if code < 0 else code), out, err


def after(seconds: float) -> Callable[[], bool]:
    begin = time.monotonic()
    return lambda: time.monotonic() - begin > seconds


@pytest.mark.slow
def test_a_stopped_run_names_the_commands_that_go_on_with_it(
    small_table: Path, store: Path, tmp_path: Path
) -> None:
    data = ["--data", f"table:{small_table}", "--targets", "y", "--group", "g"]
    out = tmp_path / "other store"
    words = ["run", *data, *LONG, "--stages", "1", "--fine-tune-epochs", "100000", "--json"]
    code, said, err = stopped(
        [*words, "--out", str(out), "--epochs", "3"],
        lambda: any(out.glob("*/stacks/stage0_dense.pt")),
    )
    (run,) = (path.parent for path in out.glob("*/spec.json"))
    assert (code, said) == (130, "")
    assert "Traceback" not in err
    assert "USDT" not in err
    sentence = err.splitlines()[-1]
    assert sentence.startswith("stopped: ")
    resume, worker = re.findall(r"'(SPINN_RESULTS='[^']*' [^']*)'", sentence)
    assert f"resume {run.name}" in resume
    spec = json.loads((run / "spec.json").read_text())  # as patient as a test is
    spec["spec"]["train"]["fine_tune_epochs"] = 1
    (run / "spec.json").write_text(json.dumps(spec))
    before = (run / "stacks" / "stage0_dense.pt").stat().st_mtime_ns
    for command in (resume, f"{worker} --until-idle"):
        typed = command.replace("python", sys.executable, 1)
        subprocess.run(typed, shell=True, check=True, capture_output=True, timeout=WAIT_SECONDS)
    assert (run / "spinn_structured_metrics.json").exists()
    assert (run / "stacks" / "stage0_dense.pt").stat().st_mtime_ns == before
    assert not store.exists()


@pytest.mark.parametrize("seconds", [0.2, 0.6])
def test_what_only_begins_ends_with_a_word(seconds: float) -> None:
    code, out, err = stopped(["run", *LONG], after(seconds))
    assert (code, out, err.strip()) in ((130, "", "stopped"), (130, "", f"{_EARLY}"))


_EARLY = "stopped before there was a run"


@pytest.mark.parametrize(
    ("words", "seconds"),
    [
        ("export demo --format all", 1.0),
        ("export demo --format all", 3.0),
        ("report demo", 0.4),
        ("report demo", 1.0),
    ],
)
def test_other_long_commands_end_without_a_traceback(
    tmp_path: Path, words: str, seconds: float
) -> None:
    code, said, err = stopped([*words.split(), "--out", str(tmp_path / "out")], after(seconds))
    assert (code, said, err.strip()) == (130, "", "stopped")
