"""The solution of an equation on a run's page: how far off it is, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from dashboard import cache, elements
from dashboard.charts.fields import maps
from dashboard.charts.style import CONFIG
from dashboard.formats import estimate

Result = dict[str, Any]


def show_solution(result: Result) -> None:
    """The error relative to the solution, and maps of residual and error; of equations alone."""
    arms = {arm["arm"]: arm for arm in result["arms"]}
    if "relative_l2" not in arms["dense"]:
        return
    st.subheader("Before and after, over the domain", anchor=False)
    dense, structured = (estimate(arms[a]["relative_l2"], 5) for a in ("dense", "structured"))
    st.markdown(
        f"Error relative to the exact solution (L2): **{dense}** dense, **{structured}** pruned, "
        f"n = {arms['dense']['relative_l2']['n']}."
    )
    fields = cache.fields(result["run_id"])
    residuals = {"dense": fields.dense_residual, "pruned": fields.structured_residual}
    errors = {
        "dense": fields.dense - fields.reference,
        "pruned": fields.structured - fields.reference,
    }
    for what, pair in (("residual", residuals), ("error", errors)):
        sizes = "; ".join(f"{arm} {np.sqrt(np.mean(np.square(v))):.2g}" for arm, v in pair.items())
        st.plotly_chart(
            maps(fields.x, fields.t, pair, f"|{what}|", elements.is_dark()),
            config=CONFIG,
            key=f"map_{what}",
            alt=f"Map of the {what} over x and t before and after pruning, root mean square: "
            f"{sizes}",
        )
        st.caption(f"Root mean square of the {what}: {sizes}.")
    st.caption(
        f"Seed {result['delivered_seed']} on the grid of the test points. The residual is what the "
        "equation leaves over, all that training sees; the error is against the exact solution."
    )
