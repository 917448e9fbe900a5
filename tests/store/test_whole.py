"""What is published to a store on another machine is there whole, or not there."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest

from spinn_engine.artifacts.creation import check_spec, create_run
from spinn_engine.errors import SpinnError
from spinn_engine.spec import RunSpec
from spinn_engine.store.owner import Owner, read_owner
from spinn_engine.store.remote.files import RemoteFiles
from spinn_engine.store.remote.store import RemoteStore
from spinn_engine.store.run_folder import RESULT_NAME, RunFolder
from spinn_engine.store.runs import current_store, list_runs
from tests.faults import Killed, Writes
from tests.store.remote_support import Machines, contents, read_all, write

RUN = {"spec.json": "{}", "log.txt": "begun"}
STAGE = {
    "checkpoints/stage1.pt": "weights",
    "importance/stage1.npz": "scores",
    "stacks/stage1_dense.pt": "all",
    "stacks/stage1_pruned.pt": "all",
    "log.txt": "begun, done",
}
MARKS = ("stacks/stage1_dense.pt", "stacks/stage1_pruned.pt", RESULT_NAME)
ME = Owner("me@here", "Me")


@pytest.fixture
def far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty store elsewhere, set as the store: the folder that holds it."""
    place = tmp_path / "far"
    monkeypatch.setenv("SPINN_RESULTS", f"file://{place}")
    return place


def kills(places: list[Path], act: Callable[[], object]) -> Iterator[bool]:
    """Kill an action before each of its writes, and after the last; whether it was killed.

    All that is in the places is before each as it was at first.
    """
    kept = [place.with_name(f"{place.name} at first") for place in places]
    for place, copy in zip(places, kept, strict=True):
        place.mkdir(exist_ok=True)
        shutil.copytree(place, copy)
    for number in count():
        for place, copy in zip(places, kept, strict=True):
            shutil.rmtree(place)
            shutil.copytree(copy, place)
        with Writes(number) as writes:
            try:
                act()
                killed = False
            except Killed:
                killed = True
        assert len(writes.seen) == number
        yield killed
        if not killed:
            assert number > 5
            return


def test_a_stage_is_published_whole(far: Path, machines: Machines, tmp_path: Path) -> None:
    here = machines.be("a")
    write(here, "r1", RUN)
    here.publish("r1")
    write(here, "r1", STAGE)
    folder = write(here, "r1", {RESULT_NAME: "{}"})
    whole = RUN | STAGE | {RESULT_NAME: "{}"}
    for _ in kills([far, folder, here.root / ".sync"], lambda: here.publish("r1")):
        found = read_all(RemoteStore(f"file://{far}", tmp_path / "b"), "r1")
        marks = [mark for mark in MARKS if mark in found]
        assert marks == list(MARKS[: len(marks)])
        if marks:
            assert found.items() >= {k: v for k, v in whole.items() if k not in MARKS}.items()
        here.publish("r1")
        assert read_all(RemoteStore(f"file://{far}", tmp_path / "b"), "r1") == whole
        assert contents(folder) == whole


def test_a_run_is_made_with_its_owner_or_not_at_all(
    far: Path, machines: Machines, small_table: Path
) -> None:
    data = {"source": f"table:{small_table}", "targets": ["y"]}
    checked = check_spec(RunSpec.from_dict({"data": data, "model": {"hidden": [16]}}))
    here = machines.be("a")
    here.root.mkdir(parents=True)
    for number, killed in enumerate(
        kills([far, here.root], lambda: create_run(checked.spec, ME, checked))
    ):
        machines.be(f"b{number}")
        found = [run for run in list_runs() if run.has(run.spec_path)]
        assert len(found) <= 1
        assert killed or found
        assert [read_owner(run) for run in found] == [ME] * len(found)
        machines.be("a")


@pytest.mark.parametrize("lost", [*STAGE, RESULT_NAME])
def test_a_store_that_answers_and_keeps_nothing_is_found_out(
    any_store: str, machines: Machines, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    here = machines.be("a")
    write(here, "r1", RUN)
    here.publish("r1")
    write(here, "r1", STAGE | {RESULT_NAME: "{}"})
    put = RemoteFiles.put

    def put_most(files: RemoteFiles, folder: str, sent: Mapping[str, Path]) -> None:
        put(files, folder, {file: path for file, path in sent.items() if file != lost})

    monkeypatch.setattr(RemoteFiles, "put", put_most)
    with pytest.raises(SpinnError, match=f"it took {lost} without a word and does not have it"):
        here.publish("r1")
    machines.be("b")
    seen = RunFolder(current_store(), "r1")
    assert not seen.is_complete()
    if lost not in MARKS:
        assert not any(seen.has(seen.path / mark) for mark in MARKS)
    machines.be("a")
    monkeypatch.setattr(RemoteFiles, "put", put)
    here.publish("r1")
    assert read_all(here, "r1") == RUN | STAGE | {RESULT_NAME: "{}"}
