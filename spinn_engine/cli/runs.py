"""The commands around one run: plan, run, check, whatif, compare."""

from __future__ import annotations

import shlex
import time
from dataclasses import asdict
from typing import Any

from rich.markup import escape

from spinn_engine import api
from spinn_engine.cli.console import ERRORS, OUT, PROGRAM, print_json
from spinn_engine.cli.spec_options import spec_from
from spinn_engine.cli.stopping import Stopped
from spinn_engine.cli.views import checks as checks_view
from spinn_engine.cli.views import tables
from spinn_engine.cli.views.progress import RunProgress
from spinn_engine.errors import BadInputError
from spinn_engine.spec import RunSpec, budget_sentence, fitted
from spinn_engine.words import errors_of


def plan(inputs: int | None, outputs: int | None, as_json: bool, **asked: Any) -> None:
    """``plan``: every stage with widths, parameters, MACs, bytes and reductions."""
    spec = spec_from(asked)
    for name, value in (("inputs", inputs), ("outputs", outputs)):
        if value is not None and not 1 <= value <= 1_000_000:
            raise BadInputError(f"--{name} must be from 1 to 1,000,000 but got {value}")
    if spec.model.dense is not None:
        spec = told_dense(spec)
    rows = None
    if inputs is None or outputs is None:
        data = api.summary(spec.data)
        rows = data.rows["train"]
        spec = fitted(spec, rows)
        outputs = data.outputs if outputs is None else outputs
        named = data.input_names if inputs is None else _named(spec, inputs)
    else:
        named = _named(spec, inputs)
    stages = api.plan_network(spec.prune, spec.model.graph_for(named, outputs))
    if as_json:
        print_json({"stages": [asdict(stage) for stage in stages]})
    else:
        OUT.print(tables.plan_table(stages))
        if rows is not None:
            OUT.print(budget_sentence(spec, stages[0].params, rows), soft_wrap=True)
            if pace := api.newest_pace():
                OUT.print(pace.sentence(spec, stages, rows), soft_wrap=True, markup=False)


def _named(spec: RunSpec, inputs: int) -> tuple[str, ...]:
    """So many inputs, those first that the spec names: sizes do not hang on the others' names."""
    named = spec.model.named_inputs
    return (*named, *(f"input {at}" for at in range(len(named), inputs)))[:inputs]


def run(as_json: bool, **asked: Any) -> None:
    """``run``: the whole run in this process, with a bar a stage."""
    spec = spec_from(asked)
    if spec.model.dense is not None:
        spec = told_dense(spec)
    tell_errors(spec)
    progress = RunProgress(spec, ERRORS if as_json else OUT)

    def on_start(folder: api.RunFolder) -> None:
        Stopped.sentence = _how_to_go_on(folder, asked["out"])
        progress.on_start(folder)

    with progress:
        folder = api.run(spec, progress=False, on_start=on_start, on_epoch=progress.on_epoch)
    Stopped.sentence = f"stopped, but run {folder.run_id} is finished"
    if as_json:
        print_json({"run_id": folder.run_id, "folder": str(folder.path), "result": folder.result()})
    else:
        OUT.print(tables.result_table(folder))
        result = folder.result() or {}
        OUT.print(api.headline(result), style="bold", markup=False)
        for remark in api.training_remarks(result):
            OUT.print(f"- {remark}", markup=False)
        OUT.print(f"files in {escape(str(folder.path))}", soft_wrap=True)


def _how_to_go_on(folder: api.RunFolder, out: str | None) -> str:
    store = f"SPINN_RESULTS={shlex.quote(str(api.results_root()))} " if out else ""
    return (
        f"stopped: '{store}{PROGRAM} resume {folder.run_id}' queues the run again, to go on after "
        f"its last finished stage, and '{store}{PROGRAM} worker' does it"
    )


def tell_errors(spec: RunSpec) -> None:
    """Say what the checks call errors, before anything is learned from such data."""
    if told := errors_of(api.check(spec.data)):
        ERRORS.print(escape(f"{told}; '{PROGRAM} check' with the same data options says more"))


def told_dense(spec: RunSpec) -> RunSpec:
    """The spec with what its checkpoint says filled in; its R2 is told before anything is done."""
    imported = api.import_network(spec)
    ERRORS.print(escape(" ".join([imported.sentence(), *imported.network.notes])))
    return imported.spec


def check(as_json: bool, **asked: Any) -> None:
    """``check``: the columns, what the checks found, and the command without what they flag."""
    data = spec_from(asked).data
    checks, split = api.check(data), checks_view.split_facts(api.split(data))
    if as_json:
        reading = api.preview(data, rows=3)["reading"]
        print_json({"checks": checks, "split": split, "reading": reading})
    else:
        held = api.preview(data, rows=3)
        OUT.print(checks_view.reading_table(held))
        OUT.print(checks_view.columns_table(held))
        OUT.print(checks_view.split_line(split))
        OUT.print(checks_view.checks_table(checks) if checks else "the checks found nothing")
        OUT.print(checks_view.advised_command(data, checks), soft_wrap=True)


def whatif(
    run_id: str,
    param_reduction: float | None,
    hidden: list[int] | None,
    criterion: str | None,
    reconstruction: str | None,
    as_json: bool,
) -> None:
    """``whatif``: closed form, from the dense network that a run has trained."""
    if hidden is not None and param_reduction is not None:
        raise BadInputError("--hidden is not allowed with --param-reduction: give one of the two")
    start = time.perf_counter()
    found, stage = api.whatif(run_id, hidden, param_reduction, criterion, reconstruction)
    seconds = time.perf_counter() - start
    if as_json:
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
        OUT.print(tables.whatif_table(found, stage))


def compare(run_ids: tuple[str, ...], sweep: str | None, as_json: bool) -> None:
    """``compare``: every arm of every run in one table, and what they show; or a sweep."""
    if bool(run_ids) == bool(sweep):
        raise BadInputError("compare: name the runs to compare, or a sweep with --sweep ID")
    if sweep:
        compare_sweep(sweep, as_json)
        return
    results = api.compared(run_ids)
    if as_json:
        print_json({"runs": [_compared(result) for result in results]})
    else:
        for result in results:
            OUT.print(tables.arms_table(result))
            OUT.print(api.headline(result), style="bold", markup=False)
            said = [*result["verdict"]["words"], *api.training_remarks(result)]
            if errors := errors_of(result["checks"]):
                said.append(f"{errors}.")
            for sentence in said:
                OUT.print(f"- {sentence}", markup=False)


def compare_sweep(sweep: str, as_json: bool) -> None:
    """``compare --sweep``: a line a run, with the values that were swept."""
    runs = api.sweep(sweep)
    if as_json:
        made = [
            {**run, "result": None if run["result"] is None else _compared(run["result"])}
            for run in runs
        ]
        print_json({"sweep": sweep, "runs": made})
    else:
        OUT.print(tables.sweep_table(runs) if runs else f"sweep {sweep} has no runs left")


def _compared(result: dict[str, Any]) -> dict[str, Any]:
    keys = ("run_id", "arms", "verdict", "seeds", "folds", "ceiling", "data")
    return {**{key: result[key] for key in keys}, "headline": api.headline(result)}
