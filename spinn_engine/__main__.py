"""The command line: ``python -m spinn_engine COMMAND``; ``--help`` lists the commands.

Exit code 0 done, 1 failed, 2 bad input. With ``--json`` stdout holds one JSON object, and nothing
else; errors are one line on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, NoReturn, get_args

from rich.console import Console
from rich.markup import escape

from spinn_engine import __version__, api, checks_view, views
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.options import (
    DATA_OPTIONS,
    PLAN_OPTIONS,
    RUN_OPTIONS,
    add_seed_options,
    add_spec_options,
    spec_from,
    widths,
)
from spinn_engine.spec import Criterion, Reconstruction

OUT = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
ERRORS = Console(stderr=True, highlight=False, soft_wrap=True)


class Parser(argparse.ArgumentParser):
    """A parser whose complaint is one line."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, exit with 2."""
        ERRORS.print(escape(f"{self.prog}: {message} ('{self.prog} --help' shows the options)"))
        raise SystemExit(2)


def main(words: list[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(words)
    if getattr(arguments, "out", None):
        os.environ["SPINN_RESULTS"] = arguments.out
    try:
        return int(arguments.do(arguments) or 0)
    except BadInputError as error:
        ERRORS.print(escape(f"{error}"), style="red")
        return 2
    except SpinnError as error:
        ERRORS.print(escape(f"{error}"), style="red")
        return 1


def _parser() -> Parser:
    parser = Parser(prog="python -m spinn_engine", description="Structured pruning, explored.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, do: Callable[[argparse.Namespace], object], summary: str) -> Parser:
        made: Parser = commands.add_parser(name, help=summary, description=summary)
        made.set_defaults(do=do)
        return made

    planned = command("plan", plan, "Show every stage of a schedule with its exact size.")
    add_spec_options(planned, PLAN_OPTIONS)
    planned.add_argument("--inputs", type=int, help="inputs of the network, else those of the data")
    planned.add_argument("--outputs", type=int, help="and outputs")
    _json(planned)
    for name, do, summary in (
        ("run", run, "Train, prune and fine-tune here and now."),
        ("submit", submit, "Put a run into the queue; prints its id."),
    ):
        made = command(name, do, summary)
        add_spec_options(made, RUN_OPTIONS)
        add_seed_options(made)
        made.add_argument("--out", metavar="FOLDER", help="the store, else $SPINN_RESULTS, results")
        _json(made)
    checking = command("check", check, "Say what is wrong with the data, and what to do about it.")
    add_spec_options(checking, DATA_OPTIONS)
    _json(checking)
    worker = command("worker", serve, "Do the queued runs, one at a time.")
    worker.add_argument("--slot", metavar="NAME", help="name of the device slot, e.g. host-cuda0")
    worker.add_argument("--until-idle", action="store_true", help="stop when nothing is queued")
    _json(command("jobs", show_jobs, "List queued, running and ended runs, and the workers."))
    predicted = command("whatif", whatif, "Predict R2 of a smaller network, without training it.")
    predicted.add_argument("run_id", metavar="RUN_ID", help="a run with a trained dense network")
    size = predicted.add_mutually_exclusive_group()
    size.add_argument("--param-reduction", type=float, metavar="R", help="every layer alike")
    size.add_argument("--hidden", type=widths, metavar="WIDTHS", help="hidden widths to cut to")
    predicted.add_argument("--criterion", help="how neurons are scored, else as in the run")
    predicted.add_argument("--reconstruction", help="none, bias or least_squares, else as in it")
    _json(predicted)
    comparing = command("compare", compare, "Show the arms and the verdict of finished runs.")
    comparing.add_argument("run_ids", metavar="RUN_ID", nargs="+")
    _json(comparing)
    for name, action, summary in (
        ("cancel", api.cancel, "Stop a run; its finished stages stay."),
        ("resume", api.resume, "Go on with a run from its last finished stage."),
        ("delete", api.delete, "Delete a run with its files."),
    ):
        made = command(name, _on_run(action), summary)
        made.add_argument("run_id", metavar="ID")
    return parser


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _print_json(value: dict[str, Any]) -> None:
    print(json.dumps(value))


def plan(arguments: argparse.Namespace) -> None:
    """``plan``: every stage with widths, parameters, MACs, bytes and reductions."""
    spec = spec_from(arguments)
    for name in ("inputs", "outputs"):
        value = getattr(arguments, name)
        if value is not None and not 1 <= value <= 1_000_000:
            raise BadInputError(f"--{name} must be from 1 to 1,000,000 but got {value}")
    inputs, outputs = arguments.inputs, arguments.outputs
    if inputs is None or outputs is None:
        problem = api.load_problem(spec.data)
        inputs = len(problem.input_names) if inputs is None else inputs
        outputs = len(problem.target_names) if outputs is None else outputs
    stages = api.plan(spec.prune, spec.model.hidden, inputs, outputs)
    if arguments.json:
        _print_json({"stages": [asdict(stage) for stage in stages]})
    else:
        OUT.print(views.plan_table(stages))


def run(arguments: argparse.Namespace) -> None:
    """``run``: the whole run in this process, with a bar a stage."""
    spec = spec_from(arguments)
    console = ERRORS if arguments.json else OUT
    with views.RunProgress(spec, console) as progress:
        folder = api.run(spec, progress.on_start, progress.on_epoch)
    if arguments.json:
        _print_json(
            {"run_id": folder.run_id, "folder": str(folder.path), "result": folder.result()}
        )
    else:
        OUT.print(views.result_table(folder))
        OUT.print(f"files in {escape(str(folder.path))}", soft_wrap=True)


def submit(arguments: argparse.Namespace) -> None:
    """``submit``: make the run and queue it."""
    run_id = api.submit(spec_from(arguments))
    if arguments.json:
        _print_json({"run_id": run_id, "folder": str(api.open_run(run_id).path)})
    else:
        print(run_id)


def check(arguments: argparse.Namespace) -> None:
    """``check``: the columns, what the checks found, and the command without what they flag."""
    data = spec_from(arguments).data
    checks = api.check(data)
    if arguments.json:
        _print_json({"checks": checks})
    else:
        OUT.print(checks_view.columns_table(api.preview(data, rows=0)))
        OUT.print(checks_view.checks_table(checks))
        OUT.print(checks_view.advised_command(data, checks), soft_wrap=True)


def serve(arguments: argparse.Namespace) -> int:
    """``worker``: serve the queue until stopped, or until it is empty."""
    from spinn_engine.jobs.worker import serve

    return serve(arguments.slot, until_idle=arguments.until_idle)


def show_jobs(arguments: argparse.Namespace) -> None:
    """``jobs``: the state of every run and worker."""
    jobs, workers = api.jobs(), api.workers()
    if arguments.json:
        _print_json(
            {"jobs": [asdict(job) for job in jobs], "workers": [asdict(one) for one in workers]}
        )
    else:
        OUT.print(views.jobs_table(jobs), views.workers_table(workers))


def whatif(arguments: argparse.Namespace) -> None:
    """``whatif``: closed form, from the dense network that a run has trained."""
    for name, choices in (("criterion", Criterion), ("reconstruction", Reconstruction)):
        value = getattr(arguments, name)
        if value is not None and value not in get_args(choices):
            allowed = ", ".join(get_args(choices))
            raise BadInputError(f"--{name} must be one of {allowed} but got {value!r}")
    start = time.perf_counter()
    found, stage = api.whatif(
        arguments.run_id,
        arguments.hidden,
        arguments.param_reduction,
        arguments.criterion,
        arguments.reconstruction,
    )
    seconds = time.perf_counter() - start
    if arguments.json:
        _print_json(
            {
                "hidden": list(stage.hidden),
                "params": stage.params,
                "param_reduction": stage.param_reduction,
                "r2": found.r2,
                "per_output": found.by_target,
                "seconds": seconds,
            }
        )
    else:
        OUT.print(views.whatif_table(found, stage))


def compare(arguments: argparse.Namespace) -> None:
    """``compare``: every arm of every run in one table, and what they show."""
    results = api.compared(arguments.run_ids)
    if arguments.json:
        keys = ("run_id", "arms", "verdict", "seeds", "folds", "ceiling", "data")
        _print_json({"runs": [{key: result[key] for key in keys} for result in results]})
    else:
        for result in results:
            OUT.print(views.arms_table(result))
            for sentence in result["verdict"]["words"]:
                OUT.print(f"- {sentence}")


def _on_run(action: Callable[[str], None]) -> Callable[[argparse.Namespace], None]:
    def command(arguments: argparse.Namespace) -> None:
        action(arguments.run_id)

    return command


if __name__ == "__main__":
    sys.exit(main())
