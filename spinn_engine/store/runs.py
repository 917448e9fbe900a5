"""The store of runs: they are found, opened and removed.

The store is ``$SPINN_RESULTS`` (default ``results``); a run is one folder in it. Where that is a
URL, the runs are on another machine, and their folders here are copies (see ``remote``).
"""

from __future__ import annotations

import re

from spinn_engine.errors import BadInputError
from spinn_engine.store.current import (
    current_store,
    results_root,
    store_environment,
    store_name,
)
from spinn_engine.store.run_folder import RESULT_NAME, RunFolder

__all__ = [
    "RESULT_NAME",
    "RunFolder",
    "check_run_id",
    "current_store",
    "list_runs",
    "open_run",
    "remove_run",
    "results_root",
    "store_environment",
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
    store = current_store()
    folder = RunFolder(store, check_run_id(run_id))
    store.refresh(run_id)
    if not folder.has(folder.spec_path):
        raise BadInputError(f"there is no run {run_id!r} in {store_name()}")
    return folder


def list_runs() -> list[RunFolder]:
    """All runs in the store, newest first.

    Raises:
        SpinnError: the store cannot be used.
    """
    store = current_store()
    runs = (name for name in store.names() if _RUN_ID.fullmatch(name) and name not in _NO_RUNS)
    return [RunFolder(store, name) for name in sorted(runs, reverse=True)]


def remove_run(run_id: str) -> None:
    """Gone from the store, and then from the disk.

    Raises:
        SpinnError: a file cannot be removed, or the store cannot be used.
    """
    current_store().remove(check_run_id(run_id))
