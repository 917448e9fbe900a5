import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs.devices import cpu
from spinn_engine.jobs.slots import Slot, Wanted, ask_worker, slot_name, workers
from spinn_engine.store.files import is_locked


def test_a_held_slot_is_shown_and_a_released_one_is_not(store: Path) -> None:
    slot = Slot("here-cpu", cpu())
    slot.show_run("some-run")
    [worker] = workers()
    assert (worker.slot, worker.alive, worker.run_id) == ("here-cpu", True, "some-run")
    assert worker.device == "cpu"
    assert worker.seconds_since_heartbeat < 60
    slot.release()
    assert workers() == []
    assert not is_locked(store / "workers" / "here-cpu.lock")


def test_a_worker_that_was_killed_is_shown_as_dead_for_a_day(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code = (
        "import os, signal; from spinn_engine.jobs.slots import Slot; "
        "from spinn_engine.jobs.devices import cpu; "
        "slot = Slot('here-cpu', cpu()); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -signal.SIGKILL
    [worker] = workers()
    assert (worker.slot, worker.alive) == ("here-cpu", False)
    tomorrow = time.time() + 86_401
    monkeypatch.setattr("time.time", lambda: tomorrow)
    assert workers() == []


def test_a_second_worker_on_a_slot_is_refused() -> None:
    slot = Slot("here-cpu", cpu())
    with pytest.raises(BadInputError, match="here-cpu already has a live worker"):
        Slot("here-cpu", cpu())
    slot.release()
    Slot("here-cpu", cpu()).release()


def test_lookers_do_not_keep_a_worker_off_its_slot(store: Path) -> None:
    Slot("here-cpu", cpu()).release()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            is_locked(store / "workers" / "here-cpu.lock")

    looker = threading.Thread(target=look)
    looker.start()
    for _ in range(20):
        Slot("here-cpu", cpu()).release()
    ended.set()
    looker.join()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "-a", "a" * 101])
def test_names_that_could_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(BadInputError, match="is not a slot"):
        Slot(name, cpu())


def test_a_store_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SPINN_RESULTS", str(tmp_path / "file"))
    with pytest.raises(SpinnError, match="is a file or below one: give a folder"):
        Slot("here-cpu", cpu())


def test_a_worker_is_asked_to_pause_and_sees_it_with_its_heartbeat() -> None:
    slot = Slot("here-cpu", cpu())
    ask_worker("here-cpu", Wanted.PAUSE)
    slot.show_run(None)
    assert slot.wanted is Wanted.PAUSE
    assert [worker.wanted for worker in workers()] == [Wanted.PAUSE]
    slot.release()
    with pytest.raises(BadInputError, match=r"no live worker .here-cpu. \(there is none\)"):
        ask_worker("here-cpu", Wanted.SERVE)
    again = Slot("here-cpu", cpu())
    assert again.wanted is Wanted.SERVE
    again.release()


def test_slot_names_tell_host_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "lab.3_x")
    assert slot_name("cuda:0") == "lab-3_x-cuda0"
    assert slot_name("cpu") == "lab-3_x-cpu"
