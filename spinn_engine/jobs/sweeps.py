"""The sweeps of a store: which runs belong together."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.store.current import current_store, results_root
from spinn_engine.store.files import read_json, write_atomically
from spinn_engine.store.runs import check_run_id

_SWEEPS = "sweeps"


def keep_sweep(runs: Sequence[tuple[str, Mapping[str, Any]]]) -> str:
    """Write down which runs belong together, unless that was done; returns the sweep's id.

    Args:
        runs: of each its id and the swept values by spec field.

    Raises:
        BadInputError: the file cannot be written.
        SpinnError: the store cannot be used.
    """
    rows = json.loads(json.dumps([{"run_id": r, "values": dict(values)} for r, values in runs]))
    for path in _files():
        if _rows(path) == rows:
            return path.stem
    now = datetime.now(UTC)
    sweep = f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    content = {"sweep": sweep, "created": now.isoformat(), "runs": rows}
    write_atomically(
        results_root() / _SWEEPS / f"{sweep}.json", json.dumps(content, indent=2).encode()
    )
    current_store().publish(_SWEEPS)
    return sweep


def read_sweep(sweep: str) -> list[dict[str, Any]]:
    """The runs of a sweep: each with ``run_id`` and the swept ``values`` by spec field.

    Raises:
        BadInputError: the id is not one, or there is no such sweep.
    """
    check_run_id(sweep)
    known = {path.stem: path for path in _files()}
    if sweep not in known:
        there = f"the newest is {next(iter(known))}" if known else "there is none"
        raise BadInputError(f"there is no sweep {sweep!r} in {results_root()} ({there})")
    runs: list[dict[str, Any]] = read_json(known[sweep])["runs"]
    return runs


def sweep_runs() -> dict[str, tuple[str, ...]]:
    """The ids of the runs of every sweep, the newest first; a sweep that is broken has none.

    Raises:
        SpinnError: the store cannot be used.
    """
    found = {}
    for path in _files():
        try:
            found[path.stem] = tuple(str(run["run_id"]) for run in _rows(path))
        except (KeyError, TypeError):
            found[path.stem] = ()
    return found


def _files() -> Iterator[Path]:
    """The files of all sweeps, the newest first."""
    store = current_store()
    store.refresh(_SWEEPS)
    yield from sorted((store.root / _SWEEPS).glob("*.json"), reverse=True)


def _rows(path: Path) -> list[dict[str, Any]]:
    """The runs as a sweep's file has them; none if it is broken."""
    try:
        rows: list[dict[str, Any]] = read_json(path)["runs"]
    except (SpinnError, KeyError):
        return []
    return rows
