"""A run's spec in a few words; imports no streamlit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.parts.markdown import plain
from spinn_engine import api, words
from spinn_engine.spec import ENDS, ModelSpec, PruneSpec, RunSpec
from spinn_engine.vocabulary import NETWORKS
from spinn_engine.words import counted, percent, size, widths


def amount(prune: PruneSpec) -> str:
    """How much a spec removes."""
    if prune.pruning_ratio is not None:
        return f"{percent(prune.pruning_ratio)} of the neurons a stage"
    if prune.mac_reduction is not None:
        return f"{percent(prune.mac_reduction)} of the MACs"
    if prune.max_bytes is not None:
        return f"down to {size(prune.max_bytes)}"
    if prune.widths is not None:
        return f"down to {widths(prune.widths[-1])}"
    return f"{percent(prune.param_reduction or 0)} of the parameters"


def repetitions(spec: RunSpec) -> str:
    """How often everything is done."""
    return words.repetitions(len(spec.seeds), spec.compare.folds)


def taken_over(spec: RunSpec) -> str:
    """What an interval of its run is taken over: seeds alone are so on one split."""
    return words.repeated({"seeds": len(spec.seeds), "folds": spec.compare.folds})


def length(spec: RunSpec, later: bool = False) -> str:
    """How long the dense network is trained, or each later stage."""
    train = spec.train
    if train.until == "epochs":
        return counted((train.fine_tune_epochs if later else train.epochs) or 0, "epoch")
    most = train.fine_tune_max_updates if later else train.max_updates
    return f"at most {counted(most, 'update')}"


def network(model: ModelSpec) -> str:
    """The dense network in a few words: ``64-32``, or ``residual 64-32-32 (norm)``.

    Of one that is brought the widths alone are told.
    """
    row = NETWORKS[model.network]
    shown = widths(model.hidden)
    if model.dense is not None:
        return shown
    fields = [name for name in (*row.options, *ENDS) if getattr(model, name) != _usual(name)]
    if row.name != _usual("network"):
        shown = f"{row.label} {shown}"
    return f"{shown} ({', '.join(_option(model, name) for name in fields)})" if fields else shown


def _usual(field: str) -> object:
    return ModelSpec.model_fields[field].default


def _option(model: ModelSpec, name: str) -> str:
    value = getattr(model, name)
    if isinstance(value, tuple):
        return f"{name}: {words.listed(value)}"
    told = words.shortest(value) if isinstance(value, float) else str(value)
    return name if value is True else f"{name.replace('_', ' ')} {told}"


def graph_of(result: Mapping[str, Any]) -> api.Graph:
    """The dense network of a finished run."""
    data, model = result["data"], RunSpec.from_dict(result["spec"]).model
    return model.graph_for(data["input_names"], len(data["target_names"]))


def describe(spec: RunSpec) -> str:
    """A run in one line, for Markdown."""
    prune = spec.prune
    return (
        f"{plain(spec.data.source)}, {network(spec.model)}, {amount(prune)} in "
        f"{counted(prune.stages, 'stage')}, {prune.schedule}, {repetitions(spec)}"
    )
