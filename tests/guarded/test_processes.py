"""A task that takes too much ends its process alone, with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from spinn_engine.errors import BadInputError, CorruptArtifactError
from spinn_engine.guarded.processes import end_idle, guarded
from tests.guarded import work


def test_a_task_is_done_elsewhere_and_its_process_is_kept() -> None:
    first = guarded("a.csv", work.wait, 0)
    assert first != os.getpid()
    assert guarded("a.csv", work.wait, 0) == first


def test_processes_that_wait_are_ended_before_memory_is_needed() -> None:
    first = guarded("a.csv", work.wait, 0)
    end_idle()
    assert not psutil.pid_exists(first)
    assert guarded("a.csv", work.wait, 0) != first


def test_paths_begin_where_the_caller_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert guarded("a.csv", work.folder) == str(tmp_path)


@pytest.mark.parametrize(
    ("task", "args", "says"),
    [
        (work.fill, (400,), "takes more than the 100 MB of memory that it may take here: leave"),
        (work.too_much_at_once, (), "takes more than the 100 MB of memory"),
        (work.wait, (20.0,), "takes longer than 0.5 s: leave out rows or columns"),
        (work.crash, (), "ends the process that reads it (exit code -11)"),
    ],
)
def test_what_takes_too_much_is_refused_and_this_process_stays_small(
    monkeypatch: pytest.MonkeyPatch, task: Callable[..., object], args: tuple[int], says: str
) -> None:
    monkeypatch.setenv("SPINN_READ_MB", "100")
    monkeypatch.setenv("SPINN_READ_SECONDS", "0.5" if task is work.wait else "60")
    own = psutil.Process()
    before = own.memory_info().rss
    with pytest.raises(BadInputError) as refused:
        guarded("a.csv", task, *args)
    assert str(refused.value).startswith("a.csv: ")
    assert says in str(refused.value)
    assert own.memory_info().rss - before < 20_000_000
    assert guarded("a.csv", work.wait, 0)  # the next one is read


def test_what_fits_is_read_within_the_same_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPINN_READ_MB", "100")
    assert guarded("a.csv", work.fill, 20) == 20_000_000


def test_errors_come_through_and_mistakes_with_where_they_happened() -> None:
    with pytest.raises(CorruptArtifactError, match="the file is torn"):
        guarded("a.csv", work.refuse)
    with pytest.raises(ZeroDivisionError) as failed:
        guarded("a.csv", work.fail)
    assert "in fail" in failed.value.__notes__[0]


def test_an_answer_that_is_too_large_is_none() -> None:
    with pytest.raises(BadInputError, match=r"a\.csv: what there is to say of it takes 1 MB"):
        guarded("a.csv", work.talk, most_bytes=1000)


def test_others_are_answered_while_one_reads() -> None:
    slow = threading.Thread(target=guarded, args=("a.csv", work.wait, 1.5))
    slow.start()
    guarded("b.csv", work.wait, 0)
    assert slow.is_alive()
    slow.join()


@pytest.mark.parametrize("value", ["0", "-1", "much", "inf", "nan"])
def test_a_setting_that_is_no_positive_number_is_refused(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SPINN_READ_MB", value)
    with pytest.raises(BadInputError, match="SPINN_READ_MB must be a positive number"):
        guarded("a.csv", work.wait, 0)


def test_a_process_ends_with_its_parent() -> None:
    code = (
        "import os, sys, threading; from spinn_engine.guarded.processes import guarded\n"
        "from tests.guarded import work\n"
        "print(guarded('a', work.wait, 0), flush=True)\n"
        "threading.Thread(target=guarded, args=('a', work.wait, 60), daemon=True).start()\n"
        "sys.stdin.read()\n"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdin=pipe, stdout=pipe) as parent:
        assert parent.stdout is not None
        reader = psutil.Process(int(parent.stdout.readline()))
        time.sleep(0.3)
        parent.kill()
    psutil.wait_procs([reader], timeout=10)
    assert not reader.is_running() or reader.status() == psutil.STATUS_ZOMBIE
