"""Finished runs beside each other, and what people say of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from spinn_engine.api.run import RunLike, open_run
from spinn_engine.errors import BadInputError
from spinn_engine.jobs.sweeps import read_sweep
from spinn_engine.store.current import current_store
from spinn_engine.store.demo import refuse_demo
from spinn_engine.store.owner import Owner, read_owner
from spinn_engine.store.remarks import Remarks, read_remarks, write_remarks


def compared(runs: Sequence[RunLike]) -> list[dict[str, Any]]:
    """The results of finished runs, in the given order.

    Raises:
        BadInputError: there is no such run, or it is not finished.
    """
    found = []
    for folder in map(open_run, runs):
        result = folder.result()
        if result is None:
            raise BadInputError(
                f"run {folder.run_id} is not finished, so there is nothing to compare yet"
            )
        found.append(result)
    return found


def sweep(sweep_id: str) -> list[dict[str, Any]]:
    """The runs of a sweep: ``run_id``, the swept ``values`` by field, and ``result`` or None.

    Raises:
        BadInputError: there is no such sweep.
    """
    found = []
    for one in read_sweep(sweep_id):
        try:
            result = open_run(one["run_id"]).result()
        except BadInputError:  # deleted since
            continue
        found.append({**one, "result": result})
    return found


def remarks(run: RunLike) -> Remarks:
    """The tags and the note of a run.

    Raises:
        BadInputError: there is no such run.
        CorruptArtifactError: the file is broken.
    """
    return read_remarks(open_run(run))


def set_remarks(run: RunLike, tags: Sequence[str], note: str, seen: str | None = None) -> Remarks:
    """Write the tags and the note of a run; neither its result nor any hash changes.

    Args:
        run: the run.
        tags: up to 20, each of 1 to 40 characters.
        note: up to 2,000 characters.
        seen: the ``stamp`` of the remarks that the writer has seen.

    Raises:
        RemarksChangedError: somebody else has written since ``seen``.
        BadInputError: there is no such run, or a tag or the note is too long.
    """
    folder = open_run(run)
    refuse_demo(folder, "write remarks on a run of your own")
    return write_remarks(folder, tags, note, seen)


def owner(run: RunLike) -> Owner | None:
    """Who submitted a run; None where nobody had logged in, as on the command line.

    Raises:
        BadInputError: there is no such run.
        SpinnError: the store cannot be used.
    """
    return read_owner(open_run(run))


def look_for_changes() -> None:
    """See what other machines have written to a store that they share; a folder needs no look.

    Raises:
        SpinnError: the store cannot be used.
    """
    current_store().look_for_changes()


def limits(run: RunLike) -> list[str]:
    """What a finished run does not show: sentences, as in its report.

    Raises:
        BadInputError: there is no such run, or it is not finished.
        CorruptArtifactError: a file of the run is broken.
    """
    from spinn_engine.report.facts import gather
    from spinn_engine.report.limits import limits as limits_of

    return limits_of(gather(open_run(run), None))
