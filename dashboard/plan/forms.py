"""The forms of Plan that stand beside the sliders: data, network, training, comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.parts import elements
from dashboard.parts.forms import initial, widgets
from dashboard.parts.forms.network import network_form, show_imported, show_stored
from dashboard.parts.forms.prune import compare_form
from dashboard.parts.forms.training import training_form
from dashboard.parts.markdown import plain
from dashboard.parts.physics import physics_form
from dashboard.parts.widget_names import with_widgets
from dashboard.reads import data_source, imported_network, run_files
from spinn_engine import api
from spinn_engine.errors import BadInputError, SpinnError
from spinn_engine.spec import RunSpec, fitted
from spinn_engine.vocabulary import source_of
from spinn_engine.words import counted, errors_of


@dataclass(frozen=True)
class Answers:
    """What stands in these forms, and what is known of it.

    Attributes:
        initial_plan: where the plan begins.
        parts: of a spec, all but ``prune``.
        error: why they are none, or why their data or network cannot be had.
        data: what will be learned from.
        imported: the checkpoint that is the dense network, if one is.
        run_id: a run with a trained dense network like this one, if there is one.
        pace: how fast runs train here.
    """

    initial_plan: initial.InitialPlan
    parts: dict[str, Any]
    error: SpinnError | None = None
    data: api.DataSummary | None = None
    data_errors: str = ""
    imported: imported_network.ImportedNetwork | None = None
    run_id: str | None = None
    pace: api.Pace | None = None

    def spec(self, prune: dict[str, Any]) -> RunSpec:
        """All parts together.

        Raises:
            SpinnError: they are no spec, or the error.
        """
        if self.error is not None:
            raise self.error
        spec = self.initial_plan.filled({**self.parts, "prune": prune})
        if self.imported is not None:
            spec = spec.model_copy(update={"model": self.imported.model})
        return spec if self.data is None else fitted(spec, self.data.rows["train"])


def show_forms(initial_plan: initial.InitialPlan, source: DeltaGenerator) -> Answers:
    """All widgets, drawn even where one of them holds an error.

    Args:
        initial_plan: where the plan begins.
        source: where data and network go.
    """
    parts: dict[str, Any] = {}
    errors: list[SpinnError] = []
    first_values = initial_plan.values()

    def filled(name: str, form: Callable[[], dict[str, Any]]) -> None:
        try:
            parts[name] = form()
        except BadInputError as error:
            errors.append(error)

    with source:
        filled("data", lambda: widgets.data_form(first_values))
        kind = parts.get("data", {}).get("source", "")
        filled("model", lambda: network_form(kind, first_values))
    with st.expander("Training", icon=":material/tune:", key="training"):
        parts["train"], parts["seeds"] = training_form(kind, first_values)
    if terms := known_terms(parts.get("data")):
        with st.expander("Physics", icon=":material/science:", key="physics"):
            parts["physics"] = physics_form(terms, first_values)
    with st.expander("Comparison", icon=":material/balance:", key="comparison"):
        parts["compare"] = compare_form(kind, first_values)
    answers = Answers(initial_plan, parts)
    answers = replace(answers, error=errors[0]) if errors else looked_up(answers)
    with source:
        if answers.data is not None:
            show_data(answers.data)
            if answers.data_errors:
                st.warning(f"{plain(answers.data_errors)}.", icon=":material/warning:")
        if answers.imported is not None:
            show_imported(answers.imported)
        elif path := parts.get("model", {}).get("dense"):
            show_file(path, lacks_data="data" not in parts)
    return answers


def show_file(path: str, lacks_data: bool) -> None:
    """What a checkpoint holds that was not measured on data; where these lack, why it cannot."""
    try:
        show_stored(imported_network.stored(path))
    except SpinnError as error:
        if lacks_data:  # else it is said where the plan is summed up
            elements.show_error(error)


def looked_up(answers: Answers) -> Answers:
    """With what is known of the data, the checkpoint, and a run that has such a dense network."""
    try:
        spec = answers.spec({})
        errors = errors_of(data_source.findings(spec.data)) if has_own_columns(spec) else ""
        answers = replace(answers, data=data_source.summary(spec.data), data_errors=errors)
        if spec.model.dense is not None:
            answers = replace(answers, imported=imported_network.imported(spec))
        run_id = run_files.run_like(answers.spec({}))
        return replace(answers, run_id=run_id, pace=api.newest_pace())
    except SpinnError as error:
        return replace(answers, error=error)


def has_own_columns(spec: RunSpec) -> bool:
    """Whether the rows are somebody's own, which the checks know nothing of beforehand."""
    source = source_of(spec.data.source)
    return source is not None and source.own_columns


def known_terms(data: dict[str, Any] | None) -> api.Terms:
    """The physics terms of readable data; an error of it is said where it is summed up."""
    if data is None:
        return ()
    try:
        return data_source.summary(RunSpec.from_dict({"data": data}).data).terms
    except BadInputError:
        return ()


def show_data(data: api.DataSummary) -> None:
    """What will be learned from, and how it is split."""
    groups = f" in {data.groups} groups" if data.groups else ""
    split = " / ".join(f"{count:,}" for count in data.rows.values())
    if data.simulated:
        elements.simulated_badge()
    st.caption(
        f"{data.inputs} inputs, {counted(data.outputs, 'target')}; "
        f"{sum(data.rows.values()):,} rows{groups}, {split} of them for training / validation / "
        f"test. {plain(with_widgets(' '.join(data.notes)))}"
    )
