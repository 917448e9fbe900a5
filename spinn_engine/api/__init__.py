"""The facade: all that the dashboard and notebooks need of the engine.

Imports no torch until something is trained or a network is loaded.
"""

from __future__ import annotations

from spinn_engine.adaptation.settings import AdaptSettings
from spinn_engine.api.asking import make_spec, without_flagged
from spinn_engine.api.data import (
    check,
    first_lines,
    import_network,
    inspect,
    preview,
    split,
    summary,
    warm_up,
)
from spinn_engine.api.doing import (
    cancel,
    delete,
    plan_run,
    resume,
    run,
    set_priority,
    submit,
)
from spinn_engine.api.networks import (
    DenseScores,
    NeuronStory,
    WhatIf,
    dense_scores,
    fields,
    importance,
    load_network,
    neuron,
    plan,
    smallest_predicted,
    whatif,
    whatif_curve,
)
from spinn_engine.api.reviewers import (
    adapt,
    adaptations,
    export,
    export_paper_layout,
    exports,
    verify,
    write_report,
)
from spinn_engine.api.run import Run, list_runs, open_run
from spinn_engine.api.runs import (
    compared,
    limits,
    look_for_changes,
    owner,
    remarks,
    set_remarks,
    sweep,
)
from spinn_engine.api.searching import Answer, smallest
from spinn_engine.application import application_folder
from spinn_engine.artifacts.fields import Fields
from spinn_engine.artifacts.imported_dense import ImportedNetwork
from spinn_engine.artifacts.neuron_fate import Choice
from spinn_engine.artifacts.selection import LayerImportance
from spinn_engine.artifacts.stages import planned_stages, stage_rows
from spinn_engine.background.state import Kind as WorkKind
from spinn_engine.background.state import Work, WorkState
from spinn_engine.background.work import (
    Started,
    all_works,
    find_work,
    forget_work,
    start_work,
    stop_work,
    work_result,
    works,
)
from spinn_engine.claims import SHIPPED as SHIPPED_CLAIMS
from spinn_engine.claims import claims_from_json, verify_claims
from spinn_engine.evaluation.across_runs import Difference, Scored, r2_difference, scored
from spinn_engine.evaluation.answers import answered
from spinn_engine.evaluation.headline import headline
from spinn_engine.evaluation.intervals import repetitions_of
from spinn_engine.evaluation.outcomes import LEAST_PAIRS
from spinn_engine.evaluation.remarks import last_kept, stage_kept, training_remarks
from spinn_engine.evaluation.scales import Scale, by_error, scale_of
from spinn_engine.graph.graph import Graph
from spinn_engine.graph.group_words import bars_sentence, strips_sentence, takers_of
from spinn_engine.graph.labels import with_article
from spinn_engine.graph.weight_ends import weight_ends
from spinn_engine.imported import StoredNetwork
from spinn_engine.imported.search.results import reading_words
from spinn_engine.jobs.history import Pace, newest_pace
from spinn_engine.jobs.queue import (
    Job,
    JobState,
    Priority,
    Wanted,
    Worker,
    ask_worker,
    ensure_worker,
    jobs,
    workers,
)
from spinn_engine.jobs.submission import (
    Submission,
    SubmittedSweep,
    check_sweep,
    submit_sweep,
)
from spinn_engine.jobs.sweeps import sweep_runs
from spinn_engine.problems import load_problem
from spinn_engine.problems.problem import Problem
from spinn_engine.problems.summary import DataSplit, DataSummary, Spread, Terms
from spinn_engine.pruning.neuron import Neuron
from spinn_engine.pruning.schedule import plan as plan_network
from spinn_engine.pruning.sizes import Stage
from spinn_engine.pruning.smallest import Smallest
from spinn_engine.pruning.whatif import Prediction
from spinn_engine.spec import PruneSpec, RunSpec
from spinn_engine.store.demo import demo_run, is_demo
from spinn_engine.store.metrics_lines import LARGEST as LARGEST_METRICS
from spinn_engine.store.metrics_lines import parsed_lines as parsed_metrics
from spinn_engine.store.owner import Owner
from spinn_engine.store.remarks import (
    LONGEST_NOTE,
    LONGEST_TAG,
    MOST_TAGS,
    Remarks,
    RemarksChangedError,
    remarks_path,
)
from spinn_engine.store.runs import (
    RESULT_NAME,
    RunFolder,
    results_root,
    store_environment,
    store_name,
)
from spinn_engine.store.uploads import keep_table, keep_upload

__all__ = [
    "LARGEST_METRICS",
    "LEAST_PAIRS",
    "LONGEST_NOTE",
    "LONGEST_TAG",
    "MOST_TAGS",
    "RESULT_NAME",
    "SHIPPED_CLAIMS",
    "AdaptSettings",
    "Answer",
    "ImportedNetwork",
    "StoredNetwork",
    "Choice",
    "DenseScores",
    "DataSplit",
    "DataSummary",
    "Difference",
    "Fields",
    "Graph",
    "Job",
    "JobState",
    "LayerImportance",
    "Neuron",
    "NeuronStory",
    "Pace",
    "Owner",
    "Problem",
    "Prediction",
    "Priority",
    "PruneSpec",
    "Remarks",
    "RemarksChangedError",
    "Run",
    "RunFolder",
    "RunSpec",
    "Scale",
    "Scored",
    "Smallest",
    "Spread",
    "Stage",
    "Started",
    "Submission",
    "SubmittedSweep",
    "Terms",
    "Wanted",
    "WhatIf",
    "Work",
    "WorkKind",
    "WorkState",
    "Worker",
    "adapt",
    "adaptations",
    "all_works",
    "answered",
    "application_folder",
    "ask_worker",
    "bars_sentence",
    "by_error",
    "cancel",
    "check",
    "check_sweep",
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
    "headline",
    "import_network",
    "importance",
    "inspect",
    "is_demo",
    "jobs",
    "keep_table",
    "keep_upload",
    "last_kept",
    "limits",
    "list_runs",
    "load_network",
    "load_problem",
    "make_spec",
    "look_for_changes",
    "neuron",
    "newest_pace",
    "open_run",
    "owner",
    "parsed_metrics",
    "plan",
    "plan_network",
    "plan_run",
    "planned_stages",
    "first_lines",
    "preview",
    "r2_difference",
    "reading_words",
    "remarks",
    "remarks_path",
    "repetitions_of",
    "results_root",
    "resume",
    "run",
    "scale_of",
    "scored",
    "set_remarks",
    "split",
    "stage_rows",
    "stage_kept",
    "start_work",
    "stop_work",
    "store_environment",
    "store_name",
    "strips_sentence",
    "takers_of",
    "set_priority",
    "smallest",
    "smallest_predicted",
    "submit",
    "submit_sweep",
    "sweep",
    "sweep_runs",
    "summary",
    "verify",
    "verify_claims",
    "warm_up",
    "weight_ends",
    "whatif",
    "whatif_curve",
    "with_article",
    "without_flagged",
    "training_remarks",
    "work_result",
    "workers",
    "works",
    "write_report",
]
