"""The sweeps of a store: which runs belong together."""

from __future__ import annotations

from spinn_engine.errors import SpinnError
from spinn_engine.jobs.submission import SWEEPS
from spinn_engine.store.current import current_store
from spinn_engine.store.files import read_json


def sweep_runs() -> dict[str, tuple[str, ...]]:
    """The ids of the runs of every sweep, the newest first; a sweep that is broken has none.

    Raises:
        SpinnError: the store cannot be used.
    """
    store = current_store()
    store.refresh(SWEEPS)
    found = {}
    for path in sorted((store.root / SWEEPS).glob("*.json"), reverse=True):
        try:
            found[path.stem] = tuple(str(run["run_id"]) for run in read_json(path)["runs"])
        except (SpinnError, KeyError, TypeError):
            found[path.stem] = ()
    return found
