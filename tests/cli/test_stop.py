"""Ctrl-C, sent to real processes: one sentence, no traceback, and nothing lost."""

from __future__ import annotations

import json
import os
import re
import shlex
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
    """Exit code and output of a command that gets SIGINT, as all of its group, when it is time."""
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
    return process.returncode, out, err


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
    (run / "manifest.json").unlink()  # which lists the spec as it was
    before = (run / "stacks" / "stage0_dense.pt").stat().st_mtime_ns
    for command in (resume, f"{worker} --until-idle"):
        typed = command.replace("python", sys.executable, 1)
        subprocess.run(typed, shell=True, check=True, capture_output=True, timeout=WAIT_SECONDS)
    assert (run / "spinn_structured_metrics.json").exists()
    assert (run / "stacks" / "stage0_dense.pt").stat().st_mtime_ns == before
    assert not store.exists()


# The main program, with a SIGINT when Python tells that an import or a compilation begins.
INTERRUPTED = """
import signal, sys
from spinn_engine.cli.main import main

def hook(event, args):
    if armed and event == armed[0] and str(args[event == "compile"]).startswith(armed[1]):
        armed.clear()
        signal.raise_signal(signal.SIGINT)

armed = [sys.argv.pop(1), sys.argv.pop(1)]
sys.addaudithook(hook)
code = main()
assert not armed
sys.exit(code)
"""


@pytest.mark.parametrize(
    ("event", "begin", "words"),
    [
        ("import", "click", "plan"),
        ("import", "rich.", "plan"),
        ("import", "pandas.", "check --data table:{table} --targets y"),
        ("import", "dbos", "submit --data table:{table} --targets y"),
        ("import", "torch._C", "run --data table:{table} --targets y --epochs 1"),
        ("import", "torch.nn", "export demo --format all --out {out}"),
        ("import", "onnx.", "export demo --format all --out {out}"),
        ("compile", "<eval_with_key>", "export demo --format pt2 --out {out}"),
        ("import", "matplotlib.", "report demo --out {out}"),
    ],
)
def test_whatever_is_interrupted_ends_with_a_word(
    event: str, begin: str, words: str, small_table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    command = words.format(table=small_table, out=out).split()
    program = [sys.executable, "-c", INTERRUPTED, event, begin, *command]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "stopped\n")
    assert not out.exists()


# Signals in a module of some name, or as a value is dropped; what went on after that is printed.
HEARD = """
import signal, sys, time
from spinn_engine.cli.stopping import Listener, Stopped

class Dropped:
    def __del__(self):
        signal.raise_signal(signal.SIGINT)

Listener().start()
told, (name, times) = [], sys.argv[1:]
try:
    if name == "__del__":
        Dropped()
    elif name == "swallowed":
        try:
            signal.raise_signal(signal.SIGINT)
        except BaseException:
            pass
    elif name == "cleaned up":
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            time.sleep(0.5)
            told.append("cleaned up")
    else:
        code = "for _ in range(times): signal.raise_signal(signal.SIGINT)\\ntold.append('went on')"
        exec(code, {"__name__": name, "signal": signal, "told": told, "times": int(times)})
    time.sleep(60)
except Stopped:
    told.append("stopped")
print(*told, sep=", ")
"""


@pytest.mark.parametrize(
    ("name", "times", "expected"),
    [
        ("torch.nn", 1, (0, "stopped\n", "")),
        ("torch.export", 1, (0, "went on, stopped\n", "")),
        ("importlib._bootstrap", 1, (0, "went on, stopped\n", "")),
        ("torch.export", 2, (130, "", "stopped\n")),  # who asks twice does not wait
        ("__del__", 1, (0, "stopped\n", "")),
        ("swallowed", 1, (0, "stopped\n", "")),
        ("cleaned up", 1, (0, "cleaned up, stopped\n", "")),
    ],
)
def test_where_an_exception_would_tear_or_be_lost_it_comes_later(
    name: str, times: int, expected: tuple[int, str, str]
) -> None:
    program = [sys.executable, "-c", HEARD, name, str(times)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == expected


def test_what_runs_in_the_background_of_a_script_goes_on(small_table: Path) -> None:
    words = ["plan", "--data", f"table:{small_table}", "--targets", "y", "--json"]
    program = [sys.executable, "-c", INTERRUPTED, "import", "pandas.", *words]
    script = f"trap '' INT; exec {shlex.join(program)}"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)["stages"]) == 5
