"""The result of a run, ``spinn_structured_metrics.json``: every number, from the files of the run.

This is where the test rows are read, once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from spinn_engine.artifacts.arms import Ended, arms_of, summary_of, tested_on, trainings
from spinn_engine.artifacts.checkpoints import StoredStack, load_stack
from spinn_engine.artifacts.delivery import (
    FINAL_NAME,
    best_seed,
    checkpoint,
    checkpoint_name,
    main_stack,
    publish_checkpoints,
)
from spinn_engine.artifacts.fields import record_fields
from spinn_engine.artifacts.imported_dense import read_imported
from spinn_engine.artifacts.whatif import read_facts
from spinn_engine.evaluation.headline import headline
from spinn_engine.evaluation.intervals import interval, of_members
from spinn_engine.evaluation.remarks import training_remarks
from spinn_engine.evaluation.scales import scale_of
from spinn_engine.evaluation.tested import Tested
from spinn_engine.evaluation.verdict import verdict
from spinn_engine.problems.checks import by_severity, check_problem
from spinn_engine.problems.checks.finding import Finding
from spinn_engine.problems.checks.linear import linear_against_network
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.terms import MEANING, terms_of, violations
from spinn_engine.pruning.sizes import measure
from spinn_engine.pruning.whatif import curve, predict_many, sensitivity
from spinn_engine.spec import RunSpec
from spinn_engine.store.files import write_atomically
from spinn_engine.store.manifest import FINISH
from spinn_engine.store.result_form import RESULT_VERSION
from spinn_engine.store.run_folder import RunFolder
from spinn_engine.training.data import PlacedData, splits_of
from spinn_engine.training.device import environment, give_freed_memory_back
from spinn_engine.vocabulary import SUBJECT, main_arm


def write_result(folder: RunFolder, data: PlacedData, found: list[Finding] | None = None) -> None:
    """Evaluate every arm on the test rows; write the final checkpoints and, last, the result.

    Args:
        folder: of a run whose stages are done.
        data: its rows.
        found: what ``findings_on`` says of them, where that is known.
    """
    last = folder.spec().prune.stages
    main = [main_stack(folder, data, stage) for stage in range(last + 1)]
    stages = measure(main[0].stack.graph, [one.stack.hidden for one in main])
    terms = terms_of(data.problem, folder.spec().physics)
    tested = [tested_on(data, one, main_arm(stage), terms) for stage, one in enumerate(main)]
    ended = Ended(folder, data, stages, main, tested, best_seed(main[-1], SUBJECT), terms)
    publish_checkpoints(folder, data, last, main[-1])
    final = checkpoint(folder, data, last, main[-1], (SUBJECT, ended.seed))
    write_atomically(folder.checkpoints / FINAL_NAME, final)
    if data.problem.equation is not None:
        record_fields(folder, data, main, ended.seed)
    arms, trained = arms_of(ended), trainings(folder, data.device)
    for arm in arms.rows:
        arm |= summary_of(trained.get(arm["arm"], []))
    result = {
        "schema_version": RESULT_VERSION,
        "run_id": folder.run_id,
        "spec": folder.spec().model_dump(mode="json"),
        **_delivered(ended),
        "seeds": list(folder.spec().seeds),
        "folds": folder.spec().compare.folds,
        "delivered_seed": ended.seed,
        "verdict": _verdict(ended, arms.tested),
        "arms": arms.rows,
        "equal_work": arms.equal_work,
        "stages": _stage_rows(ended, trained),
        "physics": _physics(ended),
        "checks": _checks(ended, arms.rows, found),
        "whatif": _whatif(ended),
        "notes": [note for one in main for note in one.notes],
        "brought": None if folder.spec().model.dense is None else read_imported(folder)[2],
        "ceiling": data.problem.ceiling if len(data.folds) == 1 else None,  # of its own test rows
        "data": _data(ended),
        "environment": environment(data.device),
        **_wall_seconds(ended),
    }
    result["headline"] = headline(result)
    result["training_remarks"] = training_remarks(result)
    content = json.dumps(result, indent=2, allow_nan=False).encode()
    files = [path for path in (folder.fields_path, *folder.checkpoint_paths()) if path.exists()]
    folder.record(FINISH, files, (folder.result_path, content))


def _delivered(ended: Ended) -> dict[str, Any]:
    """The keys that describe the delivered network alone, so that its files reproduce them.

    ``test_loss`` is the mean squared error in standardised targets, R2 the mean over targets.
    """
    at = list(ended.folder.spec().seeds).index(ended.seed)
    r2 = [float(tested.r2()[at, 0]) for tested in ended.tested]
    loss = [float(tested.loss[at, 0]) for tested in ended.tested]
    last = ended.tested[-1].metrics["r2"][at, 0]
    architectures = [list(stage.hidden) for stage in ended.stages]
    return {
        "dense_params": ended.stages[0].params,
        "spinn_params": ended.stages[-1].params,
        "parameter_reduction": ended.stages[-1].param_reduction,
        "dense_r2": r2[0],
        "spinn_r2": r2[-1],
        "architectures": architectures,
        "pruning_history": {
            "params": [stage.params for stage in ended.stages],
            "test_loss": loss,
            "test_r2": r2,
            "architectures": architectures,
        },
        "final": {
            "overall": {"test_loss": loss[-1], "r2": r2[-1]},
            "per_output": {
                name: {"r2": float(value)} for name, value in zip(ended.targets, last, strict=True)
            },
        },
    }


def _verdict(ended: Ended, on_test: Mapping[str, Tested]) -> dict[str, Any]:
    """The arms against each other; of several targets, each by itself too."""
    scores = {arm: tested.scores() for arm, tested in on_test.items()}
    equation = ended.data.problem.equation is not None
    per_target = {
        name: {arm: tested.metrics["r2"][:, :, at] for arm, tested in on_test.items()}
        for at, name in enumerate(ended.targets)
        if not equation
    }
    margin = ended.folder.spec().compare.margin
    return verdict(scores, margin, scale_of(equation), per_target)


def findings_on(problem: Problem, spec: RunSpec) -> list[Finding]:
    """What is wrong with the data of a run; of several folds, as the first has them."""
    folds = spec.compare.folds
    train, val, test = splits_of(problem, folds)[0]
    problem = replace(problem, train=train, val=val, test=test)
    return check_problem(problem, spec.data.group, cross_validated=folds > 1)


def _checks(
    ended: Ended, arms: Sequence[dict[str, Any]], found: list[Finding] | None
) -> list[dict[str, Any]]:
    """What is wrong with the data; whether a linear fit is enough, by the arms where it is one."""
    problem, spec = ended.data.problem, ended.folder.spec()
    if found is None:
        found = findings_on(problem, spec)
    by_name = {arm["arm"]: arm for arm in arms if problem.equation is None}
    after = linear_against_network(by_name, spec.compare.margin)
    if after:
        told = {one.check for one in after}
        found = by_severity([one for one in found if one.check not in told] + after)
    return [asdict(finding) for finding in found]


def _stage_rows(ended: Ended, trained: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    rows, folds = [], len(ended.data.folds)
    for stage, stored, tested in zip(ended.stages, ended.main, ended.tested, strict=True):
        members = stored.members(main_arm(stage.stage))
        before = [stored.val_r2_before[m] for m in members] if stage.stage else None
        path = ended.folder.checkpoints / checkpoint_name(stage.stage)
        rows.append(
            {
                "stage": stage.stage,
                "hidden": list(stage.hidden),
                "params": stage.params,
                "macs": stage.macs,
                "file_bytes": path.stat().st_size,
                "param_reduction": stage.param_reduction,
                "checkpoint": f"checkpoints/{path.name}",
                **tested.summary(ended.targets),
                "val_r2": of_members([stored.val_r2[m] for m in members], folds),
                **_trained_in(trained[main_arm(stage.stage)], stage.stage),
                "val_r2_before_fine_tuning": None if before is None else of_members(before, folds),
                **_derivative_errors(stored, members, folds),
            }
        )
    return rows


def _derivative_errors(
    stored: StoredStack, members: Sequence[int], folds: int
) -> dict[str, dict[str, Any]]:
    """How far derivatives are from the dense network's, before fine-tuning and at the end."""
    found = {
        "derivative_error_before_fine_tuning": stored.derivative_error_before,
        "derivative_error": stored.derivative_error,
    }
    return {
        name: of_members([each[m] for m in members], folds) for name, each in found.items() if each
    }


def _trained_in(trained: list[dict[str, Any]], stage: int) -> dict[str, Any]:
    """What a stage took, and what it kept; nothing where it was not trained."""
    nothing = {"updates": 0, "kept_update": [], "epochs": 0, "kept_epoch": [], "stalled": None}
    found = next((one for one in trained if one["stage"] == stage), nothing)
    return {key: found[key] for key in nothing}


def _physics(ended: Ended) -> list[dict[str, Any]]:
    """The physics terms, how far the measured targets themselves are from each, what was fitted."""
    problem, physics = ended.data.problem, ended.folder.spec().physics
    rows = ended.data.folds[0].test
    measured = violations(problem, ended.terms, rows, problem.targets[rows], {})
    fitted = {
        law: [values[m] for m in ended.main[-1].members(SUBJECT)]
        for law, values in ended.main[-1].coefficients.items()
    }
    return [
        {
            "term": term.name,
            "targets": list(term.targets),
            "meaning": MEANING[term.name],
            "law": None if term.law is None else term.law.formula,
            "weight": getattr(physics, term.name),
            "measured": measured[term.name],
            "coefficient": interval(fitted[term.name]) if term.name in fitted else None,
        }
        for term in ended.terms
    ]


def _whatif(ended: Ended) -> dict[str, Any]:
    """Predictions from the dense network alone, beside which the stages can be drawn."""
    give_freed_memory_back()  # threads take memory of their own
    facts, prune = read_facts(ended.folder), ended.folder.spec().prune
    how = (prune.criterion, prune.reconstruction)

    def plain(found: Sequence[Any]) -> list[dict[str, Any]]:
        hiddens = [one.hidden for one in found]
        sizes = measure(facts.graph, [facts.hidden, *hiddens])[1:]
        return [
            {"hidden": list(s.hidden), "params": s.params, "val_r2": one.r2}
            for s, one in zip(sizes, found, strict=True)
        ]

    stages = predict_many(facts, [stage.hidden for stage in ended.stages], *how)
    return {
        "seed": facts.seed,
        "stages": plain(stages),
        "curve": plain(curve(facts, *how)),
        "sensitivity": [plain(layer) for layer in sensitivity(facts, *how)],
    }


def _data(ended: Ended) -> dict[str, Any]:
    problem = ended.data.problem
    parts = {name: getattr(ended.data.folds[0], name) for name in ("train", "val", "test")}
    groups = problem.groups
    return {
        "source": problem.source,
        "simulated": problem.simulated,
        "sha256": ended.folder.data_hash(),
        "rows": {name: len(rows) for name, rows in parts.items()},
        "groups": None if groups is None else len(np.unique(groups)),
        "groups_by_part": None
        if groups is None
        else {name: len(np.unique(groups[rows])) for name, rows in parts.items()},
        "split": problem.split,
        "input_names": list(problem.input_names),
        "target_names": list(problem.target_names),
        "units": problem.units,
        "modelled": list(problem.modelled),
        "reading": [{"name": one["name"], "facts": one["facts"]} for one in problem.reading],
        "notes": list(problem.notes),
    }


def _wall_seconds(ended: Ended) -> dict[str, Any]:
    spec, folder = ended.folder.spec(), ended.folder
    by_block = [
        {
            block: round(load_stack(folder.stack_path(stage, block), ended.data.device).seconds, 3)
            for block in spec.blocks(stage)
        }
        for stage in range(len(ended.stages))
    ]
    return {
        "wall_seconds": [round(sum(blocks.values()), 3) for blocks in by_block],
        "wall_seconds_by_block": by_block,
    }
