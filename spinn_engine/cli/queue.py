"""The commands around the queue: submit, jobs, delete, priority, pause, serve, drain."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from rich.markup import escape

from spinn_engine import api
from spinn_engine.cli.console import ERRORS, OUT, PROGRAM, print_json
from spinn_engine.cli.runs import tell_errors
from spinn_engine.cli.spec_options import spec_from, swept_specs
from spinn_engine.cli.views import tables
from spinn_engine.errors import BadInputError, SpinnError

Sweep = Sequence[tuple[str, list[Any]]]


def submit(sweep: Sweep, priority: str, again: bool, as_json: bool, **asked: Any) -> None:
    """``submit``: make the run, or all of a sweep, and queue it."""
    place = api.Priority(priority)
    if sweep:
        _submit_sweep(swept_specs(sweep, asked), again, place, as_json)
        return
    spec = spec_from(asked)
    tell_errors(spec)
    submission = api.submit(spec, again, place)
    run_id = submission.run_id
    if submission.existing:
        ERRORS.print(f"this spec was submitted before, as {run_id}; --again makes another run")
    if as_json:
        folder = str(api.open_run(run_id).path)
        print_json({"run_id": run_id, "folder": folder, "existing": submission.existing})
    else:
        print(run_id)


def _submit_sweep(
    specs: list[tuple[dict[str, Any], api.RunSpec]], again: bool, place: api.Priority, as_json: bool
) -> None:
    """The runs of all combinations, and the id that they are compared by."""
    tell_errors(specs[0][1])
    sweep, made = api.submit_sweep(specs, again, place)
    if as_json:
        folder = str(api.open_run(made[0].run_id).path)
        runs = [
            {**asdict(one), "values": values} for one, (values, _) in zip(made, specs, strict=True)
        ]
        print_json({"sweep": sweep, "run_id": made[0].run_id, "folder": folder, "runs": runs})
        return
    for one, (values, _) in zip(made, specs, strict=True):
        said = " ".join(f"{field}={value}" for field, value in values.items())
        print(one.run_id, said, "(exists already)" if one.existing else "")
    print(f"sweep {sweep}: see it with 'compare --sweep {sweep}'")


def jobs(as_json: bool) -> None:
    """``jobs``: the state of every run and worker."""
    found, workers = api.jobs(), api.workers()
    if as_json:
        print_json({"jobs": list(map(asdict, found)), "workers": list(map(asdict, workers))})
        return
    nothing = f"no run was queued yet: '{PROGRAM} submit' queues one"
    OUT.print(tables.jobs_table(found) if found else nothing)
    nobody = f"no worker is here: '{PROGRAM} worker' starts one"
    OUT.print(tables.workers_table(workers) if workers else nobody)


def runs(out: str | None, as_json: bool) -> None:
    """``runs``: every run in the store, the newest first, queued or not."""
    found = list(map(_described, api.list_runs()))
    if as_json:
        print_json({"store": api.store_name(), "runs": found})
    elif found:
        OUT.print(tables.runs_table(found))
    else:
        OUT.print(f"there is no run in {escape(api.store_name())}", soft_wrap=True)


def _described(folder: api.RunFolder) -> dict[str, Any]:
    """A run in the list: what it is and how far; of a broken one what is wrong."""
    about = {"run_id": folder.run_id, "folder": str(folder.path)}
    try:
        spec, result = folder.spec(), folder.result()
        stages = range(spec.prune.stages + 1)
        done = len(stages) if result else sum(map(folder.stage_is_done, stages))
    except SpinnError as error:
        return {**about, "error": str(error)}
    last = None if result is None else result["stages"][-1]
    return {
        **about,
        "source": spec.data.source,
        "hidden": list(spec.model.hidden),
        "stages": spec.prune.stages,
        "stages_done": done,
        "finished": result is not None,
        "param_reduction": last and last["param_reduction"],
        "r2": last and last["r2"],
    }


def cancel(run_id: str) -> None:
    """``cancel``: out of the queue, or stopped."""
    api.cancel(run_id)


def resume(run_id: str) -> None:
    """``resume``: queue the run again."""
    api.resume(run_id)
    OUT.print(f"run {run_id} is queued: '{PROGRAM} worker' does it, '{PROGRAM} jobs' shows how far")


def delete(run_id: str, yes: bool) -> None:
    """``delete``: remove a run with its files, after a question where a person can answer."""
    if sys.stdin.isatty() and not yes:
        asked = f"Delete run {run_id} and all its files for good? [y/N] "
        if OUT.input(escape(asked)).strip().lower() not in ("y", "yes"):
            raise BadInputError("nothing was deleted")
    api.delete(run_id)


def prioritise(run_id: str, priority: str) -> None:
    """``priority``: another place in the queue."""
    api.set_priority(run_id, api.Priority(priority))


def pause(slot: str) -> None:
    """``pause``: the worker takes no further run."""
    api.ask_worker(slot, api.Wanted.PAUSE)


def serve(slot: str) -> None:
    """``serve``: a paused worker takes runs again."""
    api.ask_worker(slot, api.Wanted.SERVE)


def drain(slot: str) -> None:
    """``drain``: the worker ends after the run that it has."""
    api.ask_worker(slot, api.Wanted.DRAIN)
