"""The commands around the queue: submit, jobs, cancel, resume, delete, and the like."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict

from rich.markup import escape

from spinn_engine import api
from spinn_engine.cli import views
from spinn_engine.cli.console import ERRORS, OUT, AddCommand, Parser, add_json, print_json
from spinn_engine.cli.options import add_run_options, spec_from
from spinn_engine.cli.sweep import sweep_option, swept_specs
from spinn_engine.errors import BadInputError


def add_queue_commands(command: AddCommand) -> None:
    """Add all commands of this module."""
    submitting = command("submit", submit, "Put a run into the queue; prints its id.")
    add_run_options(submitting)
    _add_submit_options(submitting)
    add_json(submitting)
    add_json(command("jobs", show_jobs, "List queued, running and ended runs, and the workers."))
    for name, action, summary in (
        ("cancel", api.cancel, "Stop a run; its finished stages stay."),
        ("resume", api.resume, "Go on with a run from its last finished stage."),
    ):
        made = command(name, _on_run(action), summary)
        made.add_argument("run_id", metavar="ID")
    made = command("delete", delete, "Delete a run with its files; asks first at a terminal.")
    made.add_argument("run_id", metavar="ID")
    made.add_argument("--yes", action="store_true", help="do not ask")
    made = command("priority", prioritise, "Move a queued run before or behind the others.")
    made.add_argument("run_id", metavar="ID")
    made.add_argument("priority", type=api.Priority, metavar="high|normal|low")
    for wanted, summary in (
        (api.Wanted.PAUSE, "Have a worker take no further run until 'serve'."),
        (api.Wanted.SERVE, "Have a paused worker take runs again."),
        (api.Wanted.DRAIN, "Have a worker end after the run that it has."),
    ):
        made = command(str(wanted), ask_worker, summary)
        made.set_defaults(wanted=wanted)
        made.add_argument("slot", metavar="SLOT", help="the worker's, as 'jobs' shows it")


def _add_submit_options(parser: Parser) -> None:
    parser.add_argument(
        "--sweep", action="append", type=sweep_option, metavar="FIELD=V1,V2",
        help="a run for every combination, e.g. prune.stages=1,2,4; may be given several times",
    )  # fmt: skip
    parser.add_argument(
        "--priority", type=api.Priority, default=api.Priority.NORMAL, metavar="high|normal|low",
        help="which queued runs go first",
    )  # fmt: skip
    parser.add_argument(
        "--again", action="store_true", help="make another run of a spec that was submitted before"
    )


def submit(arguments: argparse.Namespace) -> None:
    """``submit``: make the run, or all of a sweep, and queue it."""
    if arguments.sweep:
        submit_sweep(arguments)
        return
    submission = api.submit(spec_from(arguments), arguments.again, arguments.priority)
    run_id = submission.run_id
    if submission.existing:
        ERRORS.print(f"this spec was submitted before, as {run_id}; --again makes another run")
    if arguments.json:
        folder = str(api.open_run(run_id).path)
        print_json({"run_id": run_id, "folder": folder, "existing": submission.existing})
    else:
        print(run_id)


def submit_sweep(arguments: argparse.Namespace) -> None:
    """``submit --sweep``: the runs of all combinations, and the id that they are compared by."""
    specs = swept_specs(arguments)
    sweep, made = api.submit_sweep(specs, arguments.again, arguments.priority)
    if arguments.json:
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


def show_jobs(arguments: argparse.Namespace) -> None:
    """``jobs``: the state of every run and worker."""
    jobs, workers = api.jobs(), api.workers()
    if arguments.json:
        print_json(
            {"jobs": [asdict(job) for job in jobs], "workers": [asdict(one) for one in workers]}
        )
    else:
        OUT.print(views.jobs_table(jobs), views.workers_table(workers))


def delete(arguments: argparse.Namespace) -> None:
    """``delete``: a run with its files, after a question where there is somebody to ask."""
    if sys.stdin.isatty() and not arguments.yes:
        asked = f"Delete run {arguments.run_id} and all its files for good? [y/N] "
        if OUT.input(escape(asked)).strip().lower() not in ("y", "yes"):
            raise BadInputError("nothing was deleted")
    api.delete(arguments.run_id)


def prioritise(arguments: argparse.Namespace) -> None:
    """``priority``: another place in the queue."""
    api.set_priority(arguments.run_id, arguments.priority)


def ask_worker(arguments: argparse.Namespace) -> None:
    """``pause``, ``serve`` and ``drain``: what a worker is to do."""
    api.ask_worker(arguments.slot, arguments.wanted)


def _on_run(action: Callable[[str], None]) -> Callable[[argparse.Namespace], None]:
    def command(arguments: argparse.Namespace) -> None:
        action(arguments.run_id)

    return command
