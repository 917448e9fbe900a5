"""Side work: it outlives who started it, is started once, and its end is told whatever that was."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spinn_engine import api
from spinn_engine.background import work as side_work
from spinn_engine.background.state import FOLDER, SILENT_SECONDS, Stored, name_of, write_state
from spinn_engine.errors import BadInputError
from tests.background.support import ended, reap, until

State = api.WorkState
Start = Callable[..., api.Work]
ANN = api.Owner("https://id.example.org 1", "Ann Miller")

# What stands in for the engine: it does as the last of its words says.
ACTOR = """
import json, os, signal, subprocess, sys, time
word = sys.argv[-2]
assert sys.argv[1:3] == ["adapt", "r1"] and sys.argv[-1] == "--json"
if word == "slow":
    print("batch 2 of 5", file=sys.stderr, flush=True)
    helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    with open("pids.part", "w") as file:
        file.write(f"{os.getpid()} {helper.pid}")
    os.rename("pids.part", "pids")
    time.sleep(60)
elif word == "fail":
    print("batch 1 of 5\\nwords before\\nthe rows do not fit", file=sys.stderr)
    sys.exit(2)
elif word == "die":
    os.kill(os.getpid(), signal.SIGKILL)
elif word == "babble":
    print("no JSON")
else:
    print(json.dumps({"name": word}))
"""


@pytest.fixture
def start(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a command of the actor about run r1; nothing of it is left after the test."""
    (store / "r1").mkdir(parents=True)
    for name in ("spec.json", "spinn_structured_metrics.json"):
        (store / "r1" / name).write_text("{}")
    python = tmp_path / "python"
    (tmp_path / "actor.py").write_text(ACTOR)
    python.write_text(
        f'#!/bin/sh\nshift 2\ncd {tmp_path}\nexec {sys.executable} {tmp_path}/actor.py "$@"\n'
    )
    python.chmod(0o755)
    code = (
        "import sys; from pathlib import Path; from spinn_engine.background import keeper; "
        f"sys.executable = {str(python)!r}; keeper.main(Path(sys.argv[1]), sys.argv[2:])"
    )
    monkeypatch.setattr(side_work, "_KEEPER", (sys.executable, "-c", code))
    yield lambda *words: api.start_work("r1", "adapt", words, ANN).work
    for work in api.works("r1"):
        if work.state is State.RUNNING:
            api.stop_work("r1", work.name)
    reap()


def pids(tmp_path: Path) -> list[int]:
    """The processes of a slow command, once both are there."""
    deadline = time.monotonic() + 30
    while not (tmp_path / "pids").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return [int(pid) for pid in (tmp_path / "pids").read_text().split()]


def lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(*gone: int) -> None:
    deadline = time.monotonic() + 10
    while any(lives(pid) for pid in gone):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_result_is_kept_with_who_wanted_it(start: Start) -> None:
    work = start("--frozen", "it")
    assert work.state is State.RUNNING
    assert ended(work).state is State.DONE
    [found] = api.works("r1")
    assert api.work_result(found) == {"name": "it"}
    assert (found.words, found.owner, found.error) == (("--frozen", "it"), ANN, None)
    assert 0 < found.seconds < 60


def test_a_refusal_is_told_in_the_sentence_that_was_given(start: Start) -> None:
    work = ended(start("fail"))
    assert (work.state, work.error) == (State.FAILED, "the rows do not fit")
    assert work.log_path.read_text() == "words before\nthe rows do not fit\n"


@pytest.mark.parametrize(
    ("word", "says"), [("die", "signal 9, perhaps as the memory was full"), ("babble", "code 0")]
)
def test_a_command_that_dies_or_babbles_has_failed(start: Start, word: str, says: str) -> None:
    work = ended(start(word))
    assert work.state is State.FAILED
    assert says in (work.error or "")


def test_progress_is_seen_and_stop_ends_all_that_was_started(start: Start, tmp_path: Path) -> None:
    work = start("slow")
    command, helper = pids(tmp_path)
    now = until(work, lambda now: now.of > 0)
    assert (now.done, now.of, now.state) == (2, 5, State.RUNNING)
    api.stop_work("r1", work.name)
    assert api.find_work("r1", work.name).state is State.STOPPED
    wait_until_gone(command, helper)
    with pytest.raises(BadInputError, match="is stopped already"):
        api.stop_work("r1", work.name)


def test_the_same_twice_is_one_and_may_be_started_again_once_it_ended(
    start: Start, tmp_path: Path
) -> None:
    first = start("slow")
    pids(tmp_path)
    begun = time.monotonic()
    again = api.start_work("r1", "adapt", ["slow"])
    assert time.monotonic() - begun < 1
    assert again.existing
    assert again.work.began == first.began
    assert len(api.works("r1")) == 1
    api.stop_work("r1", first.name)
    assert start("slow").state is State.RUNNING
    assert api.find_work("r1", first.name).began > first.began


def test_two_tabs_at_once_start_one(start: Start) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: api.start_work("r1", "adapt", ["slow"]), range(4)))
    assert sorted(one.existing for one in found) == [False, True, True, True]
    assert len(side_work._started) == 1


def test_it_outlives_the_process_that_started_it(start: Start, store: Path) -> None:
    code = (
        "from spinn_engine import api; from spinn_engine.background import work; "
        f"work._KEEPER = {side_work._KEEPER!r}; api.start_work('r1', 'adapt', ['slow'])"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    [work] = api.works("r1")
    assert until(work, lambda now: now.of > 0).state is State.RUNNING
    api.stop_work("r1", work.name)


def test_a_killed_keeper_is_seen_at_once_and_takes_the_command_with_it(
    start: Start, tmp_path: Path
) -> None:
    work = start("slow")
    command, helper = pids(tmp_path)
    side_work._started[-1].kill()
    side_work._started[-1].wait(20)
    lost = api.find_work("r1", work.name)
    assert lost.state is State.LOST
    assert "ended without a word" in (lost.error or "")
    wait_until_gone(command)
    psutil.Process(helper).kill()
    assert ended(start("again")).state is State.DONE
    assert start("slow").state is State.RUNNING


def test_with_its_run_it_goes(start: Start, store: Path, tmp_path: Path) -> None:
    start("slow")
    command, _ = pids(tmp_path)
    api.delete("r1")
    wait_until_gone(command)
    reap()
    assert not (store / "r1").exists()


def test_more_than_a_machine_can_do_is_refused(start: Start) -> None:
    works = [start(str(number), "slow") for number in range(side_work.MOST_AT_ONCE)]
    with pytest.raises(BadInputError, match="4 adaptations and exports are under way already"):
        start("one", "more")
    assert {work.name for work in api.works("r1")} == {work.name for work in works}


def test_what_has_ended_can_be_forgotten_and_what_runs_cannot(start: Start) -> None:
    done = ended(start("it"))
    api.forget_work("r1", done.name)
    with pytest.raises(BadInputError, match="was forgotten, or never started"):
        api.find_work("r1", done.name)
    runs = start("slow")
    with pytest.raises(BadInputError, match="stop it first"):
        api.forget_work("r1", runs.name)


def put(store: Path, **values: object) -> api.Work:
    """Work that another process has written about."""
    stored = {"words": ["x"], "host": socket.gethostname(), "began": 1.0, "heard": time.time()}
    folder = store / "r1" / FOLDER / name_of("adapt", ["x"])
    write_state(folder, Stored.model_validate(stored | values))
    return api.find_work("r1", folder.name)


def test_another_machines_work_lives_while_it_is_heard_from(start: Start, store: Path) -> None:
    assert put(store).state is State.LOST  # of this machine, and nobody has the lock
    elsewhere = put(store, host="lab7")
    assert elsewhere.state is State.RUNNING
    assert api.start_work("r1", "adapt", ["x"]).existing
    silent = put(store, host="lab7", heard=time.time() - SILENT_SECONDS - 1)
    assert silent.state is State.LOST
    assert "on lab7" in (silent.error or "")
    assert start("x").state is State.RUNNING


@pytest.mark.parametrize("run_id", ["r2", "../r1", "demo", ""])
def test_there_is_no_such_run(start: Start, run_id: str) -> None:
    with pytest.raises(BadInputError):
        api.start_work(run_id, "adapt", [])


def test_an_unfinished_run_is_refused(start: Start, store: Path) -> None:
    (store / "r1" / "spinn_structured_metrics.json").unlink()
    with pytest.raises(BadInputError, match="r1 is not finished"):
        start("it")


@pytest.mark.parametrize("name", ["../../r1", "adapt-x", "", "adapt-0123456789ab/..", "a" * 999])
def test_a_name_cannot_leave_the_folder(start: Start, name: str) -> None:
    for do in (api.find_work, api.stop_work, api.forget_work):
        with pytest.raises(BadInputError, match="is no piece of work"):
            do("r1", name)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from([*Stored.model_fields, "pid"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | st.dictionaries(KEYS, JSON).map(lambda x: json.dumps(x).encode()))
def test_whatever_the_state_holds_it_is_work_that_is_lost_or_what_it_says(
    store: Path, content: bytes
) -> None:
    folder = store / "r1" / FOLDER / "adapt-0123456789ab"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "state.json").write_bytes(content)
    [work] = api.works("r1")
    assert work.state is not State.RUNNING or '"host"' in content.decode()
    assert work.seconds >= 0
    assert 0 <= work.done <= work.of
    if work.words == ():
        assert work.error or work.state is not State.LOST


def test_a_broken_state_says_so_and_can_be_started_over(start: Start, store: Path) -> None:
    work = put(store)
    (store / "r1" / FOLDER / work.name / "state.json").write_text('{"words": 3}')
    broken = api.find_work("r1", work.name)
    assert broken.state is State.LOST
    assert "is not what a piece of work writes" in (broken.error or "")
    assert ended(start("x")).state is State.DONE


def test_folders_of_other_names_are_no_work(start: Start, store: Path) -> None:
    (store / "r1" / FOLDER / "other").mkdir(parents=True)
    (store / "r1" / FOLDER / "other" / "state.json").write_text("{}")
    assert api.works("r1") == []


def test_all_of_all_runs_is_found_the_newest_first(store: Path) -> None:
    name, local = name_of("adapt", ["x"]), socket.gethostname()
    for run_id, began in (("r1", 5.0), ("r2", 7.0), ("r3", 6.0), ("no run", 8.0)):
        folder = store / run_id / FOLDER / name
        folder.mkdir(parents=True)
        write_state(folder, Stored(words=["x"], host=local, began=began, heard=9.0))
    assert [work.run_id for work in api.all_works()] == ["r2", "r3", "r1"]
    assert api.all_works()[-1:] == api.works("r1")
