"""Three plans at one press: as in the paper, for an edge device, and as small as what-if trusts."""

from __future__ import annotations

import streamlit as st

from dashboard.parts.forms.prune import AMOUNTS, MOST_PERCENT
from dashboard.parts.markdown import plain
from dashboard.reads import dense_network
from spinn_engine.errors import SpinnError
from spinn_engine.spec import DEFAULT_PARAM_REDUCTION, PruneSpec
from spinn_engine.words import percent

EDGE, LOSS = 0.95, 0.01
PRESET_ERROR = "preset_error"  # why the last press found nothing
PLAN = "preset_plan"  # how it was planned to prune before the press
WANTS_DENSE = (
    "Needs a trained dense network of this shape on this data, from which what-if predicts: "
    "a first run gives one."
)


def remember(prune: PruneSpec | None) -> None:
    """Remember the plan that a preset changes; None where it cannot be had as typed."""
    st.session_state[PLAN] = prune


def show_presets(run_id: str | None) -> None:
    """The row of presets; each sets the uniform schedule and the parameters removed overall.

    Args:
        run_id: a run with a trained dense network like the plan's, if there is one.
    """
    prune = st.session_state[PLAN]
    with st.container(horizontal=True, gap="small", key="presets"):
        for name, reduction in (("paper", DEFAULT_PARAM_REDUCTION), ("edge", EDGE)):
            st.button(
                f"{name} ({percent(reduction, 0 if reduction == EDGE else 1)})",
                key=f"preset_{name}",
                help=f"{percent(reduction)} of the parameters removed overall, uniform schedule.",
                on_click=_set,
                args=(reduction,),
            )
        st.button(
            f"as small as keeps R² within {LOSS}",
            key="preset_smallest",
            help=WANTS_DENSE
            if run_id is None
            else "The smallest network of the uniform schedule whose predicted validation R², "
            f"without fine-tuning, is at most {LOSS} below the dense network's predicted one.",
            disabled=run_id is None or prune is None,
            on_click=_set_smallest,
            args=(run_id,),
        )
    if run_id is None and prune is not None:
        st.caption(f"The third preset is not there yet. {WANTS_DENSE}")
    if error := st.session_state.pop(PRESET_ERROR, None):
        st.warning(plain(error), icon=":material/info:")


def _set(param_reduction: float) -> None:
    st.session_state["schedule"] = "uniform"
    st.session_state["ratio_of"] = AMOUNTS["param_reduction"]
    st.session_state["ratio"] = min(round(100 * param_reduction, 2), MOST_PERCENT)


def _set_smallest(run_id: str) -> None:
    try:
        _set(dense_network.smallest(run_id, st.session_state[PLAN], LOSS).param_reduction)
    except SpinnError as error:
        st.session_state[PRESET_ERROR] = str(error)
