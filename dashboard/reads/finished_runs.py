"""What Compare reads of all finished runs: a few facts a run, read again when a file changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.reads.cached import cached, of_run
from dashboard.reads.run_facts import RunRow, run_row
from dashboard.reads.run_files import result
from spinn_engine import api
from spinn_engine.errors import CorruptArtifactError, SpinnError

_LOOK_SECONDS = 10


def finished_rows() -> tuple[list[RunRow], list[str]]:
    """All finished runs, newest first; and a sentence for each that cannot be read.

    Raises:
        SpinnError: the store cannot be used.
    """
    found, broken = [], []
    for folder in api.list_runs():
        try:
            if folder.is_complete():
                found.append(_row(folder.run_id))
        except SpinnError as error:
            broken.append(str(error))
    return found, broken


def demo_row() -> RunRow | None:
    """The run that ships with the program, where there is one.

    Raises:
        SpinnError: its files are broken.
    """
    demo = api.demo_run()
    return None if demo is None else _row(demo.run_id)


@cached(of_run(lambda run: [run.result_path, api.remarks_path(run)]), most=2_000)
def _row(run_id: str) -> RunRow:
    run = api.open_run(run_id)
    try:
        return run_row(run_id, run.created(), run.result() or {}, api.remarks(run_id))
    except (KeyError, IndexError, TypeError, StopIteration) as error:
        raise CorruptArtifactError(
            f"{run.result_path} is no result that this version can compare: {error!r} is missing"
        ) from error


@st.cache_data(ttl=_LOOK_SECONDS, show_spinner=False)
def look_for_changes() -> None:
    """Now and then, see what other machines have written to a store that they share."""
    api.look_for_changes()


def whole_results(rows: Sequence[RunRow]) -> dict[str, dict[str, Any]]:
    """The results of some runs, whole, by id.

    Raises:
        SpinnError: one has gone or broken since.
    """
    found = {row.run_id: result(row.run_id) for row in rows}
    return {run_id: one for run_id, one in found.items() if one is not None}
