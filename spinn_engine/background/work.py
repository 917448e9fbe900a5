"""Starting side work, finding it again, stopping and forgetting it. Imports no torch."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from filelock import lock_descriptor

from spinn_engine.background.state import (
    FOLDER,
    Kind,
    Stored,
    Work,
    WorkState,
    alive_path,
    check_name,
    name_of,
    read_work,
    runs_elsewhere,
    stop_path,
    write_state,
)
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.jobs.locks import check_handover
from spinn_engine.store.files import read_json, unwritable
from spinn_engine.store.owner import Owner
from spinn_engine.store.runs import check_run_id, open_run, results_root, store_environment

MOST_AT_ONCE = 4
_KEEPER = (sys.executable, "-m", "spinn_engine.background.keeper")
# A look at whether the lock is held takes it for an instant, and a keeper needs one to end.
_TAKE_SECONDS = 2.0
_STOP_SECONDS = 10.0

# Kept so that a keeper that ends while its starter lives on is reaped.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class Started:
    """The work that was asked for, and whether it was under way already."""

    work: Work
    existing: bool


def start_work(
    run_id: str, kind: Kind, words: Sequence[str], owner: Owner | None = None
) -> Started:
    """Start an engine command about a finished run, in a process that outlives this one.

    Args:
        run_id: the run.
        kind: the command.
        words: what follows the run's id on the command line, without ``--json``.
        owner: who wants it; None where nobody logs in.

    Raises:
        BadInputError: there is no such run, it is not finished, or too much is under way.
        SpinnError: the store cannot be used, or no process can be started.
    """
    check_handover(f"an {kind} in the background")
    run = open_run(run_id)
    if not run.is_complete():
        raise BadInputError(f"run {run_id} is not finished, so there is nothing to {kind} yet")
    folder = run.path / FOLDER / name_of(kind, words)
    with _own(folder) as alive:
        if alive is None:
            return Started(read_work(folder), existing=True)
        _check_room()
        stop_path(folder).unlink(missing_ok=True)
        now = time.time()
        stored = Stored(
            words=list(words), host=socket.gethostname(), began=now, heard=now, owner=owner
        )
        write_state(folder, stored)
        _spawn(folder, [kind, run_id, *words], alive)
        return Started(read_work(folder), existing=False)


@contextlib.contextmanager
def _own(folder: Path) -> Iterator[IO[str] | None]:
    """The locked file ``alive``; None where another process or machine holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = alive_path(folder).open("a")
    except OSError as error:
        raise unwritable(alive_path(folder), error) from error
    with file:
        deadline = time.monotonic() + _TAKE_SECONDS
        while not (taken := lock_descriptor(file.fileno(), blocking=False)):
            if time.monotonic() > deadline or _is_running(read_work(folder)):
                break
            time.sleep(0.02)
        yield file if taken and not runs_elsewhere(folder) else None


def _check_room() -> None:
    """Refuse more than this machine can do well.

    Raises:
        BadInputError: too much is under way.
    """
    busy = [work for work in all_works() if _is_running(work)]
    if len(busy) >= MOST_AT_ONCE:
        raise BadInputError(
            f"{len(busy)} adaptations and exports are under way already: wait until one has ended, "
            f"or stop one, e.g. that of run {busy[0].run_id}"
        )


def _is_running(work: Work) -> bool:
    return work.state is WorkState.RUNNING


def _spawn(folder: Path, words: Sequence[str], alive: IO[str]) -> None:
    _started[:] = [process for process in _started if process.poll() is None]
    try:
        with (folder / "keeper.txt").open("wb") as log:
            process = subprocess.Popen(
                [*_KEEPER, str(folder), *words],
                stdin=alive,
                stdout=log,
                stderr=log,
                env=store_environment(),
                start_new_session=True,
            )
    except OSError as error:
        raise SpinnError(f"cannot start {words[0]}: {error.strerror}") from error
    _started.append(process)


def works(run_id: str) -> list[Work]:
    """All side work of a run that is not forgotten, the newest first.

    Raises:
        BadInputError: the id is not one.
    """
    return _read_all(f"{check_run_id(run_id)}/{FOLDER}/*/state.json")


def all_works() -> list[Work]:
    """The side work of all runs on this machine that is not forgotten, the newest first."""
    return _read_all(f"*/{FOLDER}/*/state.json")


def _read_all(pattern: str) -> list[Work]:
    found = []
    for path in results_root().glob(pattern):
        with contextlib.suppress(BadInputError):  # another name: none of ours
            check_name(path.parent.name)
            check_run_id(path.parents[2].name)
            found.append(read_work(path.parent))
    return sorted(found, key=lambda work: (work.began, work.name), reverse=True)


def find_work(run_id: str, name: str) -> Work:
    """One piece of side work.

    Raises:
        BadInputError: there is none of that name.
    """
    folder = _folder(run_id, name)
    if not folder.is_dir():
        raise BadInputError(f"run {run_id} has no work {name}: it was forgotten, or never started")
    return read_work(folder)


def _folder(run_id: str, name: str) -> Path:
    return results_root() / check_run_id(run_id) / FOLDER / check_name(name)


def work_result(work: Work) -> dict[str, Any]:
    """The output of a finished command.

    Raises:
        CorruptArtifactError: it has not, or the file is broken.
    """
    return read_json(work.result_path)


def stop_work(run_id: str, name: str) -> None:
    """End a command that is under way, on whatever machine; returns once it has ended.

    Raises:
        BadInputError: there is none of that name, or it is not under way.
        SpinnError: it cannot be told to end, or has not done so within ten seconds.
    """
    work = find_work(run_id, name)
    if not _is_running(work):
        raise BadInputError(f"{work.kind} of run {run_id} is {work.state} already")
    path = stop_path(_folder(run_id, name))
    try:
        path.touch()
    except OSError as error:
        raise unwritable(path, error) from error
    deadline = time.monotonic() + _STOP_SECONDS
    while _is_running(find_work(run_id, name)):
        if time.monotonic() > deadline:
            raise SpinnError(f"{work.kind} of run {run_id} has not ended yet: look again later")
        time.sleep(0.05)


def forget_work(run_id: str, name: str) -> None:
    """Remove what is kept of a command that has ended; its result, in the run's folder, stays.

    Raises:
        BadInputError: there is none of that name, or it is under way.
        SpinnError: a file cannot be removed.
    """
    if _is_running(work := find_work(run_id, name)):
        raise BadInputError(f"{work.kind} of run {run_id} is under way: stop it first")
    try:
        shutil.rmtree(_folder(run_id, name))
    except OSError as error:
        raise SpinnError(f"cannot remove {error.filename}: {error.strerror}") from error
