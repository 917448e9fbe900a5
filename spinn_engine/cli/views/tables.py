"""Rich tables of plans, runs, predictions, jobs and workers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from spinn_engine import api
from spinn_engine.vocabulary import LONGER, SUBJECT
from spinn_engine.words import (
    bounds,
    decimals_of,
    duration,
    estimate,
    fixed,
    percent,
    repeated,
    score_of,
    shown,
    signed,
    size,
    speed_up_estimate,
    unusable_reason,
    widths,
)

RELATIVE_L2 = "relative L2\nerror"
KEPT = "epoch\nkept"
LARGEST = "8192"  # batch that is timed
TARGETS_SHOWN = 3  # more columns than that no terminal shows whole


def plan_table(stages: Sequence[api.Stage]) -> Table:
    """Widths and exact sizes of every stage; bytes are those of the float32 weights."""
    headers = ("parameters", "MACs", "bytes", "param\nreduction", "neuron\nreduction")
    table = new_table("stage", "hidden", right=headers)
    for stage in stages:
        sizes = (f"{n:,}" for n in (stage.params, stage.macs, stage.bytes))
        shares = map(percent, (stage.param_reduction, stage.neuron_reduction))
        table.add_row(str(stage.stage), widths(stage.hidden), *sizes, *shares)
    return table


def result_table(folder: api.RunFolder) -> Table:
    """Sizes and test R2 of every stage of a finished run."""
    result = folder.result() or {}
    targets = list(result["final"]["per_output"])
    equation = "relative_l2" in result["stages"][0]
    if len(targets) > TARGETS_SHOWN:
        scored = {f"R2, mean of {len(targets)} targets": ("r2", None)}
    else:
        scored = {f"R2 {name}": ("r2", name) for name in targets}
    scored |= {RELATIVE_L2: ("relative_l2", None)} if equation else {}
    kept = (KEPT,) if len(scored) < TARGETS_SHOWN else ()  # as far as there is room
    table = new_table("stage", "hidden", right=("parameters", "file", *kept, *scored))
    for row in result["stages"]:
        scores = (score_of(result, row, *which) for which in scored.values())
        sizes = (f"{row['params']:,}", size(row["file_bytes"]))
        epochs = (api.stage_kept(result, row["stage"]) for _ in kept)
        table.add_row(str(row["stage"]), widths(row["hidden"]), *sizes, *epochs, *scores)
    table.caption = _repetitions(result)
    return table


def arms_table(result: dict[str, Any]) -> Table:
    """Every arm of a finished run: size, speed against dense, epoch kept, R2 or relative error.

    An interval stands below its figure, so that a terminal has room for all columns.
    """
    score = "relative_l2" if "relative_l2" in result["arms"][0] else "r2"
    name = RELATIVE_L2 if score == "relative_l2" else "R2"
    speed = f"speed-up\nbatch {LARGEST}"
    headers = ("parameters", "non-zero", "MACs", "file", speed, KEPT, name)
    table = new_table("arm", "hidden", right=headers)
    for arm in result["arms"]:
        file = "" if arm["file_bytes"] is None else size(arm["file_bytes"])
        counts = (f"{arm[key]:,}" for key in ("params", "nonzero", "macs"))
        ratio = speed_up_estimate(result, arm, LARGEST).replace(" [", "\n[")
        kept = api.last_kept(arm).replace(" of ", "\nof ")
        found = score_of(result, arm, score).replace(" [", "\n[")
        table.add_row(arm["arm"], widths(arm["hidden"]), *counts, file, ratio, kept, found)
    table.title = f"run {result['run_id']}"
    timed = "speed-up against dense, 95 % interval over the rounds that were timed"
    told = (unusable_reason(result, LARGEST) or timed, _repetitions(result))
    table.caption = "\n".join(line for line in told if line)
    return table


def whatif_table(found: api.Prediction, stage: api.Stage) -> Table:
    """A prediction, target by target."""
    table = new_table("hidden", right=("parameters", "param\nreduction", "R2", *found.by_target))
    scores = (fixed(value) for value in (found.r2, *found.by_target.values()))
    sizes = f"{stage.params:,}", percent(stage.param_reduction)
    table.add_row(widths(stage.hidden), *sizes, *scores)
    table.caption = "predicted R2 on the validation rows, cut at once and not fine-tuned"
    return table


def _repetitions(result: dict[str, Any]) -> str:
    """What the scores of a result are means of."""
    score = "scores" if "relative_l2" in result["arms"][0] else "R2"
    seeds, folds = len(result["seeds"]), result["folds"]
    simulated = ", simulated data" if result["data"]["simulated"] else ""
    if seeds * folds == 1:
        return f"{score} on the test rows{simulated}; one seed, so no interval"
    over = repeated({"seeds": seeds, "folds": folds})
    return f"{score} on the test rows{simulated}; mean and 95 % interval over {over}"


def jobs_table(jobs: Sequence[api.Job]) -> Table:
    """One line a run, newest first."""
    table = new_table("run", "state", "stage", "epoch", "left", "worker", "error")
    for job in jobs:
        left = "" if job.eta_seconds is None else duration(job.eta_seconds)
        state = str(job.state) if job.place is None else f"{job.state}, number {job.place}"
        if job.place and job.priority is not api.Priority.NORMAL:
            state += f" ({job.priority})"
        stage, epoch = f"{job.stage}/{job.stages}", f"{job.epoch}/{job.epochs}"
        cells = (job.run_id, state, stage, epoch, left, job.worker or "", job.error or "")
        table.add_row(*map(escape, cells))
    return table


def runs_table(runs: Sequence[dict[str, Any]]) -> Table:
    """One line a run of the store, as ``runs`` tells them."""
    table = new_table("run", "data", "hidden", "state", right=("param\nreduction", "R2"))
    for run in runs:
        if "error" in run:
            table.add_row(run["run_id"], escape(f"cannot be read: {run['error']}"))
            continue
        state = "finished"
        if not run["finished"]:
            state = f"{run['stages_done']} of {run['stages'] + 1} stages"
        about = (run["run_id"], shown(run["source"]), widths(run["hidden"]), state)
        last = (percent(run["param_reduction"]), estimate(run["r2"])) if run["finished"] else ()
        table.add_row(*map(escape, (*about, *last)))
    table.caption = "R2 on the test rows, of the last stage"
    return table


def workers_table(workers: Sequence[api.Worker]) -> Table:
    """One line a worker of the last day."""
    table = new_table("worker", "state", "device", "memory", "torch", "heartbeat", "run")
    for worker in workers:
        serves = {"serve": "alive", "pause": "paused", "drain": "draining"}[worker.wanted]
        state = serves if worker.alive else "gone"
        memory = size(worker.memory_bytes)
        beat = f"{duration(worker.seconds_since_heartbeat)} ago"
        cells = (state, worker.device, memory, worker.torch or "none", beat, worker.run_id or "")
        table.add_row(*map(escape, (worker.slot, *cells)))
    return table


def sweep_table(runs: Sequence[dict[str, Any]]) -> Table:
    """One line a run of a sweep: its values, what is left, and R2 on the test rows.

    ``gain`` is that of ``structured`` over ``dense_longer``.
    """
    fields = list(runs[0]["values"]) if runs else []
    numbers = ("params", "fewer", "R2", "95 %", "n", "gain")
    table = new_table("run", *fields, right=numbers)
    for run in runs:
        cells = [run["run_id"], *(str(run["values"][field]) for field in fields)]
        table.add_row(*map(escape, cells), *_sweep_figures(run["result"]))
    return table


def _sweep_figures(result: dict[str, Any] | None) -> list[str]:
    if result is None:
        return ["not finished", "", "", "", "", ""]
    arms = {arm["arm"]: arm for arm in result["arms"]}
    last, r2 = result["stages"][-1], arms[SUBJECT]["r2"]
    longer = arms.get(LONGER)
    gain = "" if longer is None else signed(r2["mean"] - longer["r2"]["mean"])
    digits = decimals_of(result)
    scores = (fixed(r2["mean"], digits), bounds(r2, digits))
    return [f"{last['params']:,}", percent(last["param_reduction"]), *scores, str(r2["n"]), gain]


def new_table(*left: str, right: Sequence[str] = ()) -> Table:
    """An empty table, the columns of figures at the right."""
    table = Table(box=SIMPLE_HEAD, header_style="bold", pad_edge=False)
    for header in left:
        table.add_column(header, no_wrap=header not in ("error", "data"), overflow="fold")
    for header in right:
        table.add_column(escape(header), justify="right", no_wrap=True)
    return table
