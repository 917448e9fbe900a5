"""Actions that are killed before any of their writes: no job is lost or doubled, the next mends."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from spinn_engine.artifacts.creation import check_spec
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs import submission
from spinn_engine.jobs.queue import (
    JobState,
    Priority,
    cancel,
    delete,
    jobs,
    resume,
    set_priority,
)
from spinn_engine.jobs.submission import submit, submit_sweep
from spinn_engine.jobs.sweeps import sweep_runs
from spinn_engine.spec import RunSpec
from spinn_engine.store.owner import Owner
from spinn_engine.store.runs import list_runs
from tests.faults import Killed, Writes
from tests.jobs.support import fill

ME = Owner("me@here", "Me")


class World:
    """The store and its queue, as they were at first again before every kill."""

    def __init__(self, store: Path, template: Path) -> None:
        self._store, self._template = store, template

    def _keep(self) -> None:
        shutil.copytree(self._store, self._template, ignore=shutil.ignore_patterns("jobs.*"))
        _copy_database(self._store, self._template)

    def _restore(self) -> None:
        for path in self._store.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
        ignored = shutil.ignore_patterns("jobs.*")
        shutil.copytree(self._template, self._store, ignore=ignored, dirs_exist_ok=True)
        _copy_database(self._template, self._store)

    def kills(self, act: Callable[[], object]) -> Iterator[bool]:
        """Kill an action before each of its writes, and after the last; whether it was killed."""
        self._keep()
        for number in count():
            self._restore()
            with Writes(number) as writes:
                killed = _is_killed(act)
            assert len(writes.seen) == number
            yield killed
            if not killed:
                assert number > 0
                return


def _is_killed(act: Callable[[], object]) -> bool:
    try:
        act()
    except Killed:
        return True
    return False


def _copy_database(here: Path, there: Path) -> None:
    """Copy all tables; those who are connected stay so."""
    with (
        contextlib.closing(sqlite3.connect(here / "jobs.sqlite")) as one,
        contextlib.closing(sqlite3.connect(there / "jobs.sqlite")) as other,
    ):
        one.backup(other)


@pytest.fixture(autouse=True)
def _data_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process for it each time would take most of the time."""
    monkeypatch.setattr(submission, "check_spec_apart", check_spec)


@pytest.fixture
def world(store: Path, tmp_path: Path) -> World:
    return World(store, tmp_path / "template")


@pytest.fixture
def spec(small_table: Path) -> RunSpec:
    return with_stages(small_table, 1)


def with_stages(table: Path, stages: int) -> RunSpec:
    return RunSpec.from_dict(
        {
            "data": {"source": f"table:{table}", "targets": ["y"]},
            "model": {"hidden": [16]},
            "prune": {"stages": stages},
        }
    )


def queued() -> list[str]:
    """The runs in the queue, the next first; and every run of the store is one of them."""
    found = jobs()
    assert {job.state for job in found} <= {JobState.QUEUED}
    assert sorted(job.run_id for job in found) == sorted(run.run_id for run in list_runs())
    return [job.run_id for job in sorted(found, key=lambda job: job.place or 0)]


def test_a_run_is_submitted_once(world: World, spec: RunSpec, small_table: Path) -> None:
    first = submit(with_stages(small_table, 2)).run_id
    for _ in world.kills(lambda: submit(spec, owner=ME)):
        made = submit(spec, owner=ME)
        assert queued() == [first, made.run_id]
        assert submit(spec) == type(made)(made.run_id, existing=True)


@pytest.mark.parametrize("left", [0, 1, 2, 7, 16])
def test_a_full_disk_loses_no_submission(
    small_disk: Path, small_table: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    monkeypatch.setenv("SPINN_RESULTS", str(small_disk / "results"))
    first = submit(with_stages(small_table, 1)).run_id
    ballast = fill(small_disk, left)
    with contextlib.suppress(SpinnError):
        submit(with_stages(small_table, 2))
    ballast.unlink()
    second = submit(with_stages(small_table, 2)).run_id
    assert queued() == [first, second]


def test_another_run_that_was_cut_off_is_left_to_who_made_it(world: World, spec: RunSpec) -> None:
    submit(spec)
    for killed in world.kills(lambda: submit(spec, again=True, owner=ME)):
        cut_off = len(list_runs()) - len(jobs())
        submit(spec, again=True)
        assert len(list_runs()) - len(jobs()) == cut_off
        if killed:
            submit(spec, again=True, owner=ME)
        assert len(queued()) == 3


def test_a_sweep_is_submitted_whole(world: World, spec: RunSpec, small_table: Path) -> None:
    specs = [({"prune.stages": n}, with_stages(small_table, n)) for n in (1, 2, 3)]
    alone = submit(specs[1][1]).run_id
    for _ in world.kills(lambda: submit_sweep(specs)):
        assert len(jobs()) in (1, 3)
        sweep, made = submit_sweep(specs)
        ids = [one.run_id for one in made]
        assert ids[1] == alone
        assert queued() == [alone, ids[0], ids[2]]
        assert {job.run_id: job.sweep for job in jobs()} == {
            alone: None, ids[0]: sweep, ids[2]: sweep
        }  # fmt: skip
        assert sweep_runs() == {sweep: tuple(ids)}


def test_a_job_keeps_a_place_while_it_is_moved(world: World, small_table: Path) -> None:
    first, second, third = (submit(with_stages(small_table, n)).run_id for n in (1, 2, 3))
    for _ in world.kills(lambda: set_priority(first, Priority.LOW)):
        assert sorted(queued()) == sorted([first, second, third])
        set_priority(first, Priority.LOW)
        set_priority(second, Priority.NORMAL)
        assert queued() == [third, second, first]


def test_a_job_is_resumed_or_still_to_be_resumed(world: World, spec: RunSpec) -> None:
    run_id = submit(spec).run_id
    cancel(run_id)
    for killed in world.kills(lambda: resume(run_id)):
        assert [job.state for job in jobs()] == [JobState.CANCELLED if killed else JobState.QUEUED]
        with contextlib.nullcontext() if killed else pytest.raises(BadInputError, match="queued"):
            resume(run_id)
        assert queued() == [run_id]


def test_a_run_is_deleted_or_still_to_be_deleted(
    world: World, spec: RunSpec, small_table: Path
) -> None:
    kept, gone, later = (submit(with_stages(small_table, n)).run_id for n in (1, 2, 3))
    for run_id in (gone, later):
        cancel(run_id)
    for _ in world.kills(lambda: delete(gone)):
        with contextlib.suppress(BadInputError):  # there is no such run any more
            delete(gone)
        delete(later)
        assert queued() == [kept]
        [place] = {run.path.parent for run in list_runs()}
        assert list(place.glob(".*.deleted")) == []
