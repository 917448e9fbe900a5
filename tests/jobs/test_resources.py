"""What a job runs out of fails that job in words, and nothing else."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from spinn_engine import foreground, pipeline
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.guarded import groups as control_groups
from spinn_engine.jobs.queue import JobState, enqueue, resume
from spinn_engine.jobs.worker import attempts, watch
from spinn_engine.jobs.worker.child import _sentence
from spinn_engine.jobs.worker.watch import Watch, hang_minutes
from spinn_engine.spec import RunSpec
from spinn_engine.store.local import LocalStore
from spinn_engine.store.runs import RunFolder
from tests.jobs.support import (
    MakeRun,
    StartWorker,
    fill,
    is_alive,
    job,
    wait_for_child,
    wait_for_stage,
    wait_for_state,
    wait_until,
)

LONG = 100_000


@pytest.mark.parametrize("size", [1 << 46, 1 << 50])
def test_memory_that_runs_out_is_said_with_what_helps(size: int) -> None:
    with pytest.raises(RuntimeError) as of_torch:
        torch.empty(size)
    with pytest.raises(MemoryError) as of_numpy:
        np.empty(size)
    for caught in (of_torch.value, of_numpy.value):
        said = _sentence(caught, {"stage": 2})
        assert said.startswith("stage 2 failed: the memory is full: use fewer seeds or folds")


def test_other_errors_are_not_taken_for_memory(capsys: pytest.CaptureFixture[str]) -> None:
    said = _sentence(RuntimeError("shapes do not fit"), {"finish": True})
    assert said.startswith("the final evaluation failed unexpectedly (RuntimeError: shapes")
    assert "RuntimeError: shapes do not fit" in capsys.readouterr().err
    assert _sentence(BadInputError("no such file"), {"stage": 0}) == "stage 0 failed: no such file"


@pytest.mark.parametrize("at", [0, 1, "the final evaluation"])
def test_a_run_in_the_foreground_says_the_same(
    small_table: Path, monkeypatch: pytest.MonkeyPatch, at: int | str
) -> None:
    def full(_: pipeline.Runner, stage: int | str = "the final evaluation") -> None:
        if stage == at:
            torch.empty(1 << 50)

    monkeypatch.setattr(pipeline.Runner, "run_stage", full)
    monkeypatch.setattr(pipeline.Runner, "finish", full)
    data = {"source": f"table:{small_table}", "targets": ["y"]}
    spec = RunSpec.from_dict({"data": data, "seeds": [0]})
    where = at if isinstance(at, str) else f"stage {at}"
    with pytest.raises(SpinnError, match=f"^{where} failed: the memory is full: use fewer seeds"):
        foreground.run(spec)


@pytest.mark.parametrize(
    ("groups", "place", "file"),
    [
        ("0::/system.slice/spinn.service\n", "system.slice/spinn.service", "memory.events"),
        ("0::/kubepods/pod7/box\n", "", "memory.events"),
        ("0::/kubepods/pod7/box\n", "box", "memory.events"),
        ("1:cpu:/x\n0::/\n", "", "memory.events"),
        (
            "9:cpu,cpuacct:/\n4:memory:/slurm/uid_0/job_5/step_0\n0::/\n",
            "memory/slurm/uid_0/job_5/step_0", "memory.oom_control",
        ),
        ("4:memory:/docker/0af\n", "memory", "memory.oom_control"),
    ],
)  # fmt: skip
def test_a_child_that_the_kernel_ended_for_its_memory_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, groups: str, place: str, file: str
) -> None:
    """In a service, a job of Slurm and a container, with both versions of control groups."""
    (own := tmp_path / "own").write_text(groups)
    events = tmp_path / "tree" / place / file
    events.parent.mkdir(parents=True)
    events.write_text("low 0\noom_kill 3\n")
    monkeypatch.setattr(control_groups, "GROUPS", tmp_path / "tree")
    monkeypatch.setattr(control_groups, "OWN_GROUPS", own)
    monkeypatch.setattr(watch, "_FULL_SHARE", 0.0)
    seen = Watch(RunFolder(LocalStore(tmp_path), "r1"), os.getpid())
    assert seen.memory_words() == ""
    events.write_text("low 0\noom_kill 4\n")
    assert "as the machine's memory was full (it held" in seen.memory_words()


def test_a_child_that_died_when_memory_was_short_says_what_it_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(watch, "_FULL_SHARE", 1.1)  # any machine is short of that
    child = subprocess.Popen(
        [sys.executable, "-c", "x = b'1' * 10**8; print('there'); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.readline()
    seen = Watch(RunFolder(LocalStore(tmp_path), "r1"), child.pid)
    seen.look()
    held = psutil.Process(child.pid).memory_info().rss
    child.kill()
    wait_until(lambda: psutil.Process(child.pid).status() == "zombie", "its end")
    seen.look()
    child.communicate()
    told = re.search(r"\(it held ([\d.]+) ([MG])B\)$", seen.memory_words())
    assert told is not None
    assert float(told[1]) * {"M": 1e6, "G": 1e9}[told[2]] == pytest.approx(held, rel=0.01)


@pytest.mark.parametrize("given", ["0", "-1", "soon", "nan"])
def test_a_hang_limit_that_is_none_is_refused(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_HANG_MINUTES", given)
    with pytest.raises(BadInputError, match="SPINN_HANG_MINUTES must be a positive number"):
        hang_minutes()


@pytest.mark.slow
def test_a_child_that_hangs_fails_its_job_and_the_next_is_done(
    make_run: MakeRun, start_worker: StartWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPINN_HANG_MINUTES", "0.4")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setenv("PGPASSWORD", "very-secret")
    hangs, fine = make_run(fine_tune_epochs=LONG), make_run(4)
    enqueue(hangs.run_id)
    enqueue(fine.run_id)
    worker = start_worker()
    wait_for_stage(hangs, 1)
    child = wait_for_child(worker.pid)
    inherited = Path(f"/proc/{child}/environ").read_bytes()
    assert b"OMP_NUM_THREADS=1" in inherited
    assert b"very-secret" not in inherited
    os.kill(child, signal.SIGSTOP)
    wait_for_state(hangs.run_id, JobState.FAILED)
    assert not is_alive(child)
    error = str(job(hangs.run_id).error)
    assert re.match(r"stage 1 failed: no epoch ended in [\d a-z]+, so it was stopped: ", error)
    assert "log.txt says where it hung" in error
    log = hangs.log_path.read_text()
    # the thread that the signal met comes first, and each thread is cut after 100 frames
    assert re.search(r'File ".*(spinn_engine|torch).*", line \d+ in \w+', log), log[:5000]
    assert hangs.stage_is_done(0)
    wait_for_state(fine.run_id, JobState.DONE)


@pytest.mark.slow
def test_a_full_disk_fails_the_job_that_filled_it(
    small_disk: Path,
    tmp_path: Path,
    make_run: MakeRun,
    start_worker: StartWorker,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SPINN_DATABASE_URL", f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    monkeypatch.setenv("SPINN_RESULTS", str(small_disk))
    folder, fine = make_run(), make_run(4)
    ballast = fill(small_disk)
    enqueue(folder.run_id)
    worker = start_worker()
    wait_for_state(folder.run_id, JobState.FAILED)
    assert "stage 0 failed: cannot write" in str(job(folder.run_id).error)
    assert "No space left on device; free some space" in str(job(folder.run_id).error)
    ballast.unlink()
    enqueue(fine.run_id)
    resume(folder.run_id)
    for one in (fine, folder):
        wait_for_state(one.run_id, JobState.DONE)
    assert worker.poll() is None


def test_deaths_are_counted_by_step_and_forgotten_in_good_order() -> None:
    assert [attempts.begin("run", "stage 1") for _ in range(3)] == [0, 1, 2]
    assert attempts.begin("other", "stage 1") == 0
    assert attempts.begin("run", "stage 2") == 0
    assert attempts.begin("run", "stage 2") == 1
    attempts.end("run")
    assert attempts.begin("run", "stage 2") == 0


@pytest.mark.slow
def test_a_job_that_costs_three_workers_is_set_aside(
    make_run: MakeRun, start_worker: StartWorker
) -> None:
    folder, fine = make_run(epochs=3, fine_tune_epochs=LONG), make_run(4)
    enqueue(folder.run_id)
    enqueue(fine.run_id)
    for deaths in range(3):
        worker = start_worker()
        child = wait_for_child(worker.pid)
        wait_for_stage(folder, 1)
        told = folder.log_path.read_text().count("the worker before was lost in stage 1")
        assert told == deaths
        worker.kill()
        worker.wait()
        wait_until(lambda: not is_alive(child), "the end of the child")  # noqa: B023
    assert start_worker(until_idle=True).wait() == 0
    found = job(folder.run_id)
    assert found.state is JobState.FAILED
    assert "3 workers in a row were lost in it, so the run was set aside" in str(found.error)
    assert job(fine.run_id).state is JobState.DONE
    resume(folder.run_id)
    worker = start_worker()
    wait_for_stage(folder, 1)
