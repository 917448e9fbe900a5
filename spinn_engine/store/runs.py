"""The store of runs: they are found, fetched, published and removed.

The store is ``$SPINN_RESULTS`` (default ``results``); a run is one folder in it. Where that is a
URL, the runs are on another machine, and their folders here are copies (see ``remote``).
"""

from __future__ import annotations

import re
import shutil
from contextlib import AbstractContextManager, nullcontext

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.store.location import remote_store, results_root, store_name
from spinn_engine.store.run_folder import RESULT_NAME, RunFolder

__all__ = [
    "RESULT_NAME",
    "RunFolder",
    "check_run_id",
    "fetch_run",
    "hold_run",
    "list_runs",
    "open_run",
    "publish_run",
    "remote_store",
    "remove_run",
    "results_root",
    "store_name",
]

_RUN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NO_RUNS = frozenset({"sweeps"})  # folders beside the runs


def check_run_id(run_id: str) -> str:
    """Return ``run_id`` if it can name a run and nothing else.

    Raises:
        BadInputError: it holds something other than letters, digits, ``_`` and ``-``.
    """
    if not _RUN_ID.fullmatch(run_id):
        raise BadInputError(
            f"{run_id[:80]!r} is not a run id: ids have 1 to 64 letters, digits, '-' and '_'"
        )
    return run_id


def open_run(run_id: str) -> RunFolder:
    """The folder of an existing run.

    Raises:
        BadInputError: the id is not one, or there is no such run in the store.
        SpinnError: the store cannot be used.
    """
    folder = RunFolder(results_root() / check_run_id(run_id))
    if (remote := folder.remote()) is not None:
        remote.refresh(run_id)
    if not folder.has(folder.spec_path):
        raise BadInputError(f"there is no run {run_id!r} in {store_name()}")
    return folder


def list_runs() -> list[RunFolder]:
    """All runs in the store, newest first.

    Raises:
        SpinnError: the store cannot be used.
    """
    root, remote = results_root(), remote_store()
    if remote is None:
        names = [path.parent.name for path in root.glob("*/spec.json")]
    else:
        names = [name for name in remote.names() if name not in _NO_RUNS]
    found = sorted((name for name in names if _RUN_ID.fullmatch(name)), reverse=True)
    return [RunFolder(root / name) for name in found]


def hold_run(folder: RunFolder) -> AbstractContextManager[None]:
    """Keep others on this machine from replacing a run's files, for the length of the block.

    Raises:
        BadInputError: another process of this machine has the run.
    """
    remote = folder.remote()
    return nullcontext() if remote is None else remote.hold(folder.run_id)


def fetch_run(folder: RunFolder) -> None:
    """Make the files here exactly those of the store; for who holds the run and begins with it.

    Raises:
        SpinnError: the store cannot be used.
    """
    if (remote := folder.remote()) is not None:
        remote.fetch(folder.run_id)


def publish_run(folder: RunFolder, live: bool = False) -> None:
    """Send what has changed to the store; ``live`` sends only metrics and log.

    Raises:
        SpinnError: the store cannot be used.
    """
    if (remote := folder.remote()) is not None:
        remote.publish(folder.run_id, live)


def remove_run(run_id: str) -> None:
    """Gone from the store in one move, and then from the disk.

    Raises:
        SpinnError: a file cannot be removed, or the store cannot be used.
    """
    if (remote := remote_store()) is not None:
        remote.remove(check_run_id(run_id))
        return
    path = results_root() / run_id
    doomed = path.with_name(f".{run_id}.deleted")
    try:
        if path.exists():
            path.rename(doomed)
        if doomed.exists():
            shutil.rmtree(doomed)
    except OSError as error:
        raise SpinnError(f"cannot remove {error.filename}: {error.strerror}") from error
