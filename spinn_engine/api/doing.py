"""Runs are planned, done, queued, stopped and removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spinn_engine import foreground
from spinn_engine.api.asking import make_spec, spec_options
from spinn_engine.api.run import Run, RunLike, open_run, run_id_of
from spinn_engine.api.waiting import telling
from spinn_engine.errors import BadInputError
from spinn_engine.jobs import queue, submission
from spinn_engine.jobs.job import Priority
from spinn_engine.problems import summary as summing
from spinn_engine.problems.apart import apart
from spinn_engine.pruning.schedule import plan
from spinn_engine.pruning.sizes import Stage
from spinn_engine.spec import fitted
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.words import fixed

if TYPE_CHECKING:
    from spinn_engine.api.asking import SpecLike
    from spinn_engine.store.owner import Owner


@spec_options
def plan_run(spec: SpecLike | None = None, **options: Any) -> list[Stage]:
    """The stages that a run would have, the dense network first, with their exact sizes.

    Args:
        spec: what to start from; see ``make_spec``.
        options: values by flat names.

    Raises:
        BadInputError: as ``make_spec``, or the data or the schedule cannot be had as asked.
    """
    asked = make_spec(spec, **options)
    data = apart(summing.summary, asked.data)
    whole = fitted(asked, data.rows["train"])
    return plan(whole.prune, whole.model.graph_for(data.input_names, data.outputs))


@spec_options
def run(
    spec: SpecLike | None = None,
    *,
    progress: bool = True,
    on_start: Callable[[RunFolder], None] | None = None,
    on_epoch: foreground.OnEpoch | None = None,
    **options: Any,
) -> Run:
    """Train, prune and fine-tune here and now, without queue or worker.

    Ctrl-C stops it; its finished stages are kept, and ``resume`` goes on from there.

    Args:
        spec: what to start from; see ``make_spec``.
        progress: whether to say on standard error how far it is.
        on_start: called once with the run's folder, before training.
        on_epoch: called with each line of ``metrics.jsonl``.
        options: values by flat names.

    Raises:
        BadInputError: as ``make_spec``, or the data or the schedule cannot be had as asked.
        SpinnError: training diverged, memory ran out, or a file cannot be written.
    """
    asked = make_spec(spec, **options)
    with telling(progress) as tell:

        def on_line(line: dict[str, Any]) -> None:
            r2 = sum(line["val_r2"]) / len(line["val_r2"])
            at = f"epoch {line['epoch']:,} of {line['epochs']:,}, validation R2 {fixed(r2)}"
            tell(f"stage {line['stage']} of {asked.prune.stages}", f", {line['arm']}: {at}")
            if on_epoch:
                on_epoch(line)

        done = foreground.run(asked, on_start, on_line)
    made = open_run(done)
    made.existing = False
    return made


@spec_options
def submit(
    spec: SpecLike | None = None,
    again: bool = False,
    priority: Priority | str = Priority.NORMAL,
    owner: Owner | None = None,
    **options: Any,
) -> Run:
    """Queue a run; a spec that was submitted before is pointed at: ``existing`` tells.

    Args:
        spec: what to start from; see ``make_spec``.
        again: make another run even where one of the same spec and data exists.
        priority: which queued runs go first: high, normal or low.
        owner: who submits it, where people log in.
        options: values by flat names.

    Raises:
        BadInputError: as ``make_spec``, or the data or the schedule cannot be had as asked.
        SpinnError: the store or the job database cannot be used.
    """
    asked = make_spec(spec, **options)
    made = submission.submit(asked, again, _priority(priority), owner)
    found = open_run(made.run_id)
    found.existing = made.existing
    return found


def cancel(run: RunLike) -> None:
    """Take a run out of the queue, or stop it within a second; its finished stages are kept.

    Raises:
        BadInputError: there is no such job, or nothing to stop.
        SpinnError: the job database cannot be used.
    """
    queue.cancel(run_id_of(run))


def resume(run: RunLike) -> None:
    """Queue a run that was stopped, to go on after its last finished stage.

    Raises:
        BadInputError: there is no such run, or it is queued, running, or done and sound.
        SpinnError: the job database cannot be used.
    """
    queue.resume(run_id_of(run))


def delete(run: RunLike) -> None:
    """Remove a run: its job and its folder.

    Raises:
        BadInputError: there is no such run, or it is queued or running.
        SpinnError: the job database cannot be used, or a file cannot be removed.
    """
    queue.delete(run_id_of(run))


def set_priority(run: RunLike, priority: Priority | str) -> None:
    """Move a queued run behind all others of a priority: high, normal or low.

    Raises:
        BadInputError: there is no such job, or it is not queued.
        SpinnError: the job database cannot be used.
    """
    queue.set_priority(run_id_of(run), _priority(priority))


def _priority(name: Priority | str) -> Priority:
    try:
        return Priority(name)
    except ValueError:
        known = ", ".join(Priority)
        raise BadInputError(f"unknown priority {name!r}: use one of {known}") from None
