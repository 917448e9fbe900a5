"""The commands around one run: plan, run, check, whatif, compare."""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.markup import escape

from spinn_engine import api
from spinn_engine.cli import checks_view, views
from spinn_engine.cli.console import ERRORS, OUT, AddCommand, add_json, print_json
from spinn_engine.cli.options import (
    DATA_OPTIONS,
    PLAN_OPTIONS,
    add_run_options,
    add_spec_options,
    spec_from,
    widths,
)
from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec
from spinn_engine.vocabulary import CRITERIA, RECONSTRUCTIONS, Row, unknown


def add_run_commands(command: AddCommand) -> None:
    """Add all commands of this module."""
    planned = command("plan", plan, "Show every stage of a schedule with its exact size.")
    add_spec_options(planned, PLAN_OPTIONS)
    planned.add_argument("--inputs", type=int, help="inputs of the network, else those of the data")
    planned.add_argument("--outputs", type=int, help="and outputs")
    add_json(planned)
    running = command("run", run, "Train, prune and fine-tune here and now.")
    add_run_options(running)
    add_json(running)
    checking = command("check", check, "Say what is wrong with the data, and what to do about it.")
    add_spec_options(checking, DATA_OPTIONS)
    add_json(checking)
    predicted = command("whatif", whatif, "Predict R2 of a smaller network, without training it.")
    predicted.add_argument("run_id", metavar="RUN_ID", help="a run with a trained dense network")
    size = predicted.add_mutually_exclusive_group()
    size.add_argument("--param-reduction", type=float, metavar="R", help="every layer alike")
    size.add_argument("--hidden", type=widths, metavar="WIDTHS", help="hidden widths to cut to")
    predicted.add_argument("--criterion", help="how neurons are scored, else as in the run")
    predicted.add_argument("--reconstruction", help="none, bias or least_squares, else as in it")
    add_json(predicted)
    comparing = command("compare", compare, "Show the arms and the verdict of finished runs.")
    comparing.add_argument("run_ids", metavar="RUN_ID", nargs="*")
    comparing.add_argument("--sweep", metavar="ID", help="all finished runs of a sweep")
    add_json(comparing)


def plan(arguments: argparse.Namespace) -> None:
    """``plan``: every stage with widths, parameters, MACs, bytes and reductions."""
    spec = spec_from(arguments)
    for name in ("inputs", "outputs"):
        value = getattr(arguments, name)
        if value is not None and not 1 <= value <= 1_000_000:
            raise BadInputError(f"--{name} must be from 1 to 1,000,000 but got {value}")
    inputs, outputs = arguments.inputs, arguments.outputs
    if spec.model.dense is not None:
        spec = told_dense(spec)
    if inputs is None or outputs is None:
        problem = api.load_problem(spec.data)
        inputs = len(problem.input_names) if inputs is None else inputs
        outputs = len(problem.target_names) if outputs is None else outputs
    stages = api.plan(spec.prune, spec.model.hidden, inputs, outputs)
    if arguments.json:
        print_json({"stages": [asdict(stage) for stage in stages]})
    else:
        OUT.print(views.plan_table(stages))


def run(arguments: argparse.Namespace) -> None:
    """``run``: the whole run in this process, with a bar a stage."""
    spec = spec_from(arguments)
    if spec.model.dense is not None:
        spec = told_dense(spec)
    console = ERRORS if arguments.json else OUT
    with views.RunProgress(spec, console) as progress:
        folder = api.run(spec, progress.on_start, progress.on_epoch)
    if arguments.json:
        print_json({"run_id": folder.run_id, "folder": str(folder.path), "result": folder.result()})
    else:
        OUT.print(views.result_table(folder))
        OUT.print(f"files in {escape(str(folder.path))}", soft_wrap=True)


def told_dense(spec: RunSpec) -> RunSpec:
    """The spec with what its checkpoint says filled in; its R2 is told before anything is done."""
    imported = api.import_network(spec)
    ERRORS.print(escape(" ".join([imported.words(), *imported.network.notes])))
    return imported.spec


def check(arguments: argparse.Namespace) -> None:
    """``check``: the columns, what the checks found, and the command without what they flag."""
    data = spec_from(arguments).data
    checks = api.check(data)
    if arguments.json:
        print_json({"checks": checks})
    else:
        OUT.print(checks_view.columns_table(api.preview(data, rows=0)))
        OUT.print(checks_view.checks_table(checks))
        OUT.print(checks_view.advised_command(data, checks), soft_wrap=True)


def whatif(arguments: argparse.Namespace) -> None:
    """``whatif``: closed form, from the dense network that a run has trained."""
    tables: dict[str, Mapping[str, Row]]
    tables = {"criterion": CRITERIA, "reconstruction": RECONSTRUCTIONS}
    for name, table in tables.items():
        value = getattr(arguments, name)
        if value is not None and value not in table:
            raise BadInputError(f"--{name}: {unknown(name, value, table)}")
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
        print_json(
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
    """``compare``: every arm of every run in one table, and what they show; or a sweep."""
    if bool(arguments.run_ids) == bool(arguments.sweep):
        raise BadInputError("compare: name the runs to compare, or a sweep with --sweep ID")
    if arguments.sweep:
        compare_sweep(arguments)
        return
    results = api.compared(arguments.run_ids)
    if arguments.json:
        print_json({"runs": [_compared(result) for result in results]})
    else:
        for result in results:
            OUT.print(views.arms_table(result))
            for sentence in result["verdict"]["words"]:
                OUT.print(f"- {sentence}")


def _compared(result: dict[str, Any]) -> dict[str, Any]:
    keys = ("run_id", "arms", "verdict", "seeds", "folds", "ceiling", "data")
    return {key: result[key] for key in keys}


def compare_sweep(arguments: argparse.Namespace) -> None:
    """``compare --sweep``: a line a run, with the values that were swept."""
    runs = api.sweep(arguments.sweep)
    if arguments.json:
        made = [
            {**run, "result": None if run["result"] is None else _compared(run["result"])}
            for run in runs
        ]
        print_json({"sweep": arguments.sweep, "runs": made})
    else:
        OUT.print(views.sweep_table(runs))
