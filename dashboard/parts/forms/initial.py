"""What the forms of Plan start with: the defaults, or the spec of a run (``?from=RUN_ID``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.parts.forms.address import ENTERED, Values
from dashboard.parts.forms.network import AS_STORED, IMPORTED, NEW, SCALINGS
from dashboard.parts.forms.prune import (
    AMOUNTS,
    DEFAULT_BYTES,
    DEFAULT_WIDTHS,
    SLIDERS,
    from_percent,
)
from dashboard.parts.forms.reading import first_values_of
from dashboard.parts.forms.training import BY_EPOCHS, BY_VALIDATION, ENDS
from dashboard.parts.forms.widgets import (
    AS_ADVISED,
    TABLE_FIELDS,
    drop_key,
    key_of,
    path_key,
)
from dashboard.parts.markdown import plain
from dashboard.reads import run_files
from spinn_engine.errors import SpinnError
from spinn_engine.spec import (
    ACTIVATION_OF_FILES,
    DEFAULT_PARAM_REDUCTION,
    EPOCHS,
    FINE_TUNE_EPOCHS,
    PHYSICS_TERMS,
    ModelSpec,
    PruneSpec,
    RunSpec,
    fitted,
)
from spinn_engine.vocabulary import (
    CONTROLS,
    CRITERIA,
    INPUT_SCALES,
    NETWORKS,
    OUTPUT_FUNCTIONS,
    RECONSTRUCTIONS,
    SCHEDULES,
    SOURCES,
    SPLITS,
)
from spinn_engine.words import names_text

INITIAL_PLAN = "initial_plan"  # in a session
WORDS = {"data.drop": "columns left out", "physics.targets": "targets of physics terms"}


OF_KINDS = ("block_layers", "norm", "features", "frequency", "trunk")  # fields of a model
OF_ENDS = ("periodic", "output_range", "zero_at")
LENGTHS = (*BY_VALIDATION, *BY_EPOCHS)  # of which a form has those that count


@dataclass(frozen=True)
class InitialPlan:
    """What a plan starts from.

    Attributes:
        run_id: the run that the address names; None for the defaults.
        spec: that run's; None for the defaults, or where it cannot be read.
        remark: what cannot be as it was, or why the run cannot be read.
        rows: training rows of that run.
    """

    run_id: str | None = None
    spec: RunSpec | None = None
    remark: str = ""
    rows: int = 1

    def values(self) -> Values:
        """What every widget of the forms begins with, by its key."""
        values: dict[str, Any] = {}
        for name, source in SOURCES.items():
            if source.defaults:
                values |= values_of(RunSpec.from_dict({"data": {"source": name}}))
        file = next(name for name, source in SOURCES.items() if source.path)
        values |= {key_of("hidden", file): "", key_of("activation", file): ACTIVATION_OF_FILES}
        values |= values_of(RunSpec())
        return values if self.spec is None else {**values, **values_of(self.spec)}

    def filled(self, parts: Mapping[str, Any]) -> RunSpec:
        """The spec that the forms say; what they do not show stays as it was in the run.

        Args:
            parts: what the forms gave, by part of a spec.

        Raises:
            BadInputError: the parts are no spec.
        """
        parts = dict(parts)
        if self.spec is not None and _kind(parts["data"]["source"]) == _kind(self.spec.data.source):
            for name, hidden in self._hidden(parts).items():
                parts[name] = {**hidden, **parts.get(name, {})}
            field, value = self.spec.prune.amount
            if field in SLIDERS and parts["prune"].get(field) == from_percent(100 * value):
                parts["prune"] = {**parts["prune"], field: value}  # a slider shows fewer digits
            if len(parts["seeds"]) == len(self.spec.seeds):
                parts["seeds"] = self.spec.seeds
        return RunSpec.from_dict(parts, where="plan")

    def kept(self, parts: Mapping[str, Any]) -> list[str]:
        """What the forms do not show and is not as usual, in words."""
        if self.spec is None:
            return []
        usual = fitted(RunSpec.from_dict({"data": {"source": self.spec.data.source}}), self.rows)
        words = [
            f"{WORDS.get(f'{name}.{field}', field.replace('_', ' '))} {_told(value)}"
            for name, hidden in self._hidden(parts).items()
            for field, value in hidden.items()
            if value != usual.model_dump(mode="json")[name][field]
        ]
        if self.spec.seeds != tuple(range(len(self.spec.seeds))):
            words.append(f"seeds {_told(self.spec.seeds)}")
        return words

    def _hidden(self, parts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The fields of the run's spec that no form gave, by part; the other parts show all."""
        assert self.spec is not None
        stored = self.spec.model_dump(mode="json")
        return {
            name: {
                k: v for k, v in stored[name].items() if k not in {*parts.get(name, {}), *LENGTHS}
            }
            for name in ("data", "train", "physics")
        }


def _kind(source: str) -> str:
    return source.partition(":")[0]


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def values_of(spec: RunSpec) -> dict[str, Any]:
    """What every widget of the forms shows for a spec, by its key."""
    kind, _, path = spec.data.source.partition(":")
    table = {name: getattr(spec.data, name) for name in TABLE_FIELDS}
    by_rows = spec.train.fine_tune_epochs
    own = {
        "hidden": ", ".join(map(str, spec.model.hidden)),
        "activation": spec.model.activation,
        "max_updates": spec.train.max_updates,
        "fine_tune_max_updates": spec.train.fine_tune_max_updates,
        "epochs": spec.train.epochs or EPOCHS,
        "fine_tune_epochs": FINE_TUNE_EPOCHS if by_rows is None else by_rows,
        "lbfgs_iterations": spec.train.lbfgs_iterations,
        "fine_tune_lbfgs_iterations": spec.train.fine_tune_lbfgs_iterations,
        "margin": spec.compare.margin,
    }
    return {
        "source": SOURCES[kind].label,
        **{path_key(row): path * (name == kind) for name, row in SOURCES.items() if row.path},
        **{drop_key(row): "" for row in SOURCES.values()},
        **{n: _text(value) if SOURCES[kind].own_columns else "" for n, value in table.items()},
        "keep_group": spec.data.keep_group,
        **first_values_of(spec.data),
        "split_by": SPLITS[spec.data.split].label if spec.data.split else AS_ADVISED,
        **{key_of(name, kind): value for name, value in own.items()},
        "until": ENDS[spec.train.until],
        "derivatives": spec.train.derivatives,
        **_dense_values(spec.model),
        "seeds": len(spec.seeds),
        **{f"physics_{term}": getattr(spec.physics, term) for term in PHYSICS_TERMS},
        "fit_coefficients": spec.physics.fit_coefficients,
        "controls": [CONTROLS[name].label for name in spec.compare.controls],
        "folds": spec.compare.folds,
        **_prune_values(spec.prune),
    }


def _dense_values(model: ModelSpec) -> dict[str, Any]:
    """As ``values_of``, of what the kinds of networks have, and of one that is imported."""
    reading = model.dense_reading or ""  # which says the activation and the scaling too
    known = not reading and model.dense is not None and "activation" in model.model_fields_set
    return {
        "network": NEW if model.dense is None else IMPORTED,
        "kind": NETWORKS[model.network].label,
        "activations": names_text(model.activations),
        **{name: getattr(model, name) for name in OF_KINDS},
        "input_scale": INPUT_SCALES[model.input_scale].label,
        "output_function": OUTPUT_FUNCTIONS[model.output_function].label,
        **{name: names_text(getattr(model, name)) for name in OF_ENDS},
        "dense": model.dense or "",
        "dense_activation": model.activation if known else AS_STORED,
        "dense_scaling": _label(SCALINGS, "auto" if reading else model.dense_scaling),
        "dense_reading": reading,
    }


def _text(value: str | tuple[str, ...] | None) -> str:
    return names_text(value) if isinstance(value, tuple) else value or ""


def _prune_values(prune: PruneSpec) -> dict[str, Any]:
    """As ``values_of``, of the part that says how much is removed, and how."""
    field, value = prune.amount
    lines = [", ".join(map(str, widths)) for widths in prune.widths or ()]
    return {
        "schedule": SCHEDULES[prune.schedule].label,
        "stages": prune.stages,
        "ratio_of": AMOUNTS.get(field, AMOUNTS["param_reduction"]),
        "ratio": 100 * (value if field in SLIDERS else DEFAULT_PARAM_REDUCTION),
        "max_bytes": prune.max_bytes or DEFAULT_BYTES,
        "widths": "\n".join(lines) or DEFAULT_WIDTHS,
        "criterion": CRITERIA[prune.criterion].label,
        "reconstruction": RECONSTRUCTIONS[prune.reconstruction].label,
        "round_to": prune.round_to,
        "least_width": prune.least_width,
    }


def _label(labels: Mapping[str, str], value: str) -> str:
    return next(label for label, meant in labels.items() if meant == value)


def find() -> InitialPlan:
    """Where this visit's plan starts; one that comes from another page with a run starts anew.

    A value in the address stays: a link to a clone that was changed shows the changes.
    """
    known: InitialPlan = st.session_state.get(INITIAL_PLAN, InitialPlan())
    wanted = st.query_params.get("from")
    if wanted is None:
        if known.spec is not None:
            st.query_params["from"] = str(known.run_id)  # back from another page
            return known
        return InitialPlan()
    if wanted != known.run_id or st.session_state[ENTERED]:
        known = _read(wanted)
        st.session_state[INITIAL_PLAN] = known
        for key, value in known.values().items():
            if key not in st.query_params:
                st.session_state[key] = value
    return known


def _read(run_id: str) -> InitialPlan:
    try:
        spec, rows = run_files.run_spec(run_id), run_files.training_rows(run_id)
    except SpinnError as error:
        return InitialPlan(run_id, remark=str(error))
    kind, which, _ = spec.train.device.partition(":")
    if not which:
        return InitialPlan(run_id, spec, rows=rows)
    train = spec.train.model_copy(update={"device": kind})
    remark = f"Its device {spec.train.device} became {kind}: the worker decides which."
    return InitialPlan(run_id, spec.model_copy(update={"train": train}), remark, rows)


def _leave() -> None:
    """All widgets back to the defaults."""
    st.session_state.pop(INITIAL_PLAN, None)
    st.query_params.pop("from", None)
    st.session_state.update(InitialPlan().values())


def show(initial_plan: InitialPlan, parts: Mapping[str, Any]) -> None:
    """Where the plan comes from, what it keeps that no form shows, and the way back."""
    if initial_plan.run_id is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="cloned"):
        if initial_plan.spec is None:
            st.warning(
                f"{plain(initial_plan.remark)}; these are the defaults",
                icon=":material/content_copy:",
            )
            return
        st.info(
            f"Cloned from {initial_plan.run_id}; change what you want. "
            f"{plain(_carried(initial_plan, parts))}",
            icon=":material/content_copy:",
        )
        st.button("Back to the defaults", key="back_to_defaults", type="tertiary", on_click=_leave)


def _carried(initial_plan: InitialPlan, parts: Mapping[str, Any]) -> str:
    """What no form shows; nothing is said of it while the data cannot be had."""
    if initial_plan.spec is None or "data" not in parts:
        return ""
    kept = "; ".join(initial_plan.kept(parts))
    if not kept:
        return initial_plan.remark
    if _kind(parts["data"]["source"]) != _kind(initial_plan.spec.data.source):
        return f"For other data, this is as usual again: {kept}."
    return f"Kept from there: {kept}. {initial_plan.remark}"
