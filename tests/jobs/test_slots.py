import json
import threading
from pathlib import Path

import pytest

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs.slots import Slot, is_held, slot_name, workers


def test_a_held_slot_is_shown_and_a_released_one_is_not(store: Path) -> None:
    slot = Slot("here-cpu", "cpu")
    slot.show_run("some-run")
    [worker] = workers()
    assert (worker.slot, worker.alive, worker.run_id) == ("here-cpu", True, "some-run")
    assert worker.device == "cpu"
    assert worker.seconds_since_heartbeat < 60
    slot.release()
    assert workers() == []
    assert not is_held(store / "workers" / "here-cpu.lock")


def test_a_worker_that_was_killed_is_shown_as_dead(store: Path) -> None:
    slot = Slot("here-cpu", "cpu")
    left = (store / "workers" / "here-cpu.json").read_text()
    slot.release()
    (store / "workers" / "here-cpu.json").write_text(left)
    assert [worker.alive for worker in workers()] == [False]


def test_a_second_worker_on_a_slot_is_refused() -> None:
    slot = Slot("here-cpu", "cpu")
    with pytest.raises(BadInputError, match="here-cpu already has a live worker"):
        Slot("here-cpu", "cpu")
    slot.release()
    Slot("here-cpu", "cpu").release()


def test_lookers_do_not_keep_a_worker_off_its_slot(store: Path) -> None:
    Slot("here-cpu", "cpu").release()
    ended = threading.Event()

    def look() -> None:
        while not ended.is_set():
            is_held(store / "workers" / "here-cpu.lock")

    looker = threading.Thread(target=look)
    looker.start()
    for _ in range(20):
        Slot("here-cpu", "cpu").release()
    ended.set()
    looker.join()


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a b", "-a", "a" * 101])
def test_names_that_could_leave_the_folder_are_refused(name: str) -> None:
    with pytest.raises(BadInputError, match="is not a slot"):
        Slot(name, "cpu")


def test_a_store_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("SPINN_RESULTS", str(tmp_path / "file"))
    with pytest.raises(SpinnError, match="cannot write"):
        Slot("here-cpu", "cpu")


def test_a_half_written_heartbeat_is_no_worker(store: Path) -> None:
    folder = store / "workers"
    folder.mkdir(parents=True)
    (folder / "here-cpu.json").write_text(json.dumps({"pid": 1})[:-1])
    assert workers() == []


def test_slot_names_tell_host_and_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.gethostname", lambda: "lab.3_x")
    assert slot_name("cuda:0") == "lab-3_x-cuda0"
    assert slot_name("cpu") == "lab-3_x-cpu"
