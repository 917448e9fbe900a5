"""The facade: all that the dashboard and notebooks need of the engine.

Imports no torch until something is trained or a network is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spinn_engine.adaptation.result import read_adaptations
from spinn_engine.adaptation.settings import AdaptSettings
from spinn_engine.artifacts.demo import demo_run, is_demo, open_run, refuse_demo
from spinn_engine.artifacts.dense import Brought
from spinn_engine.artifacts.dense import bring as bring_to
from spinn_engine.artifacts.fields import Fields, read_fields
from spinn_engine.artifacts.neuron_fate import Choice, read_fate
from spinn_engine.artifacts.neurons import LayerImportance, read_importance
from spinn_engine.artifacts.owner import Owner, read_owner
from spinn_engine.artifacts.remarks import (
    LONGEST_NOTE,
    LONGEST_TAG,
    MOST_TAGS,
    Remarks,
    RemarksChangedError,
    read_remarks,
    remarks_path,
    write_remarks,
)
from spinn_engine.artifacts.stages import planned_stages, stage_rows
from spinn_engine.artifacts.store import (
    RESULT_NAME,
    RunFolder,
    list_runs,
    remote_store,
    results_root,
    store_name,
)
from spinn_engine.artifacts.uploads import keep_table, keep_upload
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.brought import BroughtNetwork
from spinn_engine.brought import read_network as inspect
from spinn_engine.claims import claims_from_json, read_claims, verify_claims
from spinn_engine.errors import BadInputError
from spinn_engine.evaluation.across_runs import Difference, Scored, r2_difference, scored
from spinn_engine.evaluation.verdict import LEAST_PAIRS
from spinn_engine.export.formats import check_formats
from spinn_engine.export.written import read_exports
from spinn_engine.foreground import run
from spinn_engine.jobs.queue import (
    Job,
    JobState,
    Priority,
    Wanted,
    Worker,
    ask_worker,
    cancel,
    delete,
    ensure_worker,
    jobs,
    resume,
    set_priority,
    workers,
)
from spinn_engine.jobs.submission import Submission, read_sweep, submit, submit_sweep
from spinn_engine.jobs.sweeps import sweep_runs
from spinn_engine.problems import load_problem
from spinn_engine.problems.checks import advised_drops, check_problem
from spinn_engine.problems.preview import preview
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.terms import terms_of
from spinn_engine.pruning.neuron import Neuron, explore
from spinn_engine.pruning.schedule import plan
from spinn_engine.pruning.sizes import Stage, measure
from spinn_engine.pruning.smallest import Smallest, smallest_within
from spinn_engine.pruning.whatif import Prediction, curve, predict_many
from spinn_engine.report.arms import ARM_COLOURS, ARM_GLYPHS, ARM_LABELS
from spinn_engine.side_work.state import Kind as WorkKind
from spinn_engine.side_work.state import Work, WorkState
from spinn_engine.side_work.work import (
    Started,
    find_work,
    forget_work,
    start_work,
    stop_work,
    work_result,
    works,
)
from spinn_engine.spec import Criterion, DataSpec, PruneSpec, Reconstruction, RunSpec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from spinn_engine.artifacts.checkpoints import RawUnitsNetwork

__all__ = [
    "ARM_COLOURS",
    "ARM_GLYPHS",
    "ARM_LABELS",
    "LEAST_PAIRS",
    "LONGEST_NOTE",
    "LONGEST_TAG",
    "MOST_TAGS",
    "RESULT_NAME",
    "AdaptSettings",
    "Brought",
    "BroughtNetwork",
    "Choice",
    "Difference",
    "Fields",
    "Job",
    "JobState",
    "LayerImportance",
    "Neuron",
    "Owner",
    "Problem",
    "Prediction",
    "Priority",
    "PruneSpec",
    "Remarks",
    "RemarksChangedError",
    "RunFolder",
    "RunSpec",
    "Scored",
    "Smallest",
    "Stage",
    "Started",
    "Submission",
    "Wanted",
    "Work",
    "WorkKind",
    "WorkState",
    "Worker",
    "adapt",
    "adaptations",
    "ask_worker",
    "bring",
    "cancel",
    "check",
    "claims_from_json",
    "compared",
    "delete",
    "demo_run",
    "dense_scores",
    "ensure_worker",
    "export",
    "export_paper_layout",
    "exports",
    "fields",
    "find_work",
    "forget_work",
    "importance",
    "inspect",
    "is_demo",
    "jobs",
    "keep_table",
    "keep_upload",
    "limits",
    "list_runs",
    "load_network",
    "load_problem",
    "look_for_changes",
    "neuron",
    "open_run",
    "owner",
    "plan",
    "planned_stages",
    "preview",
    "r2_difference",
    "remarks",
    "remarks_path",
    "results_root",
    "resume",
    "run",
    "scored",
    "set_remarks",
    "stage_rows",
    "start_work",
    "stop_work",
    "store_name",
    "set_priority",
    "smallest",
    "submit",
    "submit_sweep",
    "sweep",
    "sweep_runs",
    "terms_of",
    "verify",
    "verify_claims",
    "whatif",
    "whatif_curve",
    "without_flagged",
    "work_result",
    "workers",
    "works",
    "write_report",
]


def check(data: DataSpec) -> list[dict[str, Any]]:
    """What is wrong with the data, the worst first: plain data, one entry a finding.

    Each has ``check``, ``severity``, ``columns``, ``value``, ``message``, ``advice`` and ``drop``
    (the input columns that are better taken out).

    Raises:
        BadInputError: the data cannot be had as asked.
    """
    return [asdict(finding) for finding in check_problem(load_problem(data), data.group)]


def without_flagged(spec: RunSpec) -> RunSpec:
    """The spec with the columns that ``check`` advises to drop written into ``data.drop``.

    Raises:
        BadInputError: the data cannot be had as asked, or no input would be left.
    """
    problem = load_problem(spec.data)
    flagged = advised_drops(check_problem(problem, spec.data.group))
    if len(flagged) == len(problem.input_names):
        raise BadInputError(
            f"{spec.data.source}: the checks advise to drop all {len(flagged)} inputs, so choose "
            "which to drop (--drop) from what 'check' says of each"
        )
    data = spec.data.model_copy(update={"drop": (*spec.data.drop, *flagged)})
    return spec.model_copy(update={"data": data})


def bring(spec: RunSpec) -> Brought:
    """Read the checkpoint that a spec names as its dense network, and measure it on the data.

    Raises:
        BadInputError: the data cannot be had as asked, or the file does not fit it.
        CorruptArtifactError: the file is broken, or no plain multilayer perceptron.
    """
    return bring_to(spec, load_problem(spec.data))


def importance(run_id: str, stage: int, seed: int | None = None) -> list[LayerImportance]:
    """The neurons of a finished stage, one entry a hidden layer.

    Args:
        run_id: the run.
        stage: 0 for the dense network.
        seed: whose network; by default the delivered one, before that the first.

    Raises:
        BadInputError: there is no such run, finished stage or seed.
    """
    folder = open_run(run_id)
    if seed is None:
        result = folder.result()
        seed = folder.spec().seeds[0] if result is None else result["delivered_seed"]
    return read_importance(folder, stage, seed)


def whatif(
    run_id: str,
    hidden: Sequence[int] | None = None,
    param_reduction: float | None = None,
    criterion: Criterion | None = None,
    reconstruction: Reconstruction | None = None,
) -> tuple[Prediction, Stage]:
    """What the dense network of a run would score if it were cut at once, without fine-tuning.

    Args:
        run_id: a run whose dense network is trained.
        hidden: the widths to cut to; or else
        param_reduction: cut every layer alike, down to this; by default as the run's spec does.
        criterion: how neurons are scored; by default as in the run.
        reconstruction: how the next layers make up for it; by default as in the run.

    Returns:
        The prediction, and the size of the network that it is for.

    Raises:
        BadInputError: there is no such run or dense network, or it cannot have such widths.
    """
    folder = open_run(run_id)
    facts, prune = read_facts(folder), folder.spec().prune
    ends = len(facts.weights[0]), len(facts.biases[-1])
    wanted: dict[str, Any] = {"stages": 1}
    if hidden is not None:
        wanted["widths"] = [list(hidden)]
    elif param_reduction is not None:
        wanted["param_reduction"] = param_reduction
    else:
        wanted["widths"] = [list(planned_stages(folder)[-1].hidden)]
    spec = RunSpec.from_dict({"prune": wanted}, where="whatif").prune
    stage = plan(spec, facts.hidden, *ends)[-1]
    how = criterion or prune.criterion, reconstruction or prune.reconstruction
    return predict_many(facts, [stage.hidden], *how)[0], stage


def whatif_curve(
    run_id: str,
    criterion: Criterion | None = None,
    reconstruction: Reconstruction | None = None,
) -> list[tuple[Prediction, Stage]]:
    """``whatif`` along the uniform way from the dense network down to almost nothing.

    Raises:
        BadInputError: there is no such run or dense network.
    """
    folder = open_run(run_id)
    facts, prune = read_facts(folder), folder.spec().prune
    found = curve(facts, criterion or prune.criterion, reconstruction or prune.reconstruction)
    ends = len(facts.weights[0]), len(facts.biases[-1])
    return list(zip(found, measure([one.hidden for one in found], *ends), strict=True))


def smallest(run_id: str, prune: PruneSpec, loss: float) -> Smallest:
    """The smallest uniformly pruned network that is predicted to lose at most ``loss`` R2.

    Args:
        run_id: a run whose dense network is trained.
        prune: criterion, reconstruction, and how widths are rounded; its amount does not count.
        loss: in validation R2, the mean over targets, without fine-tuning.

    Raises:
        BadInputError: there is no such run, dense network, or smaller network.
    """
    return smallest_within(read_facts(open_run(run_id)), prune, loss)


def dense_scores(run_id: str, criterion: Criterion) -> tuple[int, list[NDArray[np.float32]]]:
    """The seed of the dense network that what-if starts from, and its neurons' scores, by layer.

    Raises:
        BadInputError: there is no such run or dense network.
    """
    facts = read_facts(open_run(run_id))
    return facts.seed, facts.scores[criterion]


def neuron(run_id: str, layer: int, number: int) -> tuple[Neuron, list[Choice]]:
    """One neuron of a run's dense network: what it does, and how it fared stage by stage.

    Args:
        run_id: a run whose dense network is trained; its facts hold one network, that of the seed
            with the best validation R2.
        layer: hidden layer, 1 for the first.
        number: the neuron's place in that layer of the dense network, from 0.

    Returns:
        The neuron, and every choice that it stood in so far, the first stage's first.

    Raises:
        BadInputError: there is no such run, dense network or neuron.
        CorruptArtifactError: a file is broken.
    """
    folder = open_run(run_id)
    found = explore(read_facts(folder), layer, number)
    return found, read_fate(folder, found.seed, layer, number)


def compared(run_ids: Sequence[str]) -> list[dict[str, Any]]:
    """The results of finished runs, in the given order.

    Raises:
        BadInputError: there is no such run, or it is not finished.
    """
    found = []
    for run_id in run_ids:
        result = open_run(run_id).result()
        if result is None:
            raise BadInputError(f"run {run_id} is not finished, so there is nothing to compare yet")
        found.append(result)
    return found


def verify(path: Path, run_id: str | None = None) -> list[dict[str, Any]]:
    """The claims of a file, each with its verdict, as ``verify_claims`` gives them.

    Args:
        path: a claims file.
        run_id: a finished run, to hold what takes one against.

    Raises:
        BadInputError: the file is no claims file, or there is no such run, or it is not finished.
    """
    claims, result = read_claims(path), None
    if run_id is not None:
        result = open_run(run_id).result()
        if result is None:
            raise BadInputError(
                f"run {run_id} is not finished, so no claim can be held against it yet"
            )
    return verify_claims(claims, result, str(path))


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


def remarks(run_id: str) -> Remarks:
    """The tags and the note of a run.

    Raises:
        BadInputError: there is no such run.
        CorruptArtifactError: the file is broken.
    """
    return read_remarks(open_run(run_id))


def set_remarks(run_id: str, tags: Sequence[str], note: str, seen: str | None = None) -> Remarks:
    """Write the tags and the note of a run; neither its result nor any hash changes.

    Args:
        run_id: the run.
        tags: up to 20, each of 1 to 40 characters.
        note: up to 2,000 characters.
        seen: the ``stamp`` of the remarks that the writer has seen.

    Raises:
        RemarksChangedError: somebody else has written since ``seen``.
        BadInputError: there is no such run, or a tag or the note is too long.
    """
    folder = open_run(run_id)
    refuse_demo(folder, "write remarks on a run of your own")
    return write_remarks(folder, tags, note, seen)


def owner(run_id: str) -> Owner | None:
    """Who submitted a run; None where nobody had logged in, as on the command line.

    Raises:
        BadInputError: there is no such run.
        SpinnError: the store cannot be used.
    """
    return read_owner(open_run(run_id))


def look_for_changes() -> None:
    """See what other machines have written to a store that they share; a folder needs no look.

    Raises:
        SpinnError: the store cannot be used.
    """
    if (remote := remote_store()) is not None:
        remote.look_for_changes()


def fields(run_id: str) -> Fields:
    """The solution of an equation over its domain, before and after pruning.

    Raises:
        BadInputError: there is no such run, or it has no fields.
        CorruptArtifactError: the file is broken.
    """
    return read_fields(open_run(run_id))


def adapt(
    run_id: str,
    source: str | None = None,
    settings: AdaptSettings | None = None,
    on_batch: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """Let a finished run's networks meet new rows, batch by batch: predict first, then learn.

    Args:
        run_id: the run.
        source: ``table:PATH``, new rows in order of time; by default a new material, which
            ``milling-sim`` alone has.
        settings: batches and arms.
        on_batch: called after each batch with how many are done, and how many there are.

    Returns:
        What is written to ``adaptation/NAME.json`` in the run's folder.

    Raises:
        BadInputError: there is no such run, it is not finished or learned from an equation, or the
            new rows or the settings do not fit it.
        SpinnError: an arm diverged, or a file is broken or cannot be written.
    """
    from spinn_engine.adaptation.adapt import adapt as meet

    folder = open_run(run_id)
    refuse_demo(folder, "let a run of your own adapt")
    return meet(folder, source, settings, on_batch)


def adaptations(run_id: str) -> list[dict[str, Any]]:
    """What ``adapt`` has found for a run so far, by name.

    Raises:
        BadInputError: there is no such run.
        CorruptArtifactError: a file is broken.
    """
    return read_adaptations(open_run(run_id))


def write_report(run_id: str, out: Path | str, claims: Path | None = None) -> list[Path]:
    """Write a finished run's report: HTML, LaTeX, figures, methods, JSON.

    Args:
        run_id: a finished run.
        out: a folder, new, empty, or with an earlier report of the run, which is replaced.
        claims: a claims file, to hold against the run and to show.

    Returns:
        The files, their manifest ``report.json`` last.

    Raises:
        BadInputError: there is no such run, it is not finished, ``out`` holds other things or
            cannot be written, or the file is no claims file.
        CorruptArtifactError: a file of the run is broken.
    """
    folder = open_run(run_id)
    checked = None if claims is None else verify(claims, run_id)
    from spinn_engine.report.write import write_report as write

    return write(folder, Path(out), checked)


def limits(run_id: str) -> list[str]:
    """What a finished run does not show: sentences, as in its report.

    Raises:
        BadInputError: there is no such run, or it is not finished.
        CorruptArtifactError: a file of the run is broken.
    """
    from spinn_engine.report.facts import gather
    from spinn_engine.report.limits import limits as limits_of

    return limits_of(gather(open_run(run_id), None))


def load_network(path: Path | str) -> RawUnitsNetwork:
    """A checkpoint as a module from raw inputs ``[B, in]`` to raw outputs ``[B, out]``.

    Raises:
        BadInputError: there is no such file.
        CorruptArtifactError: the file is broken or no checkpoint of this project.
    """
    from spinn_engine.artifacts import checkpoints

    return checkpoints.load_network(path)


def export(
    run_id: str, formats: Sequence[str], stage: int | None = None, out: Path | str | None = None
) -> dict[str, Any]:
    """Write networks of a finished run as files for other programs, each compared with its network.

    Args:
        run_id: a finished run.
        formats: of ``module``, ``pt2``, ``onnx``, ``safetensors``, ``coo``, ``csr``, or ``all``.
        stage: whose network; by default the final one.
        out: where to write, by default ``exports`` in the run's folder.

    Returns:
        ``run_id``, ``folder``, and ``exports``: for every file how it is loaded, how far it is from
        the network, and the rest of the manifest that is written beside it.

    Raises:
        BadInputError: there is no such run, stage, format or data, or nothing can be written there.
        SpinnError: a file would not equal the network.
    """
    check_formats(formats)
    folder = open_run(run_id)
    if out is None:
        refuse_demo(folder, "name a folder to export it to (--out)")
    from spinn_engine.export import exports

    return exports.export(folder, formats, stage, None if out is None else Path(out))


def exports(run_id: str) -> list[dict[str, Any]]:
    """The manifests of what ``export`` has written into the run's own folder, by name.

    Raises:
        BadInputError: there is no such run.
        CorruptArtifactError: a manifest is broken.
    """
    return read_exports(open_run(run_id))


def export_paper_layout(run_id: str, out: Path | str | None = None) -> dict[str, Any]:
    """Write a finished run's files into the folders that scripts of the pruning paper read.

    Args:
        run_id: a finished run.
        out: what gets ``results/`` and ``models/``; by default ``exports/paper`` in its folder.

    Returns:
        ``run_id``, ``folder``, ``files`` relative to it, and ``module``, as ``export`` gives it.

    Raises:
        BadInputError, SpinnError: as ``export``.
    """
    folder = open_run(run_id)
    if out is None:
        refuse_demo(folder, "name a folder to export it to (--out)")
    from spinn_engine.export import paper_layout

    return paper_layout.export_paper_layout(folder, None if out is None else Path(out))
